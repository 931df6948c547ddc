"""Files that hang on documents and suppliers of Precoro.

Precoro answers with the bytes, or with an address for them (docs/reference/precoro.md, Attachments).
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from outbound.answers import Answer
from outbound.errors import NotAllowed, Reply
from outbound.session import MEBIBYTE, OnCall, Request, Session
from precoro_client.errors import raise_refusal

MOST_BYTES = 100 * MEBIBYTE
"""What QuickBooks takes in one upload, so a larger file could not go anywhere."""
SCHEME = "https"


def read_bytes(answer: Answer) -> bytes:
    """Return the body of a good answer, else raise what the answer means."""
    if answer.ok:
        return answer.content
    raise_refusal(answer)
    raise answer.unreadable()


def read_file(answer: Answer) -> bytes | str:
    """Return a file's bytes, or the address where they are when Precoro answers with a description."""
    body = answer.json() if answer.ok and "json" in answer.headers.get("Content-Type", "") else None
    if isinstance(body, dict) and isinstance(body.get("file"), str):
        return str(body["file"])
    return read_bytes(answer)


def fetch(url: str, *, service: str, timeout: float, on_call: OnCall) -> bytes:
    """Return a file from a server that is not Precoro's API: over TLS only, and without saying who we are."""
    parts = urlsplit(url)
    if parts.scheme != SCHEME:
        raise NotAllowed(Reply(service=service, text="Files are fetched over https only"))
    request = Request(
        method="GET", path=parts.path or "/", params=tuple(parse_qsl(parts.query, keep_blank_values=True))
    )
    base = f"{parts.scheme}://{parts.netloc}"
    with Session(base, service=service, timeout=timeout, on_call=on_call, max_bytes=MOST_BYTES) as session:
        return session.send(request, read_bytes)
