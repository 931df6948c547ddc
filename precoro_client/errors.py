"""Precoro's refusals in all their shapes, and the error that each means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from outbound.answers import CLIENT_ERROR, NOT_TAKEN, SERVER_ERROR, Answer
from outbound.errors import NotVisible, Refused, ServerTrouble, Throttled, WrongKey
from outbound.wire import JsonObject

UNAUTHORISED = 401
HIDDEN = frozenset({403, 404, 410})
TOO_MANY = 429
LIMITER = "RateLimit-Type"
UNTIL = "RateLimit-Retry-After"
DEEPEST = 20
MOST_WORDS = 1000
KEYS_OF_TEXT = ("message", "detail", "error", "title")


def read_answer(answer: Answer) -> JsonObject:
    """Return the JSON object of a good answer, else raise what the answer means."""
    if answer.ok:
        return answer.object()
    raise_refusal(answer)
    raise answer.unreadable()


def read_made(answer: Answer, key: str) -> JsonObject:
    """Return a record that was just made; ServerTrouble when its key is missing, for then nobody knows what was made."""
    made = read_answer(answer)
    if not isinstance(made.get(key), str | int):
        raise ServerTrouble(answer.reply(f"The answer has no {key}"))
    return made


def read_list(answer: Answer) -> JsonObject:
    """Return the envelope of a list; a bare array, which some collections answer with, gets one.

    What holds no rows to read is ServerTrouble: it must not pass for an empty list.
    """
    found = answer.json() if answer.ok else None
    body = {"data": found} if isinstance(found, list) else read_answer(answer)
    rows = body.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ServerTrouble(answer.reply("The answer has no readable rows"))
    return body


def raise_refusal(answer: Answer) -> None:
    """Raise what a status of 4xx means, if it is one."""
    body = answer.json()
    if answer.status == UNAUTHORISED:
        raise WrongKey(answer.reply())
    if answer.status == TOO_MANY:
        raise throttled(answer, body if isinstance(body, dict) else {})
    if answer.status in HIDDEN:
        raise NotVisible(answer.reply(_text(body)))
    if CLIENT_ERROR <= answer.status < SERVER_ERROR and isinstance(body, dict):
        raise Refused(answer.reply(_text(body)), fields=field_errors(body))
    if answer.status in NOT_TAKEN:
        raise Refused(answer.reply(f"HTTP {answer.status}, without a reason"))


def throttled(answer: Answer, body: Mapping[str, Any]) -> Throttled:
    """Return the 429 with the seconds until the time that Precoro names, in the body or in headers; else a minute."""
    limiter = str(body.get(LIMITER) or answer.headers.get(LIMITER) or "")
    stated = str(body.get(UNTIL) or answer.headers.get(UNTIL) or "")
    until = _moment(stated)
    seconds = answer.retry_after() if until is None else max(1.0, answer.seconds_until(until))
    when = f" until {until:%Y-%m-%d %H:%M} UTC" if until else ""
    return Throttled(
        answer.reply(f"{limiter} is used up{when}" if limiter else "", code=limiter or None), retry_after=seconds
    )


def extra_fields(refusal: Refused) -> set[str]:
    """Return the fields that a form may not carry, by Precoro's own words."""
    return {field for field, words in refusal.fields.items() if "extra field" in words.lower()}


def field_errors(body: Mapping[str, Any]) -> dict[str, str]:
    """Return Precoro's words by field, however deep `errors` nests: `{"errors": {"errors": {"sumPaid": "..."}}}`."""
    found: dict[str, str] = {}
    for field, words in _told(body.get("errors"), "", DEEPEST):
        found[field or "it"] = f"{found[field or 'it']} {words}" if (field or "it") in found else words
    return found


def _told(value: object, field: str, deeper: int) -> Iterator[tuple[str, str]]:
    """Yield (field, words) of everything that is said, as deep as any form goes."""
    if isinstance(value, Mapping) and deeper:
        for name, inner in value.items():
            yield from _told(inner, field if name == "errors" else f"{field}.{name}".lstrip("."), deeper - 1)
    elif isinstance(value, list) and deeper:
        for inner in value:
            yield from _told(inner, field, deeper - 1)
    elif value:
        yield field, str(value)[:MOST_WORDS]


def _text(body: object) -> str:
    if not isinstance(body, Mapping):
        return ""
    return next((str(body[key]) for key in KEYS_OF_TEXT if isinstance(body.get(key), str)), "")


def _moment(stated: str) -> datetime | None:
    """Return "2026-11-23 18:00:00 UTC" or an ISO time as UTC, or None when it is neither."""
    try:
        moment = datetime.fromisoformat(stated.removesuffix(" UTC").strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
