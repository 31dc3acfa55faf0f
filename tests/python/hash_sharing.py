"""The open client `threatexchange`, unchanged, against our server: one step a call, what it saw as JSON on the last line.

usage: hash_sharing.py BASE_URL USER TOKEN status|members|entries FROM TO|vote MEMBER ENTRY KIND up|down GUID
"""

import json
import sys

from threatexchange.exchanges.clients.ncmec import hash_api as api


class Environment:
    """The client uses nothing of an environment but its value."""

    def __init__(self, value):
        self.value = value


def update(entry):
    return {
        "member": entry.member_id,
        "id": entry.id,
        "deleted": entry.deleted,
        "kind": entry.entry_type.value,
        "fingerprints": {getattr(kind, "value", kind): value for kind, value in entry.fingerprints.items()},
    }


def pages(client, start, end):
    return [
        [update(entry) for entry in page.updates]
        for page in client.get_entries_iter(start_timestamp=start, end_timestamp=end)
    ]


def main(base, user, token, step, *more):
    client = api.NCMECHashAPI(user, token, Environment(base))
    if step == "status":
        who = client.status()
        return {"id": who.esp_id, "name": who.esp_name}
    if step == "members":
        return [{"id": who.esp_id, "name": who.esp_name} for who in client.members()]
    if step == "entries":
        return pages(client, int(more[0]), int(more[1]))
    if step == "vote":
        member, entry, kind, way, *guid = more
        feedback = api.FeedbackType.upvote if way == "up" else api.FeedbackType.downvote
        client.submit_feedback(int(member), entry, api.FingerprintType[kind], feedback, *guid)
        return "voted"
    raise SystemExit(f"unknown step {step}")


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
