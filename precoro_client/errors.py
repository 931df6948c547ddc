"""Precoro's refusals in all their shapes, and the error that each means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from outbound.errors import NotVisible, Refused, ServerTrouble, Throttled, WrongKey
from outbound.response import CLIENT_ERROR, NOT_TAKEN, SERVER_ERROR, Response
from outbound.wire import JsonObject

UNAUTHORISED = 401
HIDDEN = frozenset({403, 404, 410})
TOO_MANY = 429
LIMITER = "RateLimit-Type"
UNTIL = "RateLimit-Retry-After"
DEEPEST = 20
MOST_WORDS = 1000
KEYS_OF_TEXT = ("message", "detail", "error", "title")


def read_response(response: Response) -> JsonObject:
    """Return the JSON object of a good answer, else raise what the answer means."""
    if response.ok:
        return response.json_object()
    raise_refusal(response)
    raise response.unreadable()


def read_record(response: Response, name: str, key: str) -> JsonObject:
    """Return a record whose `id` or `idn`, as `name` says, is this key; WrongRecord for another."""
    record = read_response(response)
    if str(record.get(name)) != key:
        raise response.wrong_record(f"{name} {key}", record.get(name))
    return record


def read_created(response: Response, key: str) -> JsonObject:
    """Return a record just created; ServerTrouble without its key, for then nobody knows which it is."""
    record = read_response(response)
    if not isinstance(record.get(key), str | int):
        raise ServerTrouble(response.details(f"The answer has no {key}"))
    return record


def read_list(response: Response) -> JsonObject:
    """Return the envelope of a list; a bare array, as some collections answer, gets one.

    What holds no rows to read is ServerTrouble: it must not pass for an empty list.
    """
    content = response.json() if response.ok else None
    body = {"data": content} if isinstance(content, list) else read_response(response)
    rows = body.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ServerTrouble(response.details("The answer has no readable rows"))
    return body


def raise_refusal(response: Response) -> None:
    """Raise what a status of 4xx means, if it is one."""
    body = response.json()
    if response.status == UNAUTHORISED:
        raise WrongKey(response.details())
    if response.status == TOO_MANY:
        raise throttled(response, body if isinstance(body, dict) else {})
    if response.status in HIDDEN:
        raise NotVisible(response.details(_text(body)))
    if CLIENT_ERROR <= response.status < SERVER_ERROR and isinstance(body, dict):
        raise Refused(response.details(_text(body)), fields=field_errors(body))
    if response.status in NOT_TAKEN:
        raise Refused(response.details(f"HTTP {response.status}, without a reason"))


def throttled(response: Response, body: Mapping[str, object]) -> Throttled:
    """Return the 429 with the seconds until the time that body or headers name, else a minute."""
    limiter = str(body.get(LIMITER) or response.headers.get(LIMITER) or "")
    stated = str(body.get(UNTIL) or response.headers.get(UNTIL) or "")
    until = _moment(stated)
    seconds = response.retry_after() if until is None else max(1.0, response.seconds_until(until))
    when = f" until {until:%Y-%m-%d %H:%M} UTC" if until else ""
    return Throttled(
        response.details(f"{limiter} is used up{when}" if limiter else "", code=limiter or None), retry_after=seconds
    )


def extra_fields(refusal: Refused) -> set[str]:
    """Return the fields that a form may not carry, by Precoro's own words."""
    return {field for field, words in refusal.fields.items() if "extra field" in words.lower()}


def field_errors(body: Mapping[str, object]) -> dict[str, str]:
    """Return Precoro's words by field, however deep `errors` nests: `{"errors": {"errors": {"sumPaid": "..."}}}`."""
    words_by_field: dict[str, str] = {}
    for field, words in _field_words(body.get("errors"), "", DEEPEST):
        earlier = words_by_field.get(field or "it")
        words_by_field[field or "it"] = f"{earlier} {words}" if earlier else words
    return words_by_field


def _field_words(value: object, field: str, deeper: int) -> Iterator[tuple[str, str]]:
    """Yield each (field, words), as deep as any form goes."""
    if isinstance(value, Mapping) and deeper:
        for name, inner in value.items():
            yield from _field_words(inner, field if name == "errors" else f"{field}.{name}".lstrip("."), deeper - 1)
    elif isinstance(value, list) and deeper:
        for inner in value:
            yield from _field_words(inner, field, deeper - 1)
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
