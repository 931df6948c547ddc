"""Files in the body of a request (multipart/form-data).

The same parts always give the same bytes, so a write can be repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: a field, or a file when it has a name of its own."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str | None = None


def encode(parts: Sequence[Part]) -> tuple[bytes, str]:
    """Return the body and its Content-Type; the boundary is made of the contents."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.content)
    return encode_multipart_formdata([_field(part) for part in parts], boundary=digest.hexdigest()[:32])


def _field(part: Part) -> RequestField:
    """Return a part as a field of urllib3, which escapes names."""
    field = RequestField(part.name, part.content, part.filename)
    field.make_multipart(content_type=part.content_type)
    return field
