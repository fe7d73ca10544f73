"""The cases of suite1-v1.json. Every byte follows from a case's name, so that a run repeats exactly."""

import base64
import hashlib
import struct

from checker import Derived, b64url, expected, kdf_bytes, pad, parse_keys, party_bytes, seal_box, stretch
from primitives import chacha20, encrypt, hchacha20, mac_input, poly1305

CHEAP = {"memoryKiB": 8192, "passes": 1}
CHAT = {"memoryKiB": 19456, "passes": 2}
WEB = {"memoryKiB": 65536, "passes": 3}
RECIPIENT = {"platform": "slack", "tenant": "T0000001", "id": "U0000002"}
OWNER = {"platform": "slack", "tenant": "T0000001", "id": "U0000001"}
EXPIRES_AT = 1_793_491_200_000


def drawn(name, size):
    """Bytes that look random, from a name."""
    return hashlib.shake_256(name.encode()).digest(size)


def key_text(*kids):
    return ",".join(f"{kid}:{base64.b64encode(drawn('server key ' + kid, 32)).decode()}" for kid in kids)


def token(name, kind="c1"):
    return f"{kind}.{b64url(drawn('token ' + name, 32))}"


def accept(name, kind="c1", content=b"correct horse battery staple", passphrase=None, kdf=None, **other):
    vector = {
        "name": name,
        "token": token(name, kind),
        "passphrase": passphrase,
        "kdf": kdf,
        "recipient": None if kind == "w1" else RECIPIENT,
        "owner": OWNER,
        "expiresAt": EXPIRES_AT,
        "content": content if isinstance(content, dict) else {"hex": content.hex()},
        "keys": key_text("k1"),
        "nonce": drawn("nonce " + name, 24).hex(),
        "outerNonce": drawn("outer nonce " + name, 24).hex(),
        "note": {
            "kind": "actor/v1",
            "nonce": drawn("note nonce " + name, 12).hex(),
            "plain": party_bytes(RECIPIENT).hex(),
        },
        **other,
    }
    stretched = None if kdf is None else stretch(passphrase, Derived(vector["token"]).salt, kdf)
    return {**vector, "expect": expected(vector, stretched)}


def accepts():
    yield accept("a chat secret")
    yield accept("a web secret", "w1")
    yield accept("a drop's answer", "d1")
    yield accept("a chat secret with a passphrase at production cost", "c1", passphrase="tell no one", kdf=CHAT)
    yield accept("a web secret with a passphrase at production cost", "w1", passphrase="tell no one", kdf=WEB)
    yield accept("a drop's answer with a passphrase", "d1", passphrase="tell no one", kdf=CHEAP)
    yield accept("an empty passphrase is still one", passphrase="", kdf=CHEAP)
    yield accept("a passphrase in composed Unicode", passphrase="\u00c5ngstr\u00f6m \ufb01ne \u2460 \uff11", kdf=CHEAP)
    yield accept("a passphrase that NFKC changes", passphrase="A\u030angstro\u0308m \ufb01ne \u2460 \uff11", kdf=CHEAP)
    yield accept("a passphrase beyond the basic plane, with spaces kept", passphrase=" \U0001f511 \u5bc6\u94a5 ", kdf=CHEAP)
    yield accept("the least memory and the most passes", passphrase="bounds", kdf={"memoryKiB": 8192, "passes": 10})
    yield accept("nobody in particular may open", recipient=None)
    yield accept("a recipient named in Unicode", recipient={"platform": "discord", "tenant": "", "id": "\u00fc\U0001f600"})
    yield accept("expiry at zero", expiresAt=0)
    yield accept("expiry at the largest safe integer", expiresAt=2**53 - 1)
    yield accept("two keys, the first seals", keys=key_text("k2", "k1"))
    yield accept("a key id of sixteen characters", keys=key_text("2026-november_02"))
    yield accept("empty content", content=b"")
    yield accept("a byte order mark stays", content="\ufeffpassword".encode())
    yield accept("every byte value", content=bytes(range(256)))
    yield accept("text with control and astral characters", content="a\u0000b\r\n\u202e\U0001f600\u0301".encode())
    for size in (1, 251, 252, 253, 268, 269, 508, 509, 1020, 1021, 4092, 4093, 65532, 65533):
        yield accept(f"content of {size} bytes", content={"byte": 165, "times": size})


