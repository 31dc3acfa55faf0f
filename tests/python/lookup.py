"""The open client `pyhashlookup`, unchanged, against our server: what it is told, as JSON on the last line.

usage: lookup.py BASE_URL TOKEN MD5 SHA1 SHA256 UNKNOWN
"""

import json
import sys

from pyhashlookup import Hashlookup


def main(base, token, md5, sha1, sha256, unknown):
    client = Hashlookup(base)
    client.session.auth = ("anybody", token)
    return {
        "info": client.info(),
        "md5": client.md5_lookup(md5),
        "sha1": client.sha1_lookup(sha1),
        "sha256": client.sha256_lookup(sha256),
        "bulk": client.md5_bulk_lookup([md5, unknown]),
        "unknown": client.md5_lookup(unknown),
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
