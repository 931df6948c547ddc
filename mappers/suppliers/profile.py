"""A supplier or vendor, read into one value for both sides.

A field that a side did not send is absent, which is not the same as empty (docs/explanation/accounting.md, Suppliers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from mappers.suppliers.fields import Field, emails_of, without_mark
from mappers.wire import Bunch, Moment, Remark

APPROVED = 2
"""The status of an approved supplier (docs/reference/precoro.md, Statuses)."""
ADDRESS_LINES = ("Line1", "Line2", "Line3", "Line4", "Line5")
_PARTS: Mapping[str, Field] = {
    "City": "city",
    "CountrySubDivisionCode": "state",
    "PostalCode": "postal_code",
    "Country": "country",
}
_WRITTEN: Mapping[str, Field] = {
    "name": "name",
    "legalAddress": "address",
    "city": "city",
    "state": "state",
    "postalCode": "postal_code",
    "country": "country",
    "phone": "phone",
    "accountNumber": "account_number",
}
"""Precoro's key of each shared field; e-mail addresses are those of the contacts."""
_NOT_KEPT = frozenset({"attachments", "paymentTerms", "dataSupplierCustomFields"})
_DIGITS_SHOWN = 4


class UnreadableProfile(ValueError):  # noqa: N818 - it names what it is about, like the problem it becomes
    """A supplier or vendor whose main fields cannot be read.

    Nothing is guessed in their place.
    """

    def __init__(self, messages: Mapping[str, Any] | Sequence[Any]) -> None:
        self.field = next(iter(messages), "record") if isinstance(messages, Mapping) else "record"
        super().__init__(f"{self.field} cannot be read: {messages}")


@dataclass(frozen=True, slots=True)
class Profile:
    """A supplier or a vendor.

    `values` holds the shared fields that were sent. `free_address` is an address that QuickBooks keeps as bare lines: its
    parts are not told apart, so they are absent (docs/reference/quickbooks.md, Vendors). `tax_digits` are the last four of
    the tax number, all that QuickBooks shows. `changed_at` is when its side last changed anything.
    """

    id: str
    values: Mapping[Field, str] = field(default_factory=dict)
    active: bool = True
    currencies: tuple[str, ...] = ()
    tax_digits: str = ""
    external_id: str | None = None
    qbo_id: str | None = None
    approved: bool = True
    entities: frozenset[str] = frozenset()
    changed_at: datetime | None = None
    free_address: str | None = None

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self.values.get("name") or self.id


class _Loose(Schema):
    """The base of every shape.

    Unknown keys are left out, and what only describes may have any form.
    """

    class Meta:
        unknown = EXCLUDE


class _Contact(_Loose):
    email = Remark()


class _Supplier(_Loose):
    id = fields.Raw(required=True)
    enable = fields.Boolean(load_default=True, allow_none=True)
    status = fields.Raw(load_default=None)
    currency = Remark()
    currencies = fields.Raw(load_default=None)
    tax_number = Remark(data_key="taxPayerNumber")
    external_id = Remark(data_key="externalId")
    qbo_id = Remark(data_key="qboId")
    changed_at = Moment(data_key="updateDate")
    contacts = Bunch(_Contact)


class _Vendor(_Loose):
    id = fields.Raw(required=True, data_key="Id")
    active = fields.Boolean(load_default=True, data_key="Active")
    name = Remark(data_key="DisplayName")
    address = fields.Dict(load_default=None, allow_none=True, data_key="BillAddr")
    phone = fields.Dict(load_default=None, allow_none=True, data_key="PrimaryPhone")
    email = fields.Dict(load_default=None, allow_none=True, data_key="PrimaryEmailAddr")
    account_number = Remark(data_key="AcctNum")
    currency = fields.Dict(load_default=None, allow_none=True, data_key="CurrencyRef")
    tax_number = Remark(data_key="TaxIdentifier")
    meta = fields.Dict(load_default=None, allow_none=True, data_key="MetaData")


_SUPPLIER, _VENDOR = _Supplier(), _Vendor()


