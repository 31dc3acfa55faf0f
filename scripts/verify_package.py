#!/usr/bin/env python3
"""Checks an evidence package without the program that made it.

    verify_package.py FILE [--identity KEY_FILE] [--key PUBLIC_KEY]

FILE is the package, as it was downloaded (.zip.age; then --identity names the file with your private key) or decrypted.
PUBLIC_KEY is the exchange's, 64 hexadecimal characters, as it publishes it. Without it, the signature is checked with the key
that the package names itself, which says only that nothing was changed since.

Prints what is wrong, a line each, and leaves with 1; or says that all is well and leaves with 0. Nothing is unpacked.

Written from the description of the form in docs/decisions/0030, not from the program's code. Needs Python 3.9, `cryptography`
and, for encrypted packages, `pyrage`, both from PyPI.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import struct
import sys
import tempfile
import zlib

FORMAT = "cport-package/1"
CONTEXT = b"cport-package/1\n"
MOST_FILES = 1_000_000
LONGEST = 512 << 20
BLOCK = 1 << 20
NAME = re.compile(r"[a-z0-9._-]+(/[a-z0-9._-]+)*")
ALL = 0xFFFFFFFF


class Wrong(Exception):
    """The file is not a package, so that nothing more can be said of it."""


def local_header(name):
    """What stands before an entry's bytes: no sizes, which come behind them."""
    fixed = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 45, 8, 0, 0, 0x21, 0, ALL, ALL, len(name), 20)
    return fixed + name + struct.pack("<HHQQ", 1, 16, 0, 0)


def descriptor(crc, size):
    """What stands behind an entry's bytes."""
    return struct.pack("<4sIQQ", b"PK\7\10", crc, size, size)


def record(name, crc, size, offset):
    """An entry in the directory."""
    fixed = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 45, 45, 8, 0, 0, 0x21, crc, ALL, ALL, len(name), 28, 0, 0, 0, 0, ALL
    )
    return fixed + name + struct.pack("<HHQQQ", 1, 24, size, size, offset)


def ending(count, size, offset):
    """What stands behind the directory."""
    first = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    second = struct.pack("<4sIQI", b"PK\6\7", 0, (offset + size) & 0xFFFFFFFFFFFFFFFF, 1)
    return first + second + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, ALL, ALL, 0)


def exactly(file, length):
    """So many bytes, or an end."""
    got = file.read(length)
    if len(got) != length:
        raise Wrong("the file cannot be read to its end")
    return got


def plain(name):
    """Whether a name is one that packages use."""
    return 0 < len(name) <= 200 and NAME.fullmatch(name) and not any(p.startswith(".") for p in name.split("/"))


def directory(file):
    """Name, checksum and size of every entry. Each record is made again and compared."""
    length = file.seek(0, os.SEEK_END)
    end_at = length - 98
    if end_at < 0:
        raise Wrong("this is not a package: it does not end like one")
    file.seek(end_at)
    tail = exactly(file, 98)
    count, size, offset = struct.unpack_from("<QQQ", tail, 32)
    if tail != ending(count, size, offset) or offset + size != end_at:
        raise Wrong("this is not a package: it does not end like one")
    if count > MOST_FILES or size > LONGEST:
        raise Wrong("its directory is too long")
    file.seek(offset)
    raw = exactly(file, size)
    entries, names, at, expected = [], set(), 0, 0
    for _ in range(count):
        if at + 46 > len(raw):
            raise Wrong("its directory is damaged")
        (name_length,) = struct.unpack_from("<H", raw, at + 28)
        (crc,) = struct.unpack_from("<I", raw, at + 16)
        name = raw[at + 46 : at + 46 + name_length]
        try:
            text = name.decode("ascii")
            size_of, where = struct.unpack_from("<Q8xQ", raw, at + 46 + name_length + 4)
        except (UnicodeDecodeError, struct.error):
            raise Wrong("its directory is damaged") from None
        made = record(name, crc, size_of, where)
        if raw[at : at + len(made)] != made or where != expected or not plain(text):
            raise Wrong("its directory is damaged")
        if text in names:
            raise Wrong(f"{text}: it is there twice")
        names.add(text)
        entries.append((text, crc, size_of))
        at += len(made)
        expected += len(local_header(name)) + size_of + 24
    if at != len(raw) or expected != offset:
        raise Wrong("its directory is damaged")
    return entries


def walk(file, flaws):
    """Size and digest of every file, in order, and the bytes of the two that are read."""
    files, kept = [], {}
    entries = directory(file)
    file.seek(0)
    for name, crc, size in entries:
        header = local_header(name.encode())
        if exactly(file, len(header)) != header:
            raise Wrong(f"{name}: its header is not as it was made")
        keep = name in ("manifest.json", "manifest.sig")
        if keep and size > LONGEST:
            raise Wrong(f"{name}: it is too long")
        digest, running, left, parts = hashlib.sha256(), 0, size, []
        while left:
            part = exactly(file, min(left, BLOCK))
            digest.update(part)
            running = zlib.crc32(part, running)
            left -= len(part)
            if keep:
                parts.append(part)
        if exactly(file, 24) != descriptor(crc, size):
            raise Wrong(f"{name}: what stands behind it is not as it was made")
        if running != crc:
            flaws.append(f"{name}: its checksum does not fit its bytes")
        if keep:
            kept[name] = b"".join(parts)
        files.append((name, size, digest.hexdigest()))
    return files, kept


