#!/usr/bin/env python3
"""Makes the catalogs of the tests in this folder, with roots of their own. Needs openssl; the private keys are thrown
away, so that each run gives other signatures.

usage: make.py   (writes beside itself)

A catalog is PKCS#7 signed data around a certificate trust list (1.3.6.1.4.1.311.10.1); the list is written here, the
certificates and signatures by openssl."""
import hashlib, os, subprocess, tempfile
from datetime import datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))

MUM = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" description="Fix for KB0000001">
  <assemblyIdentity name="Package_for_RollupFix" version="17763.1911.1.6" processorArchitecture="amd64" language="neutral" buildType="release" publicKeyToken="31bf3856ad364e35"/>
  <package identifier="KB0000001" releaseType="Update"/>
</assembly>
"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">
  <assemblyIdentity name="wimproof-test-sample" version="10.0.17763.1911" processorArchitecture="amd64" language="neutral" buildType="release" publicKeyToken="31bf3856ad364e35" versionScope="nonSxS"/>
</assembly>
"""

def tlv(tag, body):
    length = len(body)
    if length < 0x80:
        return bytes([tag, length]) + body
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + body

def oid(text):
    first, second, *rest = [int(part) for part in text.split(".")]
    out = bytearray([40 * first + second])
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        out += bytes(reversed(digits))
    return tlv(6, bytes(out))

def seq(*parts): return tlv(0x30, b"".join(parts))
def set_of(*parts): return tlv(0x31, b"".join(sorted(parts)))
def octets(body): return tlv(4, body)
NULL = tlv(5, b"")
SHA256 = seq(oid("2.16.840.1.101.3.4.2.1"), NULL)
RSA = seq(oid("1.2.840.113549.1.1.1"), NULL)

def trust_list(members, spelt=False):
    """What stands inside the list. `spelt`: identifiers as the digits of the hash in UTF-16LE, as in version 1."""
    subjects = b""
    for member in sorted(members):
        name = (member.hex().upper() + "\0").encode("utf-16-le") if spelt else member
        digest = seq(SHA256, octets(member))
        link = seq(oid("1.3.6.1.4.1.311.2.1.25"), tlv(0xA2, tlv(0x80, "<<<Obsolete>>>".encode("utf-16-be"))))
        data = seq(oid("1.3.6.1.4.1.311.2.1.4"), set_of(seq(link, digest)))
        subjects += seq(octets(name), set_of(data))
    return b"".join([
        seq(oid("1.3.6.1.4.1.311.12.1.1")),
        octets(bytes(range(16))),
        tlv(0x17, b"210421000000Z"),
        seq(oid("1.3.6.1.4.1.311.12.1.2" if spelt else "1.3.6.1.4.1.311.12.1.3"), NULL),
        tlv(0x30, subjects),
    ])

class Issuer:
    """A key with its certificate."""
    def __init__(self, work, name, subject, by=None, extensions=()):
        self.key, self.pem = (os.path.join(work, name + end) for end in (".key", ".pem"))
        run("openssl", "genrsa", "-out", self.key, "2048")
        config = os.path.join(work, name + ".cnf")
        with open(config, "w") as file:
            file.write("[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ext\n[dn]\n[ext]\n" + "\n".join(extensions))
        request = os.path.join(work, name + ".csr")
        run("openssl", "req", "-new", "-key", self.key, "-subj", subject, "-config", config, "-out", request)
        signer = ["-CA", by.pem, "-CAkey", by.key, "-CAcreateserial"] if by else ["-signkey", self.key]
        run("openssl", "x509", "-req", "-in", request, "-days", "9000", "-sha256", *signer,
            "-extfile", config, "-extensions", "ext", "-out", self.pem)
        self.der = run("openssl", "x509", "-in", self.pem, "-outform", "DER")

    def name_and_serial(self):
        """Issuer and serial number, out of the certificate."""
        def element(data, at):
            first = data[at + 1]
            if first < 0x80:
                return at, at + 2 + first, at + 2
            count = first & 0x7F
            length = int.from_bytes(data[at + 2:at + 2 + count], "big")
            return at, at + 2 + count + length, at + 2 + count
        at = element(self.der, element(self.der, 0)[2])[2]
        parts = []
        for _ in range(4):
            start, end, _ = element(self.der, at)
            parts.append(self.der[start:end])
            at = end
        return seq(parts[3], parts[1])

def run(*command, given=None):
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout

def attribute(kind, *values): return seq(oid(kind), set_of(*values))

def countersignature(at):
    """A countersignature of PKCS#9 that says a time. It is none: what it says is what the tests are about."""
    said = tlv(0xA0, attribute("1.2.840.113549.1.9.5", tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())))
    info = seq(tlv(2, b"\1"), seq(seq(), tlv(2, b"\1")), SHA256, said, RSA, octets(bytes(256)))
    return attribute("1.2.840.113549.1.9.6", info)

