#!/usr/bin/env python3
"""Small edits to WIM files that the sample images need and wimlib has no option for.

usage: wim-patch.py canon FILE           put an uncompressed one-image WIM into a fixed order
       wim-patch.py guid FILE SEED       set the GUID, made from SEED
       wim-patch.py times CREATED MODIFIED
                                         print the --image-property values of two UTC times
       wim-patch.py damage FILE          flip one byte of the first metadata resource
       wim-patch.py tear FILE COUNT      change one byte in the middle of the COUNT largest contents that
                                         more than one file uses
       wim-patch.py metadata FILE        print the SHA-1 of each image's metadata resource

canon: the hard-link numbers and the order of the blobs follow the source file
system's inode numbers and folder order.  Both are renumbered in the order of
the image's own folder tree, so that equal trees give equal files anywhere.
"""
import hashlib
import struct
import sys
from calendar import timegm
from time import strptime

HEADER = 208
BLOB_TABLE, XML, INTEGRITY = 0x30, 0x48, 0x7C   # resource headers in the header
ENTRY = 50
METADATA, COMPRESSED = 0x02, 0x04


def fail(text):
    sys.exit(f"wim-patch: {text}")


def resource(buf, at):
    """(size in the file, flags, offset, uncompressed size) of a resource header."""
    packed, offset, usize = struct.unpack_from("<QQQ", buf, at)
    return packed & (1 << 56) - 1, packed >> 56, offset, usize


def put_resource(buf, at, size, flags, offset, usize):
    struct.pack_into("<QQQ", buf, at, flags << 56 | size, offset, usize)


def read(path):
    with open(path, "rb") as f:
        buf = bytearray(f.read())
    if buf[:8] != b"MSWIM\0\0\0" or len(buf) < HEADER:
        fail(f"{path}: not a WIM file")
    return buf


def write(path, buf):
    with open(path, "wb") as f:
        f.write(buf)


def entries(buf):
    """The rows of the blob table: (resource, part, references, SHA-1)."""
    size, flags, offset, _ = resource(buf, BLOB_TABLE)
    if flags & COMPRESSED:
        fail("compressed blob table")
    for at in range(offset, offset + size - ENTRY + 1, ENTRY):
        part, refs = struct.unpack_from("<HI", buf, at + 24)
        yield resource(buf, at), part, refs, bytes(buf[at + 30:at + 50])


def metadata_entries(buf):
    return [e for e in entries(buf) if e[0][1] & METADATA and e[2]]


def align8(n):
    return n + 7 & ~7


def walk(meta):
    """Offsets of all directory entries, each folder's own entries before those below."""
    def folder(at):
        below = []
        while True:
            length = struct.unpack_from("<Q", meta, at)[0]
            if length <= 8:
                break
            yield at
            sub = struct.unpack_from("<Q", meta, at + 0x10)[0]
            if sub:
                below.append(sub)
            streams = struct.unpack_from("<H", meta, at + 0x60)[0]
            at += align8(length)
            for _ in range(streams):
                at += align8(struct.unpack_from("<Q", meta, at)[0])
        for sub in below:
            yield from folder(sub)

    root = align8(max(struct.unpack_from("<I", meta, 0)[0], 8))
    yield root
    sub = struct.unpack_from("<Q", meta, root + 0x10)[0]
    if sub:
        yield from folder(sub)


def canon(path):
    buf = read(path)
    rows = list(entries(buf))
    meta_rows = metadata_entries(buf)
    if len(meta_rows) != 1 or any(row[0][1] & ~METADATA for row in rows):
        fail(f"{path}: canon needs one image and no compression")
    size, _, offset, _ = meta_rows[0][0]
    meta = bytearray(buf[offset:offset + size])
    groups, order = {}, {}
    for at in walk(meta):
        group = struct.unpack_from("<Q", meta, at + 0x58)[0]
        if group:
            struct.pack_into("<Q", meta, at + 0x58, groups.setdefault(group, len(groups) + 1))
        order.setdefault(bytes(meta[at + 0x40:at + 0x54]), len(order))

    size, flags, offset, usize = resource(buf, XML)
    xml = buf[offset:offset + size]
    out = bytearray(buf[:HEADER])
    table = bytearray()

    def add(data, flags, refs, sha1):
        row = bytearray(ENTRY)
        put_resource(row, 0, len(data), flags, len(out), len(data))
        struct.pack_into("<HI", row, 24, 1, refs)
        row[30:] = sha1
        table.extend(row)
        out.extend(data)

    blobs = [row for row in rows if not row[0][1] & METADATA]
    for (bsize, bflags, boffset, _), _, refs, sha1 in sorted(blobs, key=lambda r: order[r[3]]):
        add(buf[boffset:boffset + bsize], bflags, refs, sha1)
    add(meta, METADATA, 1, hashlib.sha1(meta).digest())
    put_resource(out, BLOB_TABLE, len(table), resource(buf, BLOB_TABLE)[1], len(out), len(table))
    out += table
    put_resource(out, XML, size, flags, len(out), usize)
    out += xml
    put_resource(out, INTEGRITY, 0, 0, 0, 0)
    write(path, out)


def guid(path, seed):
    buf = read(path)
    value = bytearray(hashlib.sha256(seed.encode()).digest()[:16])
    value[7] = value[7] & 0x0F | 0x40       # version 4, as Windows makes them
    value[8] = value[8] & 0x3F | 0x80
    buf[0x18:0x28] = value
    write(path, buf)


def filetime(text):
    """100 ns units since 1601 of a time such as 2020-01-10T02:14:07.1234567Z."""
    whole, _, part = text.rstrip("Z").partition(".")
    seconds = timegm(strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return (seconds + 11_644_473_600) * 10**7 + int((part + "0000000")[:7])


def times(created, modified):
    for name, text in (("CREATIONTIME", created), ("LASTMODIFICATIONTIME", modified)):
        value = filetime(text)
        print(f"{name}/HIGHPART=0x{value >> 32:08X}")
        print(f"{name}/LOWPART=0x{value & 0xFFFFFFFF:08X}")


def damage(path):
    buf = read(path)
    size, _, offset, _ = metadata_entries(buf)[0][0]
    at = offset + size // 2
    buf[at] ^= 0x10
    write(path, buf)
    print(f"byte {at} of the file, {at - offset} of {size} of the metadata resource")


def tear(path, count):
    buf = read(path)
    shared = [e for e in entries(buf) if not e[0][1] & METADATA and e[2] > 1]
    for (size, _, offset, _), _, _, _ in sorted(shared, key=lambda e: (-e[0][0], e[3]))[:int(count)]:
        buf[offset + size // 2] ^= 0x10
    write(path, buf)


def metadata(path):
    for row in metadata_entries(read(path)):
        print(row[3].hex())


def main():
    commands = {"canon": (canon, 1), "guid": (guid, 2), "times": (times, 2),
                "damage": (damage, 1), "tear": (tear, 2), "metadata": (metadata, 1)}
    name, args = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if name not in commands or len(args) != commands[name][1]:
        sys.exit(__doc__.strip())
    commands[name][0](*args)


if __name__ == "__main__":
    main()
