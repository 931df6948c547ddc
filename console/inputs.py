"""What an address or a form may hold: text, and no number or character that a database could not."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, request

LARGEST = 10**15
"""Above the number of any row, and small enough that no database counts past its own end."""
NUL = "\0"
MOST_FIELDS, LONGEST_FIELD = 400, 4_000
"""How many fields a form has at most, and how many characters one of them."""


def whole_number(text: str) -> int:
    """Return a number of an address or a form. Raises ValueError for one that no row has."""
    value = int(text)
    if abs(value) > LARGEST:
        raise ValueError(f"{text[:40]} is larger than {LARGEST}.")
    return value


def refuse_unreadable() -> None:
    """Refuse an address that is no text in UTF-8, the one character that Postgres keeps in no text, and too many fields or too long ones."""
    if len(list(request.form.items(multi=True))) > MOST_FIELDS:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A form has at most {MOST_FIELDS} fields.")
    try:
        texts = _texts()
        is_kept = not any(NUL in text for text in texts)
    except UnicodeDecodeError:
        texts, is_kept = [], False
    if any(len(text) > LONGEST_FIELD for text in texts):
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A field holds at most {LONGEST_FIELD:,} characters.")
    if not is_kept:
        abort(HTTPStatus.BAD_REQUEST, "A text holds a character that cannot be kept.")


def _texts() -> list[str]:
    """Return all names and values of the address and the form."""
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return [request.path, *(text for pair in pairs for text in pair)]
