"""Texts that QuickBooks takes, our marker in the private note, and what may be shown of a text.

No control characters, and nothing cut silently.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from functools import lru_cache

from mappers import notes
from mappers.problems import Note

DOC_NUMBER = 21
LONG_TEXT = 4000
"""The limit of PrivateNote, Memo and Description."""
_KEPT_OF_A_NUMBER = 15
_HASH_LENGTH = 5
_ELLIPSIS = " …"
_MARKER = re.compile(r"tieout:[^\s:]+:[a-z_]+:\d+(?!\d)")
_NOT_IN_NUMBERS = re.compile(r"[\W_]+")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_SEPARATOR = "-"
_LONGEST_REMEMBERED, _REMEMBERED = 60, 16_384
"""Which numbers are remembered in the forms in which they are compared, since each document is compared with all bills of its vendor:
those that our copy can hold, and not what somebody writes without end; and how many."""


def clean(text: str) -> str:
    """Return the text without control characters (fault 2040).

    Line breaks stay, the others become a space.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"} else " " for c in text)
    return "".join(kept).strip()


def visible(text: str) -> str:
    """Return the text on one line, with JSON's escapes for whatever is not printed.

    Names come from other people: a line break would forge a line of a log, an escape sequence drive a terminal.
    """
    return text if text.isprintable() else "".join(map(_escaped, text))


def plural(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun, which may be a few words: `1 change`, `2 changes`."""
    return f"{number} {noun if number == 1 else nouns or f'{noun}s'}"


def heading(text: str) -> str:
    """Return a text that begins with a capital; the other letters stay: `accounts payable in USD`."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return a text as a sentence, with a capital and a full stop; nothing stays nothing."""
    return heading(text) if not text or text[-1] in ".!?" else f"{heading(text)}."


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{rest} s"


def _escaped(character: str) -> str:
    shown = character.isprintable() or unicodedata.category(character) == "Zs"
    return character if shown else json.dumps(character)[1:-1]


def length(text: str) -> int:
    """Return the length of a text in units of UTF-16: an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def beginning(text: str, limit: int) -> str:
    """Return as much of a text as fits, without half a character."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore")


def long_text(text: str, field: str, limit: int = LONG_TEXT) -> tuple[str, tuple[Note, ...]]:
    """Return the text within a field's limit, with a note if it is cut."""
    text = clean(text)
    if length(text) <= limit:
        return text, ()
    return beginning(text, limit - len(_ELLIPSIS)) + _ELLIPSIS, (notes.text_shortened(field, length(text), limit),)


def document_number(number: str) -> tuple[str, tuple[Note, ...]]:
    """Return the number within DocNumber's 21 characters.

    A longer one is its first 15, a hyphen and 5 of its hash, never a mere cut.
    """
    number = " ".join(clean(number).split())
    if length(number) <= DOC_NUMBER:
        return number, ()
    tail = hashlib.sha256(number.encode()).hexdigest()[:_HASH_LENGTH]
    short = f"{beginning(number, _KEPT_OF_A_NUMBER)}-{tail}"
    return short, (notes.number_shortened(number, short),)


def normalised_number(number: str) -> str:
    """Return the form of a number in which duplicates are compared.

    Letters and digits in folded case, each run of digits without leading zeros; marks between digits are one separator, all
    others are left out.
    """
    return _without_zeros(_NOT_IN_NUMBERS.sub(_between_digits, _folded(number)))


def _without_marks(number: str) -> str:
    """Return the form of a number in which one that was written without marks is compared."""
    return _without_zeros(_NOT_IN_NUMBERS.sub("", _folded(number)))


def _folded(number: str) -> str:
    return "".join(unicodedata.normalize("NFKC", number).casefold().split())


def _without_zeros(plain: str) -> str:
    return _LEADING_ZEROS.sub("", plain).lstrip("0") or plain[:1]


def _between_digits(marks: re.Match[str]) -> str:
    before, after = marks.string[: marks.start()][-1:], marks.string[marks.end() :][:1]
    return _SEPARATOR if before.isdecimal() and after.isdecimal() else ""


def is_same_number(first: str, second: str) -> bool:
    """Tell whether two numbers may be the same.

    One that was written without marks is compared without them.
    """
    (left, plain_left), (right, plain_right) = _compared(first), _compared(second)
    if _SEPARATOR in left and _SEPARATOR in right:
        return left == right
    return bool(left) and plain_left == plain_right


def _compared(number: str) -> tuple[str, str]:
    """Return the forms of a number in which it is compared, with marks and without."""
    return _remembered(number) if len(number) <= _LONGEST_REMEMBERED else _forms(number)


def _forms(number: str) -> tuple[str, str]:
    return normalised_number(number), _without_marks(number)


_remembered = lru_cache(_REMEMBERED)(_forms)


def marker(connection: str, kind: str, precoro_id: int | str) -> str:
    """Return the text by which an entity is known to be ours: `tieout:<connection>:<kind>:<Precoro id>`."""
    return f"tieout:{connection}:{kind}:{precoro_id}"


def with_marker(text: str, mark: str) -> tuple[str, tuple[Note, ...]]:
    """Return a private note of at most 4,000 characters.

    The text for people comes first, then the marker on a line of its own. What else looks like a marker gets a space, so that
    nobody takes it for one.
    """
    text = clean(_MARKER.sub(_unlike_a_marker, text.replace(mark, "")))
    if not text:
        return mark, ()
    text, shortening = long_text(text, "PrivateNote", LONG_TEXT - len(mark) - 1)
    return f"{text}\n{mark}", shortening


def without_marker(private_note: str) -> str:
    """Return the text for people in a private note."""
    return _MARKER.sub("", private_note).strip()


def _unlike_a_marker(look_alike: re.Match[str]) -> str:
    return look_alike[0].replace(":", " :", 1)


def find_marker(private_note: str | None) -> str | None:
    """Return the marker in a private note, or None.

    The last one counts, since ours stands after the text for people.
    """
    markers = _MARKER.findall(private_note or "")
    return markers[-1] if markers else None
