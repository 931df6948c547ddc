"""What was asked: an entry for each request, with its body, in which secrets are masked."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

from flask import Request

LONGEST_LOG, KEPT_BODIES, LONGEST_BODY = 200_000, 5_000, 20_000
"""How many requests are kept, how many of the latest with their bodies, and how many characters of each body."""
MASK = "***"
SECRETS = "client_secret|refresh_token|access_token|token|id_token"
_IN_FORM = re.compile(rf"(^|&)({SECRETS})=[^&]*")
_IN_JSON = re.compile(rf'"({SECRETS})"\s*:\s*"[^"]*"')
_CODE = re.compile(r"(^|&)(code)=[^&]*")
TEXTS = ("application/json", "application/x-www-form-urlencoded", "text/", "application/text", "application/xml")


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=LONGEST_LOG)
        self._with_body: deque[dict[str, Any]] = deque()

    def add(self, entry: dict[str, Any], body: str) -> None:
        """Keep a request; old ones lose their body first, then go."""
        entry["body"] = body
        self._entries.append(entry)
        self._with_body.append(entry)
        if len(self._with_body) > KEPT_BODIES:
            self._with_body.popleft()["body"] = None

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._with_body.clear()

    def entries(self) -> list[dict[str, Any]]:
        """Return every request, oldest first."""
        return list(self._entries)


def body_of(request: Request) -> str:
    """Return the body of a request as text; of a file, only its type and size are told."""
    data = request.get_data()
    if data and not (request.mimetype or "text/").startswith(TEXTS):
        return f"<{len(data)} bytes of {request.mimetype}>"
    return masked(data.decode(errors="replace"))[:LONGEST_BODY]


def masked(text: str) -> str:
    """Return a form or JSON without its tokens and secrets; a code is secret where it is exchanged for tokens."""
    text = _IN_JSON.sub(rf'"\1":"{MASK}"', _IN_FORM.sub(rf"\1\2={MASK}", text))
    return _CODE.sub(rf"\1\2={MASK}", text) if "grant_type=" in text else text