def public_key(text):
    """A public key in hexadecimal or base64."""
    text = text.strip()
    try:
        raw = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return raw if len(raw) == 32 else None


def signature(manifest, line, key, given):
    """What is wrong with the signature, if anything."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name = hashlib.sha256(key).hexdigest()[:16].encode()
    found = re.fullmatch(rb"ed25519 ([0-9a-f]{16}) ([0-9a-f]{128})\n", line)
    if not found:
        return "manifest.sig: it is not the line it should be"
    if found.group(1) != name:
        other = "it was signed with another key than the one given" if given else "it is not the line it should be"
        return f"manifest.sig: {other}"
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(found.group(2).decode()), CONTEXT + manifest)
    except InvalidSignature:
        return "manifest.sig: the signature does not fit the manifest and the key"
    return None


def compare(files, manifest):
    """Files that the manifest does not name, that are missing, or differ."""
    flaws, there = [], {name: (size, sha256) for name, size, sha256 in files[:-2]}
    listed = manifest.get("files", [])
    names = [entry.get("path") for entry in listed]
    flaws += [f"{name}: it is missing" for name in names if name not in there]
    flaws += [f"{name}: the manifest does not name it" for name in there if name not in names]
    if len(set(names)) != len(names):
        flaws.append("manifest.json: it names a file twice")
    for entry in listed:
        found = there.get(entry.get("path"))
        if found and found != (entry.get("size"), entry.get("sha256")):
            flaws.append(f"{entry['path']}: its bytes are not those that the manifest names")
    return flaws


def verify(file, given):
    """Everything that is wrong with a package, the manifest, and the key that signed."""
    flaws = []
    files, kept = walk(file, flaws)
    if [name for name, _, _ in files[-2:]] != ["manifest.json", "manifest.sig"]:
        raise Wrong("it does not end with `manifest.json` and `manifest.sig`")
    try:
        manifest = json.loads(kept["manifest.json"].decode("utf-8"))
        named = public_key(manifest["signing_key"])
        if not isinstance(manifest["files"], list) or not all(isinstance(f, dict) for f in manifest["files"]):
            raise TypeError("`files` is no list of objects")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Wrong(f"manifest.json: it cannot be read: {error}") from None
    if manifest.get("format") != FORMAT:
        flaws.append("manifest.json: its format is another one, get a newer program")
    key = given or named
    if key is None:
        flaws.append("manifest.json: it names no key that could have signed it")
    else:
        wrong = signature(kept["manifest.json"], kept["manifest.sig"], key, given is not None)
        flaws += [wrong] if wrong else []
    return flaws + compare(files, manifest), manifest, named


def decrypted(path, identity):
    """The package in a file of its own that has no name, so that it goes when this program does."""
    import pyrage

    with open(identity, encoding="utf-8") as keys:
        lines = [line.strip() for line in keys if line.strip() and not line.startswith("#")]
    try:
        identities = [pyrage.x25519.Identity.from_str(line) for line in lines]
        out = tempfile.TemporaryFile()
        with open(path, "rb") as sealed:
            pyrage.decrypt_io(sealed, out, identities)
    except Exception as error:  # pyrage has several kinds, each of which says what it is
        raise Wrong(f"it cannot be decrypted: {error}") from None
    return out


def main():
    """Reads the command line; returns what to leave with."""
    ask = argparse.ArgumentParser(description="Checks an evidence package.")
    ask.add_argument("file")
    ask.add_argument("--identity", metavar="KEY_FILE")
    ask.add_argument("--key", metavar="PUBLIC_KEY")
    said = ask.parse_args()
    given = public_key(said.key) if said.key else None
    if said.key and given is None:
        ask.error("--key is 64 hexadecimal characters")
    try:
        with open(said.file, "rb") as begin:
            sealed = begin.read(21) == b"age-encryption.org/v1"
        if sealed and not said.identity:
            ask.error("the package is encrypted, name your key's file with --identity")
        with decrypted(said.file, said.identity) if sealed else open(said.file, "rb") as file:
            flaws, manifest, key = verify(file, given)
    except Wrong as wrong:
        print(wrong)
        return 1
    for flaw in flaws:
        print(flaw)
    if flaws:
        return 1
    recipient = manifest["recipient"]
    print(f"package {manifest['package']} of {manifest['made_at']} is as it was made: {len(manifest['files'])} files")
    print(f"taken along by {recipient['name']}, {recipient['organisation_name']}, case number {recipient['case_number']}")
    if given is None:
        print(f"signed with {key.hex()}: compare this with the key that the exchange publishes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
