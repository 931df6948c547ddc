"""The header fields that bills and purchase orders share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mappers import notes, problems, text
from mappers.books import BookEntry, Books
from mappers.counterparts import SUPPLIER_IN, in_currency
from mappers.documents.document import Document
from mappers.documents.findings import Findings
from mappers.documents.outcomes import Answers, Body, RateLookup, Sent
from mappers.documents.pages import precoro_page
from mappers.documents.references import find_entry, name_of, options_of_kind
from mappers.money import rounded
from mappers.policy import Policy

_PAYABLE = "Accounts Payable"
_RATE_TOLERANCE = Decimal("0.01")
"""How far Precoro's total in company currency may be from total x rate before the rate is called unclear."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """An entity ready to send, with its line keys and its total; `sources` are what its coding follows from in Precoro."""

    type: str
    body: Body
    line_keys: tuple[str, ...]
    total: Decimal
    sources: Mapping[str, str] = field(default_factory=dict)


def reference(id_: str) -> dict[str, str]:
    """Return a QuickBooks reference; only its value matters on write."""
    return {"value": id_}


def vendor(document: Document, books: Books, findings: Findings) -> BookEntry | None:
    """Return the active vendor of the supplier in the document's currency, or hold."""
    if document.supplier_id is None:
        findings.hold(problems.supplier_missing())
        return None
    name = document.supplier_name or f"supplier {document.supplier_id}"
    twin = books.twin("supplier", document.supplier_id)
    if twin is None:
        findings.hold(problems.supplier_not_paired(document.supplier_id, name))
        return None
    entry = books.vendors.get(twin)
    if entry is None or not entry.active:
        is_one_more = books.twin(SUPPLIER_IN, in_currency(str(document.supplier_id), document.currency)) is not None
        findings.hold(problems.vendor_unusable(document.supplier_id, name, document.currency if is_one_more else None))
        return None
    currency = entry.currency or books.home_currency
    if currency != document.currency:
        findings.hold(problems.vendor_currency(document.supplier_id, entry.name, currency, document.currency))
        return None
    return entry


def payable_account(
    document: Document, books: Books, policy: Policy, findings: Findings, *, needed: bool
) -> str | None:
    """Return the A/P account of the document's currency.

    It is the one chosen, else the only one there is; where one is needed and none is clear, the document is held.
    """
    chosen_id = policy.payable_accounts.get(document.currency)
    if chosen_id is not None:
        account = books.accounts.get(chosen_id)
        if account is None or not _is_payable(account, document.currency, books):
            findings.hold(problems.payable_account_unusable(account.name if account else chosen_id, document.currency))
            return None
        return account.id
    if not needed and document.currency == books.home_currency:
        return None
    account_ids = [account.id for account in books.accounts.values() if _is_payable(account, document.currency, books)]
    if len(account_ids) == 1:
        return account_ids[0]
    if needed:
        findings.hold(problems.payable_account_missing(document.currency))
    return None


def _is_payable(account: BookEntry, currency: str, books: Books) -> bool:
    return account.active and account.kind == _PAYABLE and (account.currency or books.home_currency) == currency


def currency_fields(
    document: Document, day: date, books: Books, policy: Policy, sent: Sent | None, answers: Answers, findings: Findings
) -> dict[str, Any] | RateLookup:
    """Return CurrencyRef and ExchangeRate, or the rate to look up first.

    The rate is in home units for one foreign unit; an update keeps the first one. No rate is held, and a rate of 1 until a
    person says that the currency is pegged.
    """
    if document.currency == books.home_currency:
        return {"CurrencyRef": reference(document.currency)} if books.multicurrency else {}
    if not books.multicurrency:
        findings.hold(problems.multicurrency_off(document.currency, books.home_currency))
        return {}
    rate = _rate(document, day, books, policy, sent, answers, findings)
    if isinstance(rate, RateLookup):
        return rate
    if rate is None or rate <= 0:
        findings.hold(problems.rate_missing(document.currency, day))
        return {}
    if rate == 1 and document.currency not in policy.pegged_currencies:
        pegged = ",".join([*policy.pegged_currencies, document.currency])
        findings.hold(problems.rate_is_one(document.currency, day, books.home_currency, pegged))
        return {}
    return {"CurrencyRef": reference(document.currency), "ExchangeRate": rate}


def _rate(
    document: Document, day: date, books: Books, policy: Policy, sent: Sent | None, answers: Answers, findings: Findings
) -> Decimal | RateLookup | None:
    if sent is not None and sent.first_rate and currency_of(sent.body) == document.currency:
        return sent.first_rate
    if policy.exchange_rate == "precoro":
        return _precoro_rate(document, books, findings)
    need = RateLookup(document.currency, day)
    answer: Decimal | None = answers.get(need, None)
    return answer if need in answers else need


