"""A real SMTP server (aiosmtpd) that writes each mail it takes as one JSON line, and refuses the first so many.

usage: mail_server.py FILE REFUSE
Prints its port, then serves until it is stopped.
"""

import asyncio
import json
import sys

from aiosmtpd.smtp import SMTP


class Box:
    """Writes down what comes in."""

    def __init__(self, file, refuse):
        self.file = file
        self.refuse = refuse

    async def handle_DATA(self, server, session, envelope):
        if self.refuse > 0:
            self.refuse -= 1
            return "451 try again later"
        line = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.content.decode(),
        }
        with open(self.file, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
        return "250 taken"


async def main(file, refuse):
    box = Box(file, int(refuse))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
