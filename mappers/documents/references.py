"""The QuickBooks entries that Precoro's custom fields mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mappers import problems
from mappers.books import NOT_FOR_PURCHASES, BookEntry, Books, FieldOption
from mappers.documents.document import OptionValue
from mappers.documents.findings import Findings


def options_of_kind(options: Iterable[OptionValue], kind: str, books: Books) -> tuple[OptionValue, ...]:
    """Return the values of the fields that mean this kind.

    Kinds are account, class, customer and location.
    """
    return tuple(option for option in options if books.fields.get(option.field_id) == kind)


def name_of(option: OptionValue, books: Books) -> str:
    """Return the chosen option's name for people."""
    cached = _cached_option(option, books)
    return option.name or (cached.name if cached else None) or option.value or f"option {option.option_id}"


def find_entry(option: OptionValue, kind: str, label: str, books: Books, findings: Findings) -> BookEntry | None:
    """Return the active entry that the option is paired with, or hold."""
    option_id, name = _option_id(option, books), name_of(option, books)
    subject = f"field:{option.field_id}" if option_id is None else f"option:{option_id}"
    twin = None if option_id is None else books.twin(kind, option_id)
    if twin is None:
        findings.hold(problems.option_not_paired(kind, label, name, subject))
        return None
    entry = _list(kind, books).get(twin)
    if entry is None or not entry.active:
        findings.hold(problems.entry_unusable(kind, label, entry.name if entry else name, subject))
        return None
    if kind == "account" and entry.kind in NOT_FOR_PURCHASES:
        findings.hold(problems.account_type(label, entry.name, entry.kind, subject))
        return None
    return entry


def twin_of(option: OptionValue, kind: str, books: Books) -> str | None:
    """Return the QuickBooks id that the option is paired with, whether usable or not."""
    option_id = _option_id(option, books)
    return None if option_id is None else books.twin(kind, option_id)


def usable_account(account_id: str | None, books: Books) -> BookEntry | None:
    """Return the account of a setting if purchase lines can go to it."""
    entry = books.accounts.get(account_id or "")
    return entry if entry and entry.active and entry.kind not in NOT_FOR_PURCHASES else None


def _list(kind: str, books: Books) -> Mapping[str, BookEntry]:
    lists = {
        "account": books.accounts,
        "class": books.classes,
        "customer": books.customers,
        "location": books.departments,
    }
    return lists[kind]


def _option_id(option: OptionValue, books: Books) -> int | None:
    cached = _cached_option(option, books)
    return option.option_id if option.option_id is not None else cached.id if cached else None


def _cached_option(option: OptionValue, books: Books) -> FieldOption | None:
    """Find the cached option that a field names.

    By its id, else by a value that is its id, else by a name or label that only one option has.
    """
    candidates = [candidate for candidate in books.options if candidate.field_id == option.field_id]
    if option.option_id is not None:
        return next((candidate for candidate in candidates if candidate.id == option.option_id), None)
    by_id = [candidate for candidate in candidates if str(candidate.id) == option.value]
    texts = {text for text in (option.value, option.name) if text}
    by_name = [candidate for candidate in candidates if texts & {candidate.name, f"{candidate.code} {candidate.name}"}]
    for matches in (by_id, by_name):
        if len(matches) == 1:
            return matches[0]
    return None
