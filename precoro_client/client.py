"""One Precoro company, noun by noun; the verbs underneath are in `precoro_client.rest`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Literal, TypeAlias

from mappers.attachments import MOST_BYTES
from outbound.errors import Refused
from outbound.multipart import Multipart, Part
from outbound.wire import JsonObject
from precoro_client import items, suppliers
from precoro_client.errors import extra_fields
from precoro_client.files import fetch, read_address, read_bytes
from precoro_client.forms import Fields
from precoro_client.paging import Page
from precoro_client.rest import SERVICE, RestClient, segment

INTERNATIONAL = "https://api.precoro.com"
UNITED_STATES = "https://api.precoro.us"

Kind: TypeAlias = Literal["purchase_order", "invoice"]
Level: TypeAlias = Literal["item", "document"]

COLLECTIONS: Mapping[str, str] = {"purchase_order": "purchaseorders", "invoice": "invoices"}
PAYMENT = 0
LEGAL_ENTITY = 1
"""What an option depends on: `depend_type` of its dependencies."""


def options_of(level: Level, field_id: str | int) -> str:
    """Return the collection that holds the options of a custom field."""
    return f"{level}customfields/{segment(field_id)}/options"


class PrecoroClient(RestClient):
    """One Precoro company: its documents, lists, suppliers, payments and files."""

    # --- documents ----------------------------------------------------------------------------------------------------------

    def get_document(self, kind: Kind, idn: str | int) -> JsonObject:
        """Return a document with its lines, by its running number; NotVisible when hidden."""
        return self.get(COLLECTIONS[kind], idn)

    def patch_document(
        self, kind: Kind, idn: str | int, *, external_id: str | None = None, log: str | None = None
    ) -> JsonObject:
        """Write the QuickBooks id and the message for people to a document; None leaves a field alone."""
        return self.patch(COLLECTIONS[kind], idn, external_id=external_id, log=log)

    def documents_since(self, kind: Kind, since: datetime, *, page: int = 1) -> Page:
        """Return up to 200 shortened rows of documents modified since an aware moment: one call."""
        return self.page(COLLECTIONS[kind], page, modified_since=since)

    def receipts(self, *, modified_since: datetime | None = None) -> Iterator[JsonObject]:
        """Yield the receipts, shortened; `get("receipts", idn)` has the lines."""
        return self.list("receipts", modified_since=modified_since)

    # --- suppliers ----------------------------------------------------------------------------------------------------------

    def suppliers(self, *, modified_since: datetime | None = None) -> Iterator[JsonObject]:
        """Yield the suppliers."""
        return self.list("suppliers", modified_since=modified_since)

    def supplier(self, supplier_id: str | int) -> JsonObject:
        """Return one supplier."""
        return self.get("suppliers", supplier_id)

    def create_supplier(
        self, name: str, currencies: Sequence[str], details: Fields | None = None, *, external_id: str | None = None
    ) -> JsonObject:
        """Add a supplier; it may need approval in Precoro first.

        `details` have Precoro's names, as in `{"city": "Austin"}`.
        """
        fields = {"name": name, "currencies": currencies, **(details or {})}
        return self.create("suppliers", fields, external_id=external_id)

    def change_supplier(self, supplier: Mapping[str, Any], changes: Fields) -> JsonObject:
        """Write changes over a supplier just read. `currencies`, when among them, is the whole list.

        Precoro knows no partial change: everything that a form can carry is sent, and what it refuses to take along is left
        out. What PUT does to payment terms, contacts and custom fields, which are not sent, is not known.
        """
        return self._replace_what_it_takes(
            "suppliers", supplier["id"], suppliers.whole_form(supplier, changes), changes
        )

    def set_supplier_fields(self, supplier_id: str | int, values: Sequence[Mapping[str, object]]) -> JsonObject:
        """Write the custom fields of a supplier, which go as JSON."""
        return self._send_json(
            "PATCH", f"/suppliers/{segment(supplier_id)}/customfields", {"dataSupplierCustomFields": list(values)}
        )

    def approve_supplier(self, supplier_id: str | int) -> JsonObject:
        """Approve a supplier, as the user of the key."""
        return self._send_form("POST", f"/suppliers/{segment(supplier_id)}/approve", {})

    # --- custom fields and their options ------------------------------------------------------------------------------------

    def fields(self, level: Level) -> Iterator[JsonObject]:
        """Yield the custom fields of items or documents."""
        return self.list(f"{level}customfields")

    def options(self, level: Level, field_id: str | int) -> Iterator[JsonObject]:
        """Yield the options of a custom field."""
        return self.list(options_of(level, field_id))

    def create_option(
        self,
        level: Level,
        field_id: str | int,
        name: str,
        *,
        code: str | None = None,
        parent_id: str | int | None = None,
        external_id: str | None = None,
    ) -> JsonObject:
        """Add an option, below another one if `parent_id` says so."""
        form = _option(name, code, parent_id, enable=True)
        return self.create(options_of(level, field_id), form, external_id=external_id)

    def replace_option(
        self,
        level: Level,
        field_id: str | int,
        option_id: str | int,
        name: str,
        *,
        code: str | None = None,
        parent_id: str | int | None = None,
        enable: bool = True,
    ) -> JsonObject:
        """Write an option as a whole, except for its external id; `enable` False switches it off."""
        return self.replace(options_of(level, field_id), option_id, _option(name, code, parent_id, enable=enable))

    def patch_option(self, level: Level, field_id: str | int, option_id: str | int, *, external_id: str) -> JsonObject:
        """Write the external id of an option; "" takes it away."""
        return self.patch(options_of(level, field_id), option_id, external_id=external_id)

    def limit_option(self, level: Level, option_id: str | int, legal_entities: Sequence[str | int]) -> JsonObject:
        """Offer an option to these legal entities only.

        How the list of ids is written is not known for certain.
        """
        form: Fields = {
            f"{level}_custom_field_option_id": option_id,
            "depend_type": LEGAL_ENTITY,
            "entity_ids": legal_entities,
        }
        return self._send_form("PATCH", f"/{level}customfields/options/depend_add", form)

    # --- catalogue, taxes, terms, places ------------------------------------------------------------------------------------

    def items(self, *, modified_since: datetime | None = None) -> Iterator[JsonObject]:
        """Yield the catalogue items."""
        return self.list("items", modified_since=modified_since)

    def change_item(self, item: Mapping[str, Any], changes: Fields) -> JsonObject:
        """Write changes over a catalogue item just read; as with suppliers, the whole form is sent."""
        return self._replace_what_it_takes("items", item["id"], items.whole_form(item, changes), changes)

    def taxes(self) -> Iterator[JsonObject]:
        """Yield the taxes."""
        return self.list("taxes")

    def create_tax(
        self, name: str, rate: Decimal, *, withholding: bool = False, external_id: str | None = None
    ) -> JsonObject:
        """Add a tax of so many per cent.

        `value` and `percent` both carry the rate: which of them counts is not known.
        """
        form: Fields = {"name": name, "value": rate, "percent": rate, "isWithholdingTax": withholding}
        return self.create("taxes", form, external_id=external_id)

    def payment_terms(self) -> Iterator[JsonObject]:
        """Yield the payment terms."""
        return self.list("paymentterms")

    def locations(self) -> Iterator[JsonObject]:
        """Yield the locations."""
        return self.list("locations")

    def legal_entities(self) -> Iterator[JsonObject]:
        """Yield the legal entities."""
        return self.list("legalentities")

    # --- payments -----------------------------------------------------------------------------------------------------------

    def payments(self, *, modified_since: datetime | None = None) -> Iterator[JsonObject]:
        """Yield the payments."""
        return self.list("payments", modified_since=modified_since)

    def pay(self, invoice_id: str | int, amount: Decimal, on: date, *, external_id: str) -> JsonObject:
        """Record a payment of an invoice, by its id; Refused when it is more than what is open.

        A payment cannot be changed afterwards, only cancelled and made anew.
        """
        form: Fields = {"invoice": {"id": invoice_id}, "sumPaid": amount, "logicType": PAYMENT, "payDate": on}
        return self.create("payments", form, external_id=external_id)

    def cancel_payment(self, idn: str | int) -> JsonObject:
        """Cancel a payment, by its running number."""
        return self._send_form("POST", f"/payments/{segment(idn)}/cancel", {})

    # --- files --------------------------------------------------------------------------------------------------------------

    def download(self, attachment_id: str | int, into: BinaryIO) -> None:
        """Write the content of a file; TooLarge when it has more than 100 MB.

        When Precoro answers with an address, the file is fetched there: with our key only if it is Precoro's own, and
        otherwise from the allowed hosts only.
        """
        address = self._read(
            f"/attachments/{segment(attachment_id)}", (), read_address, max_bytes=MOST_BYTES, into=into
        )
        if address is None:
            return
        own, path = self._session.base_url, address.removeprefix(self._session.base_url)
        if address.startswith(f"{own}/"):
            self._read(path, (), read_bytes, max_bytes=MOST_BYTES, into=into)
            return
        service, timeout, on_call = f"{SERVICE}'s files", self._session.timeout, self._session.on_call
        fetch(address, into, hosts=self._file_hosts, service=service, timeout=timeout, on_call=on_call)

    def attach(
        self, object_id: str | int, object_type: int, name: str, content: bytes, comment: str | None = None
    ) -> JsonObject:
        """Attach a file to a record.

        `object_type` is Precoro's number for its kind; the public sources disagree about them.
        """
        parts = [Part(name="file", content=content, filename=name, content_type="application/octet-stream")]
        if comment:
            parts.append(Part(name="comment", content=comment.encode()))
        body = Multipart(parts)
        return self._send("POST", f"/attachments/{segment(object_id)}/{object_type}", body, body.content_type)

    # --- who we are ---------------------------------------------------------------------------------------------------------

    def check(self) -> int | None:
        """Make the smallest useful call; returns how many suppliers the key sees, if Precoro says. WrongKey when refused."""
        return self.page("suppliers").total

    def _replace_what_it_takes(self, collection: str, key: str | int, form: Fields, changes: Fields) -> JsonObject:
        """Replace a record, without the unchanged fields that Precoro refuses in the form."""
        try:
            return self.replace(collection, key, form)
        except Refused as refusal:
            smaller = suppliers.without(form, extra_fields(refusal), changes)
            if smaller is None:
                raise
            return self.replace(collection, key, smaller)


def _option(name: str, code: str | None, parent_id: str | int | None, *, enable: bool) -> Fields:
    """Return the form of an option; a top one has no parent in it."""
    parent: Fields = {} if parent_id is None else {"parent": {"id": parent_id}}
    return {"name": name, "code": code, "enable": enable, **parent}
