"""A problem, a note, and how a function becomes a problem with its code."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec

from mappers.remedies import Remedy

P = ParamSpec("P")
Parts = tuple[str, Remedy, str | None]
"""Sentence, remedy and subject of a problem."""

HOME_CURRENCY = "home_currency:precoro"
"""The subject of what waits until it is known which home currency Precoro's exchange rates are towards."""

LISTS = "lists"
"""The subject of what waits until any list of QuickBooks changes."""

CODES: dict[str, str] = {}
"""Every code of a problem with its meaning, for the docs."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to hold a document.

    `subject` names what has to be fixed, such as `supplier:9001`: the fix makes the document due again.
    """

    code: str
    sentence: str
    remedy: Remedy
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing about a document that it is not held for."""

    code: str
    sentence: str


def problem(parts: Callable[P, Parts]) -> Callable[P, Problem]:
    """Build the problem named like the function from the parts that it returns."""
    code = parts.__name__
    CODES[code] = (parts.__doc__ or "").partition("\n")[0]

    @functools.wraps(parts)
    def make(*args: P.args, **kwargs: P.kwargs) -> Problem:
        return Problem(code, *parts(*args, **kwargs))

    return make
