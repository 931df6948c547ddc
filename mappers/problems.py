"""Why a document is held, and what is noted about one that is not: every code, its sentence and its remedy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to hold: `subject` names what would be fixed, such as `supplier:9001`, so that the fix releases it."""

    code: str
    sentence: str
    remedy: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know about a document that is not held because of it."""

    code: str
    sentence: str
