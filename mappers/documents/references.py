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
    option_id, name = _option_id(option, kind, books), name_of(option, books)
    meant = _meant_options(option, books)
    if option_id is None and len(meant) > 1:
        entries = ", ".join(f"{candidate.name} (id {candidate.id})" for candidate in meant)
        findings.hold(problems.option_unclear(kind, label, name, entries, f"field:{option.field_id}"))
        return None
    subject = subject_of(option, kind, books)
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


def subject_of(option: OptionValue, kind: str, books: Books) -> str:
    """Return how problems name the option, else its field."""
    option_id = _option_id(option, kind, books)
    return f"field:{option.field_id}" if option_id is None else f"option:{option_id}"


def twin_of(option: OptionValue, kind: str, books: Books) -> str | None:
    """Return the QuickBooks id that the option is paired with, whether usable or not."""
    option_id = _option_id(option, kind, books)
    return None if option_id is None else books.twin(kind, option_id)


def usable_account(account_id: str | None, currency: str, books: Books) -> BookEntry | None:
    """Return an account if purchase lines in this currency can go to it."""
    entry = books.accounts.get(account_id or "")
    usable = entry and entry.active and entry.kind not in NOT_FOR_PURCHASES and may_stand_with(entry, currency, books)
    return entry if usable else None


def may_stand_with(entry: BookEntry, currency: str, books: Books) -> bool:
    """Tell whether an entry may stand on a document in this currency.

    A transaction has one foreign currency at most.
    """
    return entry.currency in {None, currency, books.home_currency}


def _list(kind: str, books: Books) -> Mapping[str, BookEntry]:
    lists = {
        "account": books.accounts,
        "class": books.classes,
        "customer": books.customers,
        "location": books.departments,
    }
    return lists[kind]


def _option_id(option: OptionValue, kind: str, books: Books) -> int | None:
    """Return the id of the option that is meant.

    Where a text may mean several, they must all lead to the same entry.
    """
    if option.option_id is not None:
        return option.option_id
    meant = _meant_options(option, books)
    twins = {books.twin(kind, candidate.id) for candidate in meant}
    return meant[0].id if len(meant) == 1 or (len(twins) == 1 and None not in twins) else None


def _cached_option(option: OptionValue, books: Books) -> FieldOption | None:
    """Return the only cached option that a field can mean."""
    meant = _meant_options(option, books)
    return meant[0] if len(meant) == 1 else None


def _meant_options(option: OptionValue, books: Books) -> list[FieldOption]:
    """Return every cached option that a field can mean.

    By its id, or by a text that is the id of one, the name or the label of another.
    """
    candidates = [candidate for candidate in books.options if candidate.field_id == option.field_id]
    if option.option_id is not None:
        return [candidate for candidate in candidates if candidate.id == option.option_id]
    texts = {text for text in (option.value, option.name) if text}
    return [
        candidate
        for candidate in candidates
        if option.value == str(candidate.id) or texts & {candidate.name, f"{candidate.code} {candidate.name}"}
    ]
