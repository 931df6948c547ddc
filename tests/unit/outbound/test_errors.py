"""Every error can be told to a person, and the tree in the docstring is the truth."""

from __future__ import annotations

import re

import pytest

from outbound import errors
from outbound.errors import CallDetails, Landed, RemoteError, Verdict


def _below(kind: type[RemoteError]) -> list[type[RemoteError]]:
    return [error for sub in kind.__subclasses__() for error in (sub, *_below(sub))]


EVERY = _below(RemoteError)


def _drawn() -> dict[str, tuple[str, str]]:
    rows = re.findall(r"[├└]── (\w+) +([A-Z]+) +([A-Z]+)", errors.__doc__ or "")
    return {name: (verdict, landed) for name, verdict, landed in rows}


def test_the_tree_shows_every_error_with_its_verdict() -> None:
    assert {kind.__name__: (kind.verdict.name, kind.landed_by_default.name) for kind in EVERY} == _drawn()


@pytest.mark.parametrize("kind", EVERY)
def test_an_error_says_what_happened_and_what_to_do(kind: type[RemoteError]) -> None:
    for text in ("", "Some {reason} with braces"):
        error = kind(CallDetails(service="QuickBooks", status=400, text=text))
        for words in (error.sentence, error.remedy):
            assert words[0].isupper()
            assert words.rstrip()[-1] in ".)"
            assert "None" not in words


@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind.landed_by_default is Landed.MAYBE])
def test_nothing_that_may_have_landed_is_given_to_a_person_to_decide(kind: type[RemoteError]) -> None:
    assert kind.verdict in {Verdict.REST, Verdict.RETRY}


def test_what_the_service_says_about_waiting_wins() -> None:
    details = CallDetails(service="QuickBooks")
    assert errors.Throttled(details).retry_after == 60
    assert errors.Throttled(details, retry_after=5).retry_after == 5
    assert errors.Stale(details).retry_after is None
