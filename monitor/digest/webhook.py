"""Post alerts to an address of somebody's own, signed (standardwebhooks.com, version 1).

The body is JSON; `webhook-id` is the same at every try of one alert, `webhook-timestamp` is in seconds,
`webhook-signature` is "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body" by the secret.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from monitor.model.alerts import Alert
from monitor.model.digests import Delivered

_TIMEOUT = 20.0
_PASSING = frozenset({408, 409, 425, 429})
"""Refusals in the 4xx that may pass; of the others another try makes no sense."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes alerts; whatever it answers is a value. Redirects are not followed."""

    url: str
    secret: bytes = field(repr=False)

    async def send(self, key: str, rule: str, alert: Alert, now: datetime) -> Delivered:
        """Post an alert under a key by which its receiver knows repeats."""
        body = json.dumps(_body(rule, alert), ensure_ascii=False).encode()
        stamp = str(int(now.timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self.secret, key, stamp, body),
        }
        try:
            async with (
                asyncio.timeout(2 * _TIMEOUT),
                httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client,
            ):
                answer = await client.post(self.url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Delivered(accepted=False, detail=f"no answer: {str(error) or type(error).__name__}")
        said = f"it answered {answer.status_code}"
        final = 300 <= answer.status_code < 500 and answer.status_code not in _PASSING
        return Delivered(answer.is_success, said, final)


def signature(secret: bytes, key: str, stamp: str, body: bytes) -> str:
    """Return the signature of a body under its key and time."""
    signed = hmac.new(secret, b".".join((key.encode(), stamp.encode(), body)), hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def _body(rule: str, alert: Alert) -> dict[str, object]:
    return {
        "type": "alert",
        "timestamp": alert.made_at.isoformat().replace("+00:00", "Z"),
        "data": {
            "rule": rule,
            "about": alert.about,
            "title": alert.title,
            "text": alert.text,
            "page": alert.url,
            **alert.record,
        },
    }
