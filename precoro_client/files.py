"""Attachments of Precoro's documents and suppliers.

Precoro answers with the bytes, or with an address for them (docs/reference/precoro.md, Attachments).
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from outbound.errors import CallDetails, NotAllowed
from outbound.response import Response
from outbound.session import MEBIBYTE, OnCall, Request, Session
from precoro_client.errors import raise_refusal

MOST_BYTES = 100 * MEBIBYTE
"""What QuickBooks takes in one upload, so a larger file could not go anywhere."""
SCHEME = "https"


def read_bytes(response: Response) -> bytes:
    """Return the body of a good answer, else raise what the answer means."""
    if response.ok:
        return response.content
    raise_refusal(response)
    raise response.unreadable()


def read_file(response: Response) -> bytes | str:
    """Return a file's bytes, or the address of them when Precoro answers with a description."""
    body = response.json() if response.ok and "json" in response.headers.get("Content-Type", "") else None
    if isinstance(body, dict) and isinstance(body.get("file"), str):
        return str(body["file"])
    return read_bytes(response)


def fetch(url: str, *, service: str, timeout: float, on_call: OnCall) -> bytes:
    """Return a file from a server that is not Precoro's API: over TLS, without our key, and never from inside our network.

    A name that changes between the look and the call leads nowhere: its certificate would have to be that of the inside.
    """
    parts = urlsplit(url)
    if parts.scheme != SCHEME:
        raise NotAllowed(CallDetails(service=service, text="Files are fetched over https only"))
    if not is_public(parts.hostname or ""):
        raise NotAllowed(CallDetails(service=service, text="Files are fetched from public addresses only"))
    request = Request(
        method="GET", path=parts.path or "/", params=tuple(parse_qsl(parts.query, keep_blank_values=True))
    )
    base = f"{parts.scheme}://{parts.netloc}"
    with Session(base, service=service, timeout=timeout, on_call=on_call, max_bytes=MOST_BYTES) as session:
        return session.send(request, read_bytes)


def is_public(host: str) -> bool:
    """Say whether a name leads to public addresses only, or to none, which the call itself reports."""
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return True
    return all(ip_address(str(address[0])).is_global for *_, address in addresses)
