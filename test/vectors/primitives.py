"""The primitives of suite 1, written plainly from their specifications. Standard library only; slow on purpose."""

import hashlib
import hmac
import struct


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf_expand(prk, info, length):
    """RFC 5869 section 2.3."""
    okm, block, counter = b"", b"", 1
    while len(okm) < length:
        block = hmac_sha256(prk, block + info + bytes([counter]))
        okm, counter = okm + block, counter + 1
    return okm[:length]


def hkdf(key, salt, info, length=32):
    return hkdf_expand(hmac_sha256(salt, key), info, length)


# ChaCha20 and Poly1305: RFC 8439. HChaCha20 and XChaCha20: draft-irtf-cfrg-xchacha-03.

SIGMA = struct.unpack("<4I", b"expand 32-byte k")
COLUMNS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
DIAGONALS = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def rotate(value, bits):
    return ((value << bits) | (value >> (32 - bits))) & 0xFFFFFFFF


def rounds(state):
    x = list(state)
    for _ in range(10):
        for a, b, c, d in COLUMNS + DIAGONALS:
            for left, right, mixed, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[left] = (x[left] + x[right]) & 0xFFFFFFFF
                x[mixed] = rotate(x[mixed] ^ x[left], bits)
    return x


def chacha20(key, nonce, data, counter):
    out = bytearray()
    for at in range(0, len(data), 64):
        state = SIGMA + struct.unpack("<8I", key) + (counter + at // 64,) + struct.unpack("<3I", nonce)
        words = [(a + b) & 0xFFFFFFFF for a, b in zip(rounds(state), state)]
        out += bytes(a ^ b for a, b in zip(data[at : at + 64], struct.pack("<16I", *words)))
    return bytes(out)


def hchacha20(key, nonce):
    x = rounds(SIGMA + struct.unpack("<8I", key) + struct.unpack("<4I", nonce))
    return struct.pack("<8I", *(x[:4] + x[12:]))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at : at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def plain_parameters(key, nonce):
    """The key and 12-byte nonce of ChaCha20 itself: those given, or with a 24-byte nonce the derived ones."""
    return (key, nonce) if len(nonce) == 12 else (hchacha20(key, nonce[:16]), bytes(4) + nonce[16:])


def mac_input(aad, body):
    def padded(data):
        return data + bytes(-len(data) % 16)

    return padded(aad) + padded(body) + struct.pack("<2Q", len(aad), len(body))


def encrypt(key, nonce, aad, plain):
    key, nonce = plain_parameters(key, nonce)
    body = chacha20(key, nonce, plain, 1)
    return body + poly1305(chacha20(key, nonce, bytes(32), 0), mac_input(aad, body))


def decrypt(key, nonce, aad, sealed):
    """The plaintext, or None."""
    key, nonce = plain_parameters(key, nonce)
    if len(sealed) < 16:
        return None
    body, tag = sealed[:-16], sealed[-16:]
    if not hmac.compare_digest(poly1305(chacha20(key, nonce, bytes(32), 0), mac_input(aad, body)), tag):
        return None
    return chacha20(key, nonce, body, 1)


# Argon2id, version 0x13: RFC 9106.

M64 = 2**64 - 1
M32 = 2**32 - 1
ROWS = [[16 * row + at for at in range(16)] for row in range(8)]
PAIRS = [[16 * row + 2 * pair + at for row in range(8) for at in (0, 1)] for pair in range(8)]


def argon2id(password, salt, memory, passes, lanes=1, length=32, secret=b"", extra=b""):
    def word(value):
        return struct.pack("<I", value)

    def sized(data):
        return word(len(data)) + data

    h0 = hashlib.blake2b(
        b"".join(map(word, (lanes, length, memory, passes, 0x13, 2)))
        + b"".join(map(sized, (password, salt, secret, extra)))
    ).digest()
    columns = memory // (4 * lanes) * 4
    segment = columns // 4
    blocks = [[None] * columns for _ in range(lanes)]
    for lane in range(lanes):
        for at in (0, 1):
            blocks[lane][at] = words(stretched_hash(h0 + word(at) + word(lane), 1024))
    for turn in range(passes):
        for part in range(4):
            for lane in range(lanes):
                fill_segment(blocks, turn, part, lane, columns, segment, memory, passes, lanes)
    last = blocks[0][columns - 1]
    for lane in range(1, lanes):
        last = [a ^ b for a, b in zip(last, blocks[lane][columns - 1])]
    return stretched_hash(struct.pack("<128Q", *last), length)


def fill_segment(blocks, turn, part, lane, columns, segment, memory, passes, lanes):
    independent = turn == 0 and part < 2
    zero = [0] * 128
    header = [turn, lane, part, memory // (4 * lanes) * 4 * lanes, passes, 2, 0] + [0] * 121
    addresses = zero
    own = blocks[lane]
    for at in range(segment):
        if independent and at % 128 == 0:
            header[6] += 1
            addresses = compress(zero, compress(zero, header))
        if turn == 0 and part == 0 and at < 2:
            continue
        column = part * segment + at
        previous = own[column - 1]
        random = addresses[at % 128] if independent else previous[0]
        other = lane if turn == 0 and part == 0 else (random >> 32) % lanes
        finished = part * segment if turn == 0 else columns - segment
        if other == lane:
            area = finished + at - 1
        else:
            area = finished - (1 if at == 0 else 0)
        offset = area - 1 - (area * (((random & M32) ** 2) >> 32) >> 32)
        start = 0 if turn == 0 or part == 3 else (part + 1) * segment
        made = compress(previous, blocks[other][(start + offset) % columns])
        own[column] = made if turn == 0 else [a ^ b for a, b in zip(made, own[column])]


def compress(one, two):
    """G of RFC 9106 section 3.5."""
    mixed = [a ^ b for a, b in zip(one, two)]
    x = mixed[:]
    for lines in (ROWS, PAIRS):
        for line in lines:
            for at, value in zip(line, permute(*[x[at] for at in line])):
                x[at] = value
    return [a ^ b for a, b in zip(x, mixed)]


def permute(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3):
    """P of RFC 9106 section 3.6: the columns, then the diagonals."""
    a0, b0, c0, d0 = mix(a0, b0, c0, d0)
    a1, b1, c1, d1 = mix(a1, b1, c1, d1)
    a2, b2, c2, d2 = mix(a2, b2, c2, d2)
    a3, b3, c3, d3 = mix(a3, b3, c3, d3)
    a0, b1, c2, d3 = mix(a0, b1, c2, d3)
    a1, b2, c3, d0 = mix(a1, b2, c3, d0)
    a2, b3, c0, d1 = mix(a2, b3, c0, d1)
    a3, b0, c1, d2 = mix(a3, b0, c1, d2)
    return a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3


def mix(a, b, c, d):
    a = (a + b + 2 * (a & M32) * (b & M32)) & M64
    d ^= a
    d = (d >> 32) | (d << 32) & M64
    c = (c + d + 2 * (c & M32) * (d & M32)) & M64
    b ^= c
    b = (b >> 24) | (b << 40) & M64
    a = (a + b + 2 * (a & M32) * (b & M32)) & M64
    d ^= a
    d = (d >> 16) | (d << 48) & M64
    c = (c + d + 2 * (c & M32) * (d & M32)) & M64
    b ^= c
    b = (b >> 63) | (b << 1) & M64
    return a, b, c, d


def stretched_hash(data, length):
    """H' of RFC 9106 section 3.3."""
    data = struct.pack("<I", length) + data
    if length <= 64:
        return hashlib.blake2b(data, digest_size=length).digest()
    out, block = b"", hashlib.blake2b(data).digest()
    while length - len(out) > 64:
        out += block[:32]
        block = hashlib.blake2b(block, digest_size=min(64, length - len(out))).digest()
    return out + block


def words(data):
    return list(struct.unpack("<128Q", data))


def self_test():
    """The specifications' own examples."""
    assert hkdf(b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42).hex().startswith("3cb25f25faacd57a90434f64")
    tag = argon2id(b"\x01" * 32, b"\x02" * 16, 32, 3, 4, 32, b"\x03" * 8, b"\x04" * 12)
    assert tag.hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    key, nonce = bytes(range(0x80, 0xA0)), bytes(range(0x40, 0x58))
    aad = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
    sealed = encrypt(key, nonce, aad, text)
    assert sealed[-16:].hex() == "c0875924c1c7987947deafd8780acf49" and decrypt(key, nonce, aad, sealed) == text