def _precoro_rate(document: Document, books: Books, findings: Findings) -> Decimal | None:
    """Return Precoro's rate, if it may be used in QuickBooks.

    Both must have the same home currency, and Precoro's own totals must bear the rate out.
    """
    rate, in_company = document.exchange_rate, document.total_in_company_currency
    if rate is None:
        return None
    if books.precoro_currency is None:
        findings.hold(problems.rate_base_unknown(document.currency, books.home_currency))
    elif books.precoro_currency != books.home_currency:
        findings.hold(problems.rate_of_another_home(document.currency, books.precoro_currency, books.home_currency))
    if in_company is None:
        findings.hold(problems.rate_unproven(document.currency, rate))
    elif abs(document.total * rate - in_company) > abs(in_company) * _RATE_TOLERANCE:
        findings.hold(problems.rate_unclear(document.currency, rate, document.total, in_company))
    return rate


def currency_of(body: Mapping[str, Any]) -> str | None:
    """Return the currency of an entity; None is the home currency."""
    return (body.get("CurrencyRef") or {}).get("value")


def location(document: Document, books: Books, policy: Policy, findings: Findings, lines: list[str]) -> str | None:
    """Return the location of a bill, and hold or note several.

    Locations that are left out are written into `lines` of the private note.
    """
    options = _locations(document, books)
    names = ", ".join(options)
    if not options:
        return None
    if not books.preferences.track_departments:
        findings.note(notes.location_tracking_off(f"location {names}"))
        return None
    if len(options) > 1:
        if policy.several_locations == "hold":
            findings.hold(problems.several_locations(names))
        else:
            findings.note(notes.locations_left_out(names))
            lines.append(f"Locations: {names}")
        return None
    option = next(option for option in _all_locations(document, books) if name_of(option, books) == names)
    entry = find_entry(option, "location", "The document", books, findings)
    return entry.id if entry else None


def location_text(document: Document, books: Books, findings: Findings) -> list[str]:
    """Return the private note's line about the location of a purchase order.

    A purchase order has no field for it.
    """
    names = ", ".join(_locations(document, books))
    if not names:
        return []
    findings.note(notes.location_in_private_note(names))
    return [f"Location: {names}"]


def _all_locations(document: Document, books: Books) -> list[Any]:
    rows = [document.options, *(line.options for line in document.lines)]
    return [option for options in rows for option in options_of_kind(options, "location", books)]


def _locations(document: Document, books: Books) -> list[str]:
    """Return the names of all locations of a document, each once."""
    return list(dict.fromkeys(name_of(option, books) for option in _all_locations(document, books)))


def term(document: Document, books: Books, findings: Findings) -> dict[str, Any]:
    """Return SalesTermRef when the payment term is paired and active."""
    twin = books.twin("term", document.payment_term_id) if document.payment_term_id is not None else None
    entry = books.terms.get(twin or "")
    if twin is None or entry is None:
        return {}
    if not entry.active:
        findings.note(notes.term_left_out(entry.name))
        return {}
    return {"SalesTermRef": reference(entry.id)}


def due_date(document: Document, day: date, findings: Findings) -> str:
    """Return the due date, which is always sent.

    As written, else by the credit period, else the date of the document.
    """
    if document.required_date is not None:
        if document.required_date < day:
            findings.note(notes.due_before_its_date(document.required_date.isoformat(), day.isoformat()))
        return document.required_date.isoformat()
    due = (day + timedelta(days=document.credit_period_days or 0)).isoformat()
    findings.note(notes.due_date_missing(due))
    return due


def private_note(document: Document, books: Books, policy: Policy, lines: list[str], findings: Findings) -> str:
    """Return the private note, with our marker at its end.

    It holds Precoro's number and the address of its page, what has no field of its own, and Precoro's note.
    """
    page = precoro_page(policy, document.kind, str(document.id), document.idn)
    paragraphs = [f"Precoro {document.title}", *filter(None, [page]), *lines, *filter(None, [document.note])]
    written, shortening = text.with_marker(
        "\n".join(paragraphs), text.marker(books.connection, document.kind, document.id)
    )
    findings.note(*shortening)
    return written


def payable(document: Document, total: Decimal, findings: Findings) -> None:
    """Hold a document whose total, or what is payable of it, is below zero."""
    if document.total < 0 or total < 0:
        lowest = min(rounded(document.total, document.currency), total)
        findings.hold(problems.total_negative(document.currency, lowest))