def record(name, kind="c1", content=b"correct horse battery staple", passphrase=None, **other):
    """A good record as reveal() reads it, and what made it: to be spoilt."""
    text = token(name, kind)
    stretched = None if passphrase is None else stretch(passphrase, Derived(text).salt, CHEAP)
    derived, keys = Derived(text, stretched), key_text("k1")
    recipient, kdf = derived.recipient(RECIPIENT), kdf_bytes(CHEAP if passphrase is not None else None)
    aad = derived.aad(EXPIRES_AT, recipient, kdf)
    sealed = derived.seal(content, drawn("nonce " + name, 24), aad)
    vector = {
        "name": name,
        "token": text,
        **({} if passphrase is None else {"passphrase": passphrase, "stretched": stretched.hex()}),
        "keys": keys,
        "expiresAt": EXPIRES_AT,
        "recipient": recipient.hex(),
        "kdf": kdf.hex(),
        "outer": wrapped(derived, sealed),
    }
    return {**vector, **other}, derived, sealed, aad


def wrapped(derived, sealed, kid="k1"):
    box = seal_box(parse_keys(key_text(kid)), kid, derived.id, b"outer/v1", drawn("outer" + sealed.hex(), 24), sealed)
    return box.hex()


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def rejects():
    def bad(name, why, **other):
        return {**record(name)[0], "why": why, **other}

    def resealed(name, change, why="tampered"):
        """The inner bytes spoilt by someone who has the server key."""
        vector, derived, sealed, aad = record(name)
        return {**vector, "outer": wrapped(derived, change(derived, sealed, aad)), "why": why}

    good = record("token")[0]["token"]
    yield bad("no token", "malformed", token="")
    yield bad("an unknown kind", "malformed", token="x1" + good[2:])
    yield bad("a token of version 2", "malformed", token="c2" + good[2:])
    yield bad("a kind in capitals", "malformed", token="C1" + good[2:])
    yield bad("a token with another separator", "malformed", token="c1:" + good[3:])
    yield bad("a token one character short", "malformed", token=good[:-1])
    yield bad("a token one character long", "malformed", token=good + "A")
    yield bad("a padded token", "malformed", token=good + "=")
    yield bad("a token with a space before", "malformed", token=" " + good)
    yield bad("a token with a line end", "malformed", token=good + "\n")
    yield bad("a token in the other base64 alphabet", "malformed", token="c1." + "+/" + good[5:])
    yield bad("a token with stray bits at the end", "malformed", token="c1." + "A" * 42 + "B")
    yield bad("a token with a letter that looks like one", "malformed", token=good[:-1] + "\u0410")
    yield bad("half a character in the passphrase", "lone-surrogate", passphrase="caf\ud83d", kdf=kdf_bytes(CHEAP).hex())

    yield bad("another token of the same kind", "tampered", token=token("somebody else's"))
    for kind in ("w1", "d1"):
        yield bad(f"a chat record under the same token as {kind}", "tampered", token=kind + good[2:])
    vector, *_ = record("a web record under the same token as c1", "w1")
    yield {**vector, "token": "c1" + vector["token"][2:], "why": "tampered"}

    yield bad("expiry extended by a millisecond", "tampered", expiresAt=EXPIRES_AT + 1)
    yield bad("expiry extended by 2^32 milliseconds", "tampered", expiresAt=EXPIRES_AT + 2**32)
    other = Derived(record("another recipient")[0]["token"]).recipient({**RECIPIENT, "id": "U0000003"})
    yield bad("another recipient", "tampered", recipient=other.hex())
    yield bad("the recipient taken away", "tampered", recipient=bytes(16).hex())
    yield bad("a recipient hash cut short", "tampered", recipient=bytes(15).hex())
    yield bad("KDF parameters added", "tampered", kdf=kdf_bytes(CHEAP).hex())
    yield bad("KDF parameters below the bounds", "tampered", kdf=struct.pack(">BIB", 1, 8191, 1).hex())
    yield bad("KDF parameters above the bounds", "tampered", kdf=struct.pack(">BIB", 1, 262145, 1).hex())
    yield bad("no passes", "tampered", kdf=struct.pack(">BIB", 1, 8192, 0).hex())
    yield bad("eleven passes", "tampered", kdf=struct.pack(">BIB", 1, 8192, 11).hex())
    yield bad("another KDF", "tampered", kdf=struct.pack(">BIB", 2, 8192, 1).hex())
    yield bad("KDF parameters with a byte behind", "tampered", kdf=(kdf_bytes(CHEAP) + b"\0").hex())

    name = "KDF parameters made cheaper"
    vector, *_ = record(name, passphrase="tell no one")
    cheaper = kdf_bytes({"memoryKiB": 8192, "passes": 2})
    yield {**vector, "kdf": cheaper.hex(), "why": "tampered"}
    vector, *_ = record("KDF parameters removed", passphrase="tell no one")
    yield {**vector, "kdf": "", "why": "tampered"}
    vector, *_ = record("the passphrase left out", passphrase="tell no one")
    yield {k: v for k, v in {**vector, "why": "tampered"}.items() if k not in ("passphrase", "stretched")}
    vector, derived, *_ = record("another passphrase", passphrase="tell no one")
    yield {**vector, **typed("tell anyone", derived), "why": "tampered"}
    yield partitioning("a record that opens under two passphrases but for its commitment")

    yield bad("no outer bytes", "tampered", outer="")
    for what, size in (("the key id's length", 1), ("the key id", 3), ("the outer nonce", 27), ("the outer tag", 42)):
        vector = record(f"outer bytes cut after {what}")[0]
        yield {**vector, "outer": vector["outer"][: 2 * size], "why": "tampered"}
    vector = record("outer bytes cut by one")[0]
    yield {**vector, "outer": vector["outer"][:-2], "why": "tampered"}
    vector = record("a byte behind the outer bytes")[0]
    yield {**vector, "outer": vector["outer"] + "00", "why": "tampered"}
    for what, at in (("the outer nonce", 3), ("the outer ciphertext", 27), ("the outer tag", -1)):
        vector = record(f"a bit of {what} flipped")[0]
        data = bytes.fromhex(vector["outer"])
        yield {**vector, "outer": flipped(data, at % len(data)).hex(), "why": "tampered"}
    vector, derived, sealed, _ = record("a key that this server has not")
    yield {**vector, "outer": wrapped(derived, sealed, "k9"), "why": "unknown-key"}
    vector = record("the key id renamed to another that the server has")[0]
    yield {**vector, "keys": key_text("k2", "k1"), "outer": vector["outer"].replace("026b31", "026b32", 1), "why": "tampered"}
    vector = record("the same key id with another key")[0]
    yield {**vector, "keys": "k1:" + key_text("k7").split(":")[1], "why": "tampered"}
    vector = record("an empty key id")[0]
    yield {**vector, "outer": "00" + vector["outer"][6:], "why": "tampered"}
    vector, derived, sealed, _ = record("a key id in capitals")
    yield {**vector, "outer": vector["outer"].replace("026b31", "024b31", 1), "why": "tampered"}
    vector = record("another secret's outer bytes")[0]
    yield {**vector, "outer": record("its neighbour")[0]["outer"], "why": "tampered"}

    yield resealed("nothing sealed", lambda d, sealed, aad: b"")
    yield resealed("version 0", lambda d, sealed, aad: b"\x00" + sealed[1:], "unsupported")
    yield resealed("a version 2 record under a version 1 token", lambda d, sealed, aad: b"\x02" + sealed[1:], "unsupported")
    yield resealed("sealed bytes cut by one", lambda d, sealed, aad: sealed[:-1])
    yield resealed("sealed bytes cut to their header", lambda d, sealed, aad: sealed[:57])
    yield resealed("a byte behind the sealed bytes", lambda d, sealed, aad: sealed + b"\0")
    yield resealed("a bit of the commitment flipped", lambda d, sealed, aad: flipped(sealed, 1))
    yield resealed("the last bit of the commitment flipped", lambda d, sealed, aad: flipped(sealed, 32))
    yield resealed("a bit of the nonce flipped", lambda d, sealed, aad: flipped(sealed, 33))
    yield resealed("a bit of the ciphertext flipped", lambda d, sealed, aad: flipped(sealed, 57))
    yield resealed("a bit of the tag flipped", lambda d, sealed, aad: flipped(sealed, len(sealed) - 1))
    yield resealed("another secret's commitment", lambda d, sealed, aad: sealed[:1] + record("its neighbour")[1].commitment + sealed[33:])

    def holding(padded):
        def change(derived, sealed, aad):
            return sealed[:57] + encrypt(derived.key, sealed[33:57], aad, padded)

        return change

    full = pad(b"x" * 10)
    yield resealed("content longer than its bucket", holding(struct.pack(">I", 253) + full[4:]))
    yield resealed("a length of 2^32 - 1", holding(b"\xff" * 4 + full[4:]))
    yield resealed("padding that is not zeros", holding(full[:-1] + b"\x01"))
    yield resealed("the next larger bucket", holding(full + bytes(16)))
    yield resealed("a length one short, the last byte among the zeros", holding(struct.pack(">I", 9) + full[4:]))
    yield resealed("aad without the recipient", lambda d, sealed, aad: sealed[:57] + encrypt(d.key, sealed[33:57], aad[:39] + aad[58:], full))


