#!/usr/bin/env python3
"""A second implementation of docs/format.md, independent of the TypeScript one.

python3 checker.py generate suite1-v1.json    writes the vectors, the same bytes every time (about two minutes)
python3 checker.py verify suite1-v1.json      recomputes all but some stretches (seconds); --all: those too
"""

import base64
import hashlib
import hmac
import json
import re
import struct
import sys
import unicodedata

from primitives import argon2id, decrypt, encrypt, hkdf, hkdf_expand, hmac_sha256, self_test

KINDS = ("c1", "w1", "d1")


class Refused(Exception):
    """Opening ends here; the argument is the error class."""


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    """Canonical only: no padding, no other characters, no stray bits."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if b64url(data) == text else None


def tlv(*fields):
    return b"".join(bytes([tag]) + struct.pack(">H", len(value)) + value for tag, value in fields)


def party_bytes(party):
    return tlv(*((at + 1, party[name].encode()) for at, name in enumerate(("platform", "tenant", "id"))))


def kdf_bytes(kdf):
    return b"" if kdf is None else struct.pack(">BIB", 1, kdf["memoryKiB"], kdf["passes"])


def kdf_is_valid(data):
    if data == b"":
        return True
    if len(data) != 6 or data[0] != 1:
        return False
    memory, passes = struct.unpack(">IB", data[1:])
    return 8192 <= memory <= 262144 and 1 <= passes <= 10


def padded_size(content_size):
    size = 4 + content_size
    if size <= 256:
        return 256
    exponent = size.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (size + mask) & ~mask


def pad(content):
    padded = struct.pack(">I", len(content)) + content
    return padded + bytes(padded_size(len(content)) - len(padded))


def unpad(padded):
    size = struct.unpack(">I", padded[:4])[0]
    content = padded[4 : 4 + size]
    return content if pad(content) == padded else None


def parse_token(text):
    kind, dot, encoded = text[:2], text[2:3], text[3:]
    secret = unb64url(encoded)
    if kind not in KINDS or dot != "." or secret is None or len(secret) != 32:
        raise Refused("malformed")
    return kind, secret


class Derived:
    def __init__(self, token, stretched=None):
        self.kind, secret = parse_token(token)
        self.prk0 = hmac_sha256(b"sotto/v1/" + self.kind.encode(), secret)
        self.prk = self.prk0 if stretched is None else hmac_sha256(self.prk0, stretched)
        self.id = hkdf_expand(self.prk0, b"id", 16)
        self.salt = hkdf_expand(self.prk0, b"passphrase", 16)
        self.answer_proof = hkdf_expand(self.prk0, b"answer", 32)
        self.key, self.commitment, self.proof = (
            hkdf_expand(self.prk, label, 32) for label in (b"key", b"commitment", b"proof")
        )

    def recipient(self, party):
        if party is None:
            return bytes(16)
        return hmac_sha256(hkdf_expand(self.prk0, b"recipient", 32), party_bytes(party))[:16]

    def aad(self, expires_at, recipient, kdf):
        return tlv(
            (1, b"\x01"),
            (2, self.kind.encode()),
            (3, self.id),
            (4, struct.pack(">Q", expires_at)),
            (5, recipient),
            (6, kdf),
        )

    def seal(self, content, nonce, aad):
        return b"\x01" + self.commitment + nonce + encrypt(self.key, nonce, aad, pad(content))

    def open(self, sealed, aad):
        if sealed and sealed[0] != 1:
            raise Refused("unsupported")
        if len(sealed) < 1 + 32 + 24 + 256 + 16 or not hmac.compare_digest(sealed[1:33], self.commitment):
            raise Refused("tampered")
        padded = decrypt(self.key, sealed[33:57], aad, sealed[57:])
        content = None if padded is None else unpad(padded)
        if content is None:
            raise Refused("tampered")
        return content


def stretch(passphrase, salt, kdf):
    try:
        typed = unicodedata.normalize("NFKC", passphrase).encode()
    except UnicodeEncodeError:
        raise Refused("lone-surrogate") from None
    return argon2id(typed, salt, kdf["memoryKiB"], kdf["passes"])


def parse_keys(text):
    entries = [entry.split(":") for entry in text.split(",")]
    return {kid: base64.b64decode(key) for kid, key in entries}


def seal_box(keys, kid, id, info, nonce, plain):
    key = hkdf(keys[kid], id, info)
    return bytes([len(kid)]) + kid.encode() + nonce + encrypt(key, nonce, kid.encode(), plain)


def open_box(keys, id, info, nonce_size, data):
    size = data[0] if data else 0
    kid = data[1 : 1 + size]
    if not re.fullmatch(rb"[a-z0-9_-]{1,16}", kid) or len(data) < 1 + size + nonce_size + 16:
        raise Refused("tampered")
    if kid.decode() not in keys:
        raise Refused("unknown-key")
    key = hkdf(keys[kid.decode()], id, info)
    plain = decrypt(key, data[1 + size : 1 + size + nonce_size], kid, data[1 + size + nonce_size :])
    if plain is None:
        raise Refused("tampered")
    return plain


def owner_hash(key, party):
    return hmac_sha256(hkdf(key, bytes(32), b"owner/v1"), party_bytes(party))[:16]


def content_of(vector):
    content = vector["content"]
    return bytes.fromhex(content["hex"]) if "hex" in content else bytes([content["byte"]]) * content["times"]


def brief(data):
    """Long bytes are told by their length and hash."""
    return {"hex": data.hex()} if len(data) <= 400 else {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def expected(vector, stretched):
    """Everything that follows from an accepted vector's inputs."""
    derived = Derived(vector["token"], stretched)
    keys, kid = parse_keys(vector["keys"]), vector["keys"].split(":")[0]
    recipient, kdf = derived.recipient(vector["recipient"]), kdf_bytes(vector["kdf"])
    aad = derived.aad(vector["expiresAt"], recipient, kdf)
    sealed = derived.seal(content_of(vector), bytes.fromhex(vector["nonce"]), aad)
    outer = seal_box(keys, kid, derived.id, b"outer/v1", bytes.fromhex(vector["outerNonce"]), sealed)
    assert derived.open(open_box(keys, derived.id, b"outer/v1", 24, outer), aad) == content_of(vector)
    note = vector["note"]
    return {
        "id": b64url(derived.id),
        "salt": derived.salt.hex(),
        "stretched": None if stretched is None else stretched.hex(),
        "key": derived.key.hex(),
        "commitment": derived.commitment.hex(),
        "proof": derived.proof.hex(),
        "proofHash": hashlib.sha256(derived.proof).hexdigest(),
        "answerProof": derived.answer_proof.hex(),
        "recipient": recipient.hex(),
        "kdf": kdf.hex(),
        "aad": aad.hex(),
        "sealed": brief(sealed),
        "outer": brief(outer),
        "note": seal_box(
            keys, kid, derived.id, note["kind"].encode(), bytes.fromhex(note["nonce"]), bytes.fromhex(note["plain"])
        ).hex(),
        "owners": [owner_hash(key, vector["owner"]).hex() for key in keys.values()],
    }


