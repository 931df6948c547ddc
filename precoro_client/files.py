"""Attachments of Precoro's documents and suppliers.

Precoro answers with the bytes, or with an address for them (docs/reference/precoro.md, Attachments).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import BinaryIO
from urllib.parse import parse_qsl, urlsplit

from mappers.attachments import MOST_BYTES
from outbound.errors import CallDetails, NotAllowed
from outbound.hosts import is_public
from outbound.response import Response
from outbound.session import OnCall, Request, Session
from precoro_client.errors import raise_refusal

FILE_HOSTS = ("precoro.com", "precoro.us")
"""Where Precoro is known to keep files: these hosts and all below them."""
SCHEME = "https"
_SERVER = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]+)?")


def read_address(response: Response) -> str | None:
    """Return the address of a file, or None when its bytes came and went where they were to go."""
    body = response.json() if response.ok and response.content else None
    if isinstance(body, dict) and isinstance(body.get("file"), str):
        return str(body["file"])
    read_bytes(response)
    return None


def read_bytes(response: Response) -> None:
    """Accept an answer whose bytes went where they were to go, else raise what it means."""
    if response.ok and not response.content:
        return
    raise_refusal(response)
    raise response.unreadable()


def fetch(url: str, into: BinaryIO, *, hosts: Collection[str], service: str, timeout: float, on_call: OnCall) -> None:
    """Fetch a file from a server that is not Precoro's API: over TLS, without our key, and from no other hosts than these.

    A name that changes between the look and the call leads nowhere: its certificate would have to be that of the inside.
    """
    reason = _why_not_fetched(url, hosts)
    if reason:
        raise NotAllowed(CallDetails(service=service, text=reason))
    parts = urlsplit(url)
    request = Request(
        method="GET",
        path=parts.path or "/",
        params=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        into=into,
    )
    base = f"{parts.scheme}://{parts.netloc}"
    with Session(base, service=service, timeout=timeout, on_call=on_call, max_bytes=MOST_BYTES) as session:
        session.send(request, read_bytes)


def is_below(host: str, hosts: Collection[str]) -> bool:
    """Say whether a host is one of these, or below one."""
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)


def _why_not_fetched(url: str, hosts: Collection[str]) -> str:
    """Say why no file is fetched from an address.

    Libraries disagree about where an address with a backslash before an `@` leads, so nothing but a name and a port is taken.
    """
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "Its address cannot be read"
    if parts.scheme != SCHEME:
        return "Files are fetched over https only"
    if not is_below(host, hosts):
        return f"Files are fetched from {', '.join(sorted(hosts))} only, and not from {host}"
    if not _SERVER.fullmatch(parts.netloc):
        return "Its address names more than a server and a path"
    return "" if is_public(host) else "Files are fetched from public addresses only"
