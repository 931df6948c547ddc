"""Files in the body of a request (multipart/form-data), sent piece by piece and never whole in memory.

The same parts always give the same bytes, so a write can be repeated.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from urllib3.fields import RequestField

PIECE = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: a field, or a file when it has a name of its own; a long content is an open file."""

    name: str
    content: bytes | BinaryIO
    filename: str | None = None
    content_type: str | None = None


class Multipart:
    """The body of a request: its length is known before the first piece is read, its boundary is made of the contents."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._boundary = _boundary(parts)
        self._contents: list[bytes | BinaryIO] = []
        for part in parts:
            self._contents += [self._head(part), part.content, b"\r\n"]
        self._contents.append(f"--{self._boundary}--\r\n".encode())

    @property
    def content_type(self) -> str:
        """The Content-Type of the request."""
        return f"multipart/form-data; boundary={self._boundary}"

    def __len__(self) -> int:
        """Return the Content-Length of the request."""
        return sum(length(content) for content in self._contents)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces from the start, each time anew: a request may be made again."""
        for content in self._contents:
            yield from _pieces(content)

    def _head(self, part: Part) -> bytes:
        """Return the boundary and the headers of a part; urllib3 escapes names."""
        field = RequestField(part.name, b"", part.filename)
        field.make_multipart(content_type=part.content_type)
        return f"--{self._boundary}\r\n{field.render_headers()}".encode()


def length(content: bytes | BinaryIO) -> int:
    """Return how many bytes there are."""
    return len(content) if isinstance(content, bytes) else content.seek(0, os.SEEK_END)


def _boundary(parts: Sequence[Part]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        for piece in _pieces(part.content):
            digest.update(piece)
    return digest.hexdigest()[:32]


def _pieces(content: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    content.seek(0)
    while piece := content.read(PIECE):
        yield piece
