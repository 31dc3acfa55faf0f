"""Gives changed packages to scripts/verify_package.py and says which of them it takes.

    packages.py SCRIPT KEY PACKAGE MUTATIONS FOLDER

PACKAGE is a good package, decrypted. MUTATIONS has one JSON array a line, [offset, xor]: that byte is changed and the package
checked again. FOLDER holds further packages, each in a file. Prints how many mutations were refused, those that were not, and
for each file of the folder its name and `taken` or `refused`.
"""

import importlib.util
import io
import json
import pathlib
import sys


def main():
    """Checks all of them in one process."""
    script, key, package, mutations, folder = sys.argv[1:]
    spec = importlib.util.spec_from_file_location("verify_package", script)
    verifier = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verifier)
    key = verifier.public_key(key)

    def taken(raw):
        try:
            return verifier.verify(io.BytesIO(raw), key)[0] == []
        except verifier.Wrong:
            return False

    good = pathlib.Path(package).read_bytes()
    assert taken(good), "the good one is taken"
    refused, slipped = 0, []
    for line in pathlib.Path(mutations).read_text(encoding="ascii").splitlines():
        offset, change = json.loads(line)
        raw = bytearray(good)
        raw[offset] ^= change
        if taken(bytes(raw)):
            slipped.append(offset)
        else:
            refused += 1
    files = {p.name: "taken" if taken(p.read_bytes()) else "refused" for p in sorted(pathlib.Path(folder).iterdir())}
    json.dump({"refused": refused, "slipped": slipped, "files": files}, sys.stdout)


if __name__ == "__main__":
    main()