def typed(passphrase, derived):
    return {"passphrase": passphrase, "stretched": stretch(passphrase, derived.salt, CHEAP).hex()}


def partitioning(name):
    """Poly1305 accepts this box under both passphrases' keys; the commitment is the other one's (Len et al. 2021)."""
    text = token(name)
    plain = Derived(text)
    one, other = (Derived(text, bytes.fromhex(typed(word, plain)["stretched"])) for word in ("alpha", "omega"))
    recipient, kdf = plain.recipient(RECIPIENT), kdf_bytes(CHEAP)
    aad, nonce = plain.aad(EXPIRES_AT, recipient, kdf), drawn("nonce " + name, 24)
    box = collision(one.key, other.key, nonce, aad)
    sealed = b"\x01" + one.commitment + nonce + box
    return {
        "name": name,
        "token": text,
        **typed("omega", plain),
        "keys": key_text("k1"),
        "expiresAt": EXPIRES_AT,
        "recipient": recipient.hex(),
        "kdf": kdf.hex(),
        "outer": wrapped(plain, sealed),
        "why": "tampered",
    }


def collision(key1, key2, nonce, aad, size=256):
    """A box of `size` bytes whose tag is right under both keys: two blocks solve two linear equations mod 2^130 - 5."""
    p = 2**130 - 5
    macs = []
    for key in (key1, key2):
        otk = chacha20(hchacha20(key, nonce[:16]), bytes(4) + nonce[16:], bytes(32), 0)
        macs.append(otk)
    for attempt in range(10000):
        body = bytearray(drawn(f"collision {attempt}", size))
        body[-32:] = bytes(32)
        tag = drawn(f"tag {attempt}", 16)
        rows = []
        for otk in macs:
            r = int.from_bytes(otk[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
            have = int.from_bytes(poly1305(otk[:16] + bytes(16), mac_input(aad, bytes(body))), "little")
            total = evaluate(r, mac_input(aad, bytes(body)))
            assert total % 2**128 == have
            want = (int.from_bytes(tag, "little") - int.from_bytes(otk[16:], "little")) % 2**128
            rows.append((pow(r, 3, p), pow(r, 2, p), (want - total) % p))
        (a, b, e), (c, d, f) = rows
        inverse = pow(a * d - b * c, -1, p)
        x, y = (e * d - b * f) * inverse % p, (a * f - e * c) * inverse % p
        if x < 2**128 and y < 2**128:
            return bytes(body[:-32]) + x.to_bytes(16, "little") + y.to_bytes(16, "little") + tag
    raise AssertionError("no collision found")


def evaluate(r, message):
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at : at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return total


def generate():
    from checker import reveal

    vectors = {"suite": 1, "format": "docs/format.md", "accepts": list(accepts()), "rejects": list(rejects())}
    for vector in vectors["rejects"]:
        assert reveal(vector) == vector["why"], vector["name"]
    names = [vector["name"] for vector in vectors["accepts"] + vectors["rejects"]]
    assert len(set(names)) == len(names)
    return vectors
