"""The id by which Intuit's support finds a call again."""

from __future__ import annotations

import uuid


def trace_id() -> str:
    """Return a fresh `intuit_tid`, which every answer carries."""
    return f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[8:]}"