def reveal(vector):
    """What opening a rejected vector comes to: its error class, or `opened`."""
    try:
        parse_token(vector["token"])
        if "passphrase" in vector:
            vector["passphrase"].encode()
        stretched = bytes.fromhex(vector["stretched"]) if vector.get("stretched") else None
        derived = Derived(vector["token"], stretched)
        kdf = bytes.fromhex(vector["kdf"])
        outer = bytes.fromhex(vector["outer"])
        sealed = open_box(parse_keys(vector["keys"]), derived.id, b"outer/v1", 24, outer)
        if not kdf_is_valid(kdf):
            raise Refused("tampered")
        derived.open(sealed, derived.aad(vector["expiresAt"], bytes.fromhex(vector["recipient"]), kdf))
        return "opened"
    except UnicodeEncodeError:
        return "lone-surrogate"
    except Refused as refused:
        return refused.args[0]


def verify(path, everything):
    self_test()
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    wrong, left = [], 0
    for vector in vectors["accepts"]:
        known, kdf = vector["expect"]["stretched"], vector["kdf"]
        stretched = None if known is None else bytes.fromhex(known)
        # Without --all only where our own Unicode handling is at stake: plain Python needs seconds for each.
        if kdf and (everything or not unicodedata.is_normalized("NFKC", vector["passphrase"])):
            stretched = stretch(vector["passphrase"], Derived(vector["token"]).salt, kdf)
        elif kdf:
            left += 1
        if expected(vector, stretched) != vector["expect"]:
            wrong.append(vector["name"])
    wrong += [vector["name"] for vector in vectors["rejects"] if reveal(vector) != vector["why"]]
    for name in wrong:
        print(f"differs: {name}")
    count = len(vectors["accepts"]), len(vectors["rejects"])
    print(f"{count[0]} accepts, {count[1]} rejects, {left} stretches taken as given, {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("generate", "verify"):
        sys.exit(__doc__)
    if sys.argv[1] == "verify":
        sys.exit(verify(sys.argv[2], "--all" in sys.argv))
    from generate import generate

    self_test()
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(generate(), file, indent=1)
        file.write("\n")
