"""The vendor that QuickBooks is sent, and the form that Precoro is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mappers import notes
from mappers.problems import Note
from mappers.suppliers.fields import ADDRESS, Field, emails_of, plain
from mappers.suppliers.profile import ADDRESS_LINES, Profile
from mappers.text import length

Body = dict[str, Any]

NAME_LENGTH = 100
"""The most characters of a name that the pages of QuickBooks take (docs/reference/quickbooks.md, Vendors)."""
PHONE_LENGTH, EMAIL_LENGTH, NUMBER_LENGTH, LINE_LENGTH, POSTAL_LENGTH = 30, 100, 100, 500, 30
VENDOR_SUFFIX = " - Vendor"
"""What tells a vendor apart whose name a customer or employee has already."""

_NOT_IN_NAMES = re.compile(r"[:\t\r\n\x00-\x1f\x7f]+")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_KEYS: Mapping[Field, str] = {
    "name": "name",
    "address": "legalAddress",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "country",
    "phone": "phone",
    "account_number": "accountNumber",
}
"""The form keys of Precoro (docs/reference/precoro.md, Suppliers)."""


def display_name(name: str) -> str:
    """Return a name as QuickBooks takes it.

    No colon, tab or line break, single spaces (docs/reference/quickbooks.md, Names).
    """
    return plain(_NOT_IN_NAMES.sub(" ", name))


def is_too_long(name: str) -> bool:
    """Say whether a name is longer than the pages of QuickBooks take."""
    return length(display_name(name)) > NAME_LENGTH


def new_vendor(supplier: Profile, name: str, *, currency: str | None) -> tuple[Body, tuple[Note, ...]]:
    """Return a vendor to create under this name.

    `currency` is None where QuickBooks has one currency only.
    """
    body: Body = {"DisplayName": display_name(name)}
    filled: dict[Field, str] = {key: value for key, value in supplier.values.items() if value and key != "name"}
    parts, refused = _fields(filled)
    body.update(parts)
    if any(supplier.values.get(key) for key in ADDRESS):
        body["BillAddr"] = _address(supplier.values)
    if currency:
        body["CurrencyRef"] = {"value": currency}
    return body, refused


def vendor_changes(
    vendor: Mapping[str, Any], profile: Profile, changes: Mapping[Field, str], *, active: bool | None = None
) -> tuple[Body, tuple[Note, ...]]:
    """Return a sparse update of the vendor just read.

    BillAddr is whole when any part of it changes. It never names TaxIdentifier, Vendor1099, TermRef or CurrencyRef
    (docs/explanation/accounting.md, Suppliers).
    """
    body: Body = {"Id": str(vendor["Id"]), "SyncToken": str(vendor["SyncToken"]), "sparse": True}
    parts, refused = _fields(changes)
    if changes.get("name"):
        parts["DisplayName"] = display_name(changes["name"])
        if plain(str(vendor.get("PrintOnCheckName") or "")) == plain(str(vendor.get("DisplayName") or "")):
            parts["PrintOnCheckName"] = parts["DisplayName"]  # cheques would go on naming the old one
    body.update(parts)
    if any(key in changes for key in ADDRESS):
        body["BillAddr"] = _address({**profile.values, **changes})
    if active is not None:
        body["Active"] = active
    return body, refused


def says_nothing(body: Mapping[str, Any]) -> bool:
    """Say whether a sparse update would change nothing."""
    return not set(body) - {"Id", "SyncToken", "sparse"}


def supplier_form(changes: Mapping[Field, str], *, active: bool | None = None) -> Body:
    """Return the form fields that change a supplier; contacts are told apart by `new_contacts`."""
    form: Body = {_KEYS[key]: value.replace("\n", ", ") for key, value in changes.items() if key in _KEYS}
    if active is not None:
        form["enable"] = active
    return form


def new_contacts(row: Mapping[str, Any], email: str) -> list[Body]:
    """Return the contacts of a supplier, one for every address.

    Those that are there are kept, new ones are added. How a form carries contacts is not documented
    (docs/reference/precoro.md, Suppliers), so what came of it is looked at afterwards.
    """
    contacts = row.get("contacts")
    rows = contacts.get("data", []) if isinstance(contacts, Mapping) else contacts or []
    kept = [{key: contact[key] for key in ("name", "email", "phone") if contact.get(key)} for contact in rows]
    addresses = {str(contact.get("email", "")).casefold() for contact in kept}
    added = [{"name": address, "email": address} for address in emails_of(email) if address.casefold() not in addresses]
    return [*kept, *added]


def _fields(changes: Mapping[Field, str]) -> tuple[Body, tuple[Note, ...]]:
    """Return phone, e-mail and account number as a vendor has them.

    What QuickBooks would refuse is left out and noted.
    """
    body: Body = {}
    refused: list[Note] = []
    if phone := changes.get("phone"):
        _take(
            body,
            "PrimaryPhone",
            {"FreeFormNumber": phone},
            refused,
            "phone number",
            phone,
            fits=length(phone) <= PHONE_LENGTH,
        )
    if email := changes.get("email"):
        addresses = emails_of(email)
        joined = ",".join(addresses)
        fits = length(joined) <= EMAIL_LENGTH and _are_addresses(addresses)
        _take(body, "PrimaryEmailAddr", {"Address": joined}, refused, "e-mail", email, fits=fits)
    if number := changes.get("account_number"):
        _take(body, "AcctNum", number, refused, "account number", number, fits=length(number) <= NUMBER_LENGTH)
    return body, tuple(refused)


def _take(body: Body, name: str, value: object, refused: list[Note], label: str, text: str, *, fits: bool) -> None:
    if fits:
        body[name] = value
    else:
        refused.append(notes.not_taken_by_quickbooks(label, text))


def _are_addresses(addresses: Sequence[str]) -> bool:
    return all(_EMAIL.fullmatch(address) for address in addresses)


def _address(values: Mapping[Field, str]) -> Body:
    """Return the whole BillAddr: an update that left a part out would lose it."""
    lines = [line.strip()[:LINE_LENGTH] for line in values.get("address", "").splitlines() if line.strip()]
    if len(lines) > len(ADDRESS_LINES):
        lines = [*lines[: len(ADDRESS_LINES) - 1], ", ".join(lines[len(ADDRESS_LINES) - 1 :])[:LINE_LENGTH]]
    body: Body = dict(zip(ADDRESS_LINES, lines, strict=False))
    parts: tuple[tuple[str, Field], ...] = (
        ("City", "city"),
        ("CountrySubDivisionCode", "state"),
        ("PostalCode", "postal_code"),
        ("Country", "country"),
    )
    return body | {key: values[name] for key, name in parts if values.get(name)}
