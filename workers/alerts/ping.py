"""The sign of life of the clock: whoever listens to it notices its silence, even when this whole machine is gone."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from outbound.response import Response
from outbound.session import Request, Session

TIMEOUT = 10.0
"""Seconds for the whole call: the clock has other duties."""


def ping(address: str) -> None:
    """Call the address. Raises RemoteError, which quotes no part of it but the server's name."""
    parts = urlsplit(address)
    service = f"The listener at {parts.hostname}"
    request = Request(method="GET", path=parts.path or "/", params=tuple(parse_qsl(parts.query)))
    with Session(f"{parts.scheme}://{parts.netloc}", service=service, timeout=TIMEOUT) as session:
        session.send(request, _accepted)


def _accepted(response: Response) -> None:
    """Take a good answer, whatever it says. Raises ServerTrouble."""
    if not response.ok:
        raise response.unreadable()
