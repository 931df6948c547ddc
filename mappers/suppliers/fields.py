"""The fields that a supplier and its vendor share, and their equality."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from mappers.matching.countries import country_code

Field = Literal[
    "name", "address", "city", "state", "postal_code", "country", "phone", "account_number", "email"
]  # fmt: skip

LABELS: Mapping[Field, str] = {
    "name": "name",
    "address": "legal address",
    "city": "city",
    "state": "state or province",
    "postal_code": "postal code",
    "country": "country",
    "phone": "phone number",
    "account_number": "account number",
    "email": "e-mail",
}
"""Each shared field, in the order people read them, with the word they use for it."""

ADDRESS: tuple[Field, ...] = ("address", "city", "state", "postal_code", "country")
"""What QuickBooks keeps in one BillAddr: written together or not at all (docs/explanation/accounting.md, Suppliers)."""

GUARDED: frozenset[Field] = frozenset({"account_number", "email"})
"""A change of these is always asked about and alarmed: that is how payment fraud looks (docs/explanation/accounting.md, Suppliers)."""

_DELETED_MARK = re.compile(r"\s*\(deleted\)\s*\Z", re.IGNORECASE)
"""What QuickBooks appends to the name of an inactive entry; older companies write (Deleted)."""

_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"[\W_]+")
_SEPARATORS = re.compile(r"[,;\s]+")


def plain(value: str) -> str:
    """Return a value with single spaces and composed letters.

    A side has changed a value if this differs.
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", value)).strip()


def without_mark(name: str) -> str:
    """Return a name without the mark of an inactive vendor, which never flows."""
    return _DELETED_MARK.sub("", name)


def same(field: Field, left: str, right: str) -> bool:
    """Tell whether both values mean the same.

    A phone number goes by its digits, a country by its code, a name to the letter.
    """
    return _meaning(field, left) == _meaning(field, right)


def emails_of(text: str) -> tuple[str, ...]:
    """Return the addresses of a text, each once, as written.

    Commas, semicolons or spaces separate them.
    """
    addresses: dict[str, str] = {}
    for address in _SEPARATORS.split(text):
        if address:
            addresses.setdefault(address.casefold(), address)
    return tuple(addresses.values())


def digits(phone: str) -> str:
    """Return the digits of a phone number, without the marks of an international one."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", phone)).lstrip("0")


def _meaning(field: Field, value: str) -> object:
    if field == "name":
        return plain(value)
    if field == "country":
        return country_code(value) or plain(value).casefold()
    if field == "phone":
        return digits(value) or plain(value)
    if field == "email":
        return frozenset(address.casefold() for address in emails_of(value))
    if field == "account_number":
        return plain(value).casefold()
    return _MARKS.sub("", unicodedata.normalize("NFKC", value).casefold())
