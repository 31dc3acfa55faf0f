"""The open client `arachnid-shield-sdk`, unchanged, against our server: what it is told, as JSON on the last line.

usage: shield.py BASE_URL TOKEN KNOWN_FILE OTHER_FILE PDQ_BASE64
"""

import json
import os
import sys


def word(value):
    return getattr(value, "value", value)


def told(media):
    return {
        "classification": word(media.classification),
        "match_type": word(media.match_type),
        "sha256_hex": media.sha256_hex,
        "size_bytes": media.size_bytes,
    }


def main(base, token, known, other, pdq):
    os.environ["ARACHNID_SHIELD_URL"] = base  # read when the package is imported
    from arachnid_shield_sdk import ArachnidShield
    from arachnid_shield_sdk.models import ArachnidShieldException, ScanMediaFromPdq

    client = ArachnidShield("anybody", token)

    def refused(call):
        try:
            call()
        except ArachnidShieldException as error:
            return str(error.detail) if hasattr(error, "detail") else str(error)
        return None

    scanned = client.scan_pdq_hashes(ScanMediaFromPdq(hashes=[pdq])).scanned_hashes
    answer = scanned[pdq]
    return {
        "exact": told(client.scan_media_from_bytes(open(known, "rb").read(), "image/png")),
        "other": told(client.scan_media_from_bytes(open(other, "rb").read(), "image/png")),
        "pdq": {"classification": word(answer.classification), "match_type": word(answer.match_type)},
        "url": refused(lambda: client.scan_media_from_url("https://example.test/a.png")),
        "garbage": refused(lambda: client.scan_media_from_bytes(b"not a picture", "image/png")),
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
