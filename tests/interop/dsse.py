"""Reads and makes DSSE envelopes with securesystemslib (`pip install securesystemslib cryptography`).

    dsse.py verify LOG NAME+ID HEX-OF-PUBLIC-KEY     every line of the log is signed by the key
    dsse.py sign LOG NAME+ID HEX-OF-SEED             the first line of the log, signed anew by the key
"""

import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey


def public(keyid, hexadecimal):
    return SSlibKey(keyid, "ed25519", "ed25519", {"public": hexadecimal})


def verify(lines, keyid, hexadecimal):
    for line in lines:
        Envelope.from_dict(json.loads(line)).verify([public(keyid, hexadecimal)], 1)
    print(len(lines))


def sign(lines, keyid, hexadecimal):
    envelope = Envelope.from_dict(json.loads(lines[0]))
    envelope.signatures.clear()
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(hexadecimal))
    key = public(keyid, private.public_key().public_bytes_raw().hex())
    envelope.sign(CryptoSigner(private, key))
    print(json.dumps(envelope.to_dict()))


command, log, *rest = sys.argv[1:]
with open(log, encoding="utf-8") as file:
    {"verify": verify, "sign": sign}[command](file.read().splitlines(), *rest)