def read_supplier(row: Mapping[str, Any]) -> Profile:
    """Read Precoro's JSON, of a list or of one supplier. Raises UnreadableProfile."""
    read = _loaded(_SUPPLIER, row)
    values: dict[Field, str] = {ours: _text(row[key]) for key, ours in _WRITTEN.items() if key in row}
    if "contacts" in row:
        values["email"] = ", ".join(_emails(read["contacts"]))
    return Profile(
        id=str(read["id"]),
        values=values,
        active=read["enable"] is not False,
        currencies=tuple(_currencies(read)),
        tax_digits=_last_digits(read["tax_number"]),
        external_id=read["external_id"],
        qbo_id=read["qbo_id"],
        approved=str(read["status"]) == str(APPROVED),
        entities=frozenset(_entities(row.get("supplierLegalEntities"))),
        changed_at=read["changed_at"],
    )


def read_vendor(row: Mapping[str, Any]) -> Profile:
    """Read QuickBooks' JSON, of an answer, a query or a change. Raises UnreadableProfile.

    QuickBooks omits what is empty; only within an address that it does send does a missing part mean an empty one.
    """
    read = _loaded(_VENDOR, row)
    fields_read = {
        "name": without_mark(read["name"]) if read["name"] else None,
        "phone": _inner(read["phone"], "FreeFormNumber"),
        "email": _inner(read["email"], "Address"),
        "account_number": read["account_number"],
    }
    values: dict[Field, str] = {name: value for name, value in fields_read.items() if value}  # type: ignore[misc]
    free = None
    if read["address"]:
        parts, free = _address(read["address"], row)
        values.update(parts)
    currency = _inner(read["currency"], "value")
    return Profile(
        id=str(read["id"]),
        values=values,
        active=bool(read["active"]),
        currencies=(currency,) if currency else (),
        tax_digits=_last_digits(read["tax_number"]),
        changed_at=_moment(_inner(read["meta"], "LastUpdatedTime")),
        free_address=free,
    )


def supplier_details(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what our copy of a supplier keeps.

    That is its shared fields and tax number for matching, and the row itself.
    """
    kept = {key: value for key, value in row.items() if key not in _NOT_KEPT}
    return {**_readable(read_supplier, row), "tax_number": _text(row.get("taxPayerNumber")), "row": kept}


def vendor_details(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what our copy of a vendor keeps.

    That is its shared fields, tax number and company name for matching, and the row itself.
    """
    more = {"tax_number": _text(row.get("TaxIdentifier")), "company_name": without_mark(_text(row.get("CompanyName")))}
    return {**_readable(read_vendor, row), **more, "row": dict(row)}


def _readable(read: Callable[[Mapping[str, Any]], Profile], row: Mapping[str, Any]) -> dict[str, str]:
    try:
        return {name: value for name, value in read(row).values.items()}  # noqa: C416 - the keys are plain texts here
    except UnreadableProfile:
        return {}


def _loaded(schema: Schema, row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        read: dict[str, Any] = schema.load(dict(row))
    except ValidationError as error:
        raise UnreadableProfile(error.messages) from error
    return read


def _address(address: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[dict[Field, str], str | None]:
    """Return the parts of an address, or all of one in bare lines."""
    lines = [text for text in (_text(address.get(line)) for line in ADDRESS_LINES) if text]
    parts = {ours: _text(address.get(key)) for key, ours in _PARTS.items()}
    names = {_text(row.get("DisplayName")), _text(row.get("CompanyName"))}
    bare = not any(parts[name] for name in ("city", "state", "postal_code"))
    if bare and (len(lines) > 1 or names.intersection(lines)):
        return {}, "\n".join(lines)
    return {"address": "\n".join(lines), **parts}, None


def _currencies(read: Mapping[str, Any]) -> Iterator[str]:
    currencies = read["currencies"] if isinstance(read["currencies"], list) else [read["currency"]]
    for currency in currencies:
        code = currency.get("code") if isinstance(currency, Mapping) else currency
        if code:
            yield str(code)


def _emails(contacts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return emails_of(",".join(contact["email"] for contact in contacts if contact["email"]))


def _entities(entities: Any) -> Iterator[str]:
    rows = entities.get("data") if isinstance(entities, Mapping) else entities
    for row in rows if isinstance(rows, list) else []:
        entity = row.get("legalEntity") or row if isinstance(row, Mapping) else {}
        if entity.get("id") is not None:
            yield str(entity["id"])


def _inner(holder: Mapping[str, Any] | None, key: str) -> str:
    return _text((holder or {}).get(key))


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value).strip()


def _last_digits(number: str | None) -> str:
    kept = "".join(character for character in number or "" if character.isalnum())
    return kept[-_DIGITS_SHOWN:]


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
