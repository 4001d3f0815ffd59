"""A receiver of monitor's webhooks in the standard library: checks the signature, answers, prints what came.

    WEBHOOK_SECRET=whsec_… python webhook_receiver.py 8080

The signature is that of standardwebhooks.com, version 1; libraries for many languages check it as well.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE = 300
"""Seconds by which a message's time may differ from ours: what somebody recorded is refused later."""

seen: set[str] = set()
"""The ids of messages that have come: the same one may come again, where an answer of ours was lost."""


def is_ours(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Tell whether a message was signed by the secret, and is of this hour."""
    mark = "whsec_"
    key = base64.b64decode(secret[len(mark) :]) if secret.startswith(mark) else secret.encode()
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(now - int(stamp)) > TOLERANCE:
        return False
    signed = b".".join((headers.get("webhook-id", "").encode(), stamp.encode(), body))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(f"v1,{wanted}".encode(), one.encode()) for one in given)


class Receiver(BaseHTTPRequestHandler):
    """Takes what is signed, once."""

    def do_POST(self) -> None:
        """Check, answer, then work."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        ours = is_ours(os.environ["WEBHOOK_SECRET"], headers, body, time.time())
        self.send_response(204 if ours else 401)
        self.end_headers()
        if ours and headers["webhook-id"] not in seen:
            seen.add(headers["webhook-id"])
            print(json.loads(body)["data"]["title"])


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