def timestamp(at):
    """The same as a token of RFC 3161, with the fractions of a second that some servers give."""
    time = tlv(0x18, at.strftime("%Y%m%d%H%M%S.25Z").encode())
    imprint = seq(SHA256, octets(bytes(32)))
    info = seq(tlv(2, b"\1"), oid("1.3.6.1.4.1.601.10.3.1"), imprint, tlv(2, b"\7"), time)
    content = seq(oid("1.2.840.113549.1.9.16.1.4"), tlv(0xA0, octets(info)))
    data = seq(tlv(2, b"\3"), set_of(SHA256), content, set_of())
    return attribute("1.3.6.1.4.1.311.3.3.1", seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, data)))

def catalog(content, signer, carried, signed=None, beside=b""):
    """`signed`: the content whose hash is signed, where it is another one; `beside`: attributes that are not signed."""
    attributes = [
        seq(oid("1.2.840.113549.1.9.3"), set_of(oid("1.3.6.1.4.1.311.10.1"))),
        seq(oid("1.2.840.113549.1.9.4"), set_of(octets(hashlib.sha256(signed or content).digest()))),
    ]
    signature = run("openssl", "dgst", "-sha256", "-sign", signer.key, given=set_of(*attributes))
    body = b"".join(sorted(attributes))
    beside = tlv(0xA1, beside) if beside else b""
    info = seq(tlv(2, b"\1"), signer.name_and_serial(), SHA256, tlv(0xA0, body), RSA, octets(signature), beside)
    data = seq(
        tlv(2, b"\1"), set_of(SHA256),
        seq(oid("1.3.6.1.4.1.311.10.1"), tlv(0xA0, tlv(0x30, content))),
        tlv(0xA0, b"".join(one.der for one in carried)),
        set_of(info),
    )
    return seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, data))

CA = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
SIGNER = ["basicConstraints=CA:FALSE", "extendedKeyUsage=codeSigning,1.3.6.1.4.1.311.10.3.6"]
SERVER = ["basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth"]
MICROSOFT = "/C=US/ST=Washington/L=Redmond/O=Microsoft Corporation/CN="

# Certificates are valid from the day on which they are made, for some 24 years.
EARLY = datetime(2001, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
LATE = datetime(2081, 2, 3, 4, 5, 6, tzinfo=timezone.utc)

def main():
    soon = datetime.now(timezone.utc) + timedelta(days=30)
    files = {"sample.mum": MUM.encode(), "sample.manifest": MANIFEST.encode()}
    hashes = [hash(text) for text in files.values() for hash in
              (lambda t: hashlib.sha256(t).digest(), lambda t: hashlib.sha1(t).digest())]
    honest = trust_list(hashes)
    with tempfile.TemporaryDirectory() as work:
        root = Issuer(work, "root", "/O=Wimproof Test/CN=Test Root", extensions=CA)
        middle = Issuer(work, "middle", "/O=Wimproof Test/CN=Test Production CA", by=root, extensions=CA)
        leaf = Issuer(work, "leaf", "/O=Wimproof Test/CN=Test Windows", by=middle, extensions=SIGNER)
        server = Issuer(work, "server", "/O=Wimproof Test/CN=server.example", by=middle, extensions=SERVER)
        below = Issuer(work, "below", "/O=Wimproof Test/CN=Test Windows", by=leaf, extensions=SIGNER)
        forger = Issuer(work, "forger", MICROSOFT + "Microsoft Windows", extensions=SIGNER)
        # Root and authority under the names of the pinned ones, with other keys.
        false_root = Issuer(work, "false-root", "/O=Wimproof Test/CN=Test Root", extensions=CA)
        false_leaf = Issuer(work, "false-leaf", MICROSOFT + "Microsoft Windows", by=false_root, extensions=SIGNER)
        other = Issuer(work, "other", "/O=Printer Company/CN=Printer Drivers", extensions=SIGNER)
        files |= {
            "root.pem": open(root.pem, "rb").read(),
            "genuine.cat": catalog(honest, leaf, [leaf, middle]),
            "genuine-v1.cat": catalog(trust_list(hashes, spelt=True), leaf, [middle, leaf]),
            "genuine-without-mum.cat": catalog(trust_list(hashes[2:]), leaf, [leaf, middle]),
            "forged-self-signed.cat": catalog(honest, forger, [forger]),
            "forged-root.cat": catalog(honest, false_leaf, [false_leaf, false_root]),
            "forged-below-leaf.cat": catalog(honest, below, [below, leaf, middle]),
            "forged-server.cat": catalog(honest, server, [server, middle]),
            "altered.cat": catalog(honest, leaf, [leaf, middle], signed=trust_list(hashes[2:])),
            "foreign.cat": catalog(honest, other, [other]),
            "timed.cat": catalog(honest, leaf, [leaf, middle], beside=timestamp(soon)),
            "timed-late.cat": catalog(honest, leaf, [leaf, middle], beside=timestamp(LATE)),
            "countersigned-early.cat": catalog(honest, leaf, [leaf, middle], beside=countersignature(EARLY)),
            "timed-twice.cat": catalog(honest, leaf, [leaf, middle], beside=countersignature(EARLY) + timestamp(soon)),
        }
    for name, content in files.items():
        with open(os.path.join(HERE, name), "wb") as file:
            file.write(content)

main()
