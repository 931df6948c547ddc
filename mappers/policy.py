"""What a person can decide about a connection.

One schema makes the form, the command line, the docs and the audit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from mappers.documents.fields import GROUPS, FieldGroup
from mappers.web_addresses import PRECORO_PAGE


class UnreadablePolicy(ValueError):  # noqa: N818 - it names what it is about
    """The stored or submitted policy breaks its schema; `messages` names each wrong field."""

    def __init__(self, messages: Mapping[str, object]) -> None:
        self.messages = messages
        super().__init__(_sentences(messages))


def _sentences(messages: object) -> str:
    """Return what is wrong as sentences, each after the names that lead to it."""
    if isinstance(messages, Mapping):
        return " ".join(f"{name}: {_sentences(inner)}" for name, inner in messages.items())
    return " ".join(map(_sentences, messages)) if isinstance(messages, list) else str(messages)


ChangedFieldAction: TypeAlias = Literal["hold", "accept", "restore", "report"]
CHANGED_FIELD_ACTIONS: tuple[ChangedFieldAction, ...] = get_args(ChangedFieldAction)


@dataclass(frozen=True, slots=True)
class Policy:
    """Every setting of a connection, each with its safe default.

    The schema below says what each one means.
    `go_live` None sets no limit in time: going live fills it in.
    """

    send: Literal["invoices", "purchase_orders", "both"] = "invoices"
    automatic: bool = True
    pending_too: bool = False
    import_payments: bool = False
    send_attachments: bool = True
    go_live: datetime | None = None
    closed_period: Literal["hold", "first_open_day"] = "hold"
    changed_in_quickbooks: Literal["hold", "overwrite"] = "hold"
    changed_fields: Mapping[FieldGroup, ChangedFieldAction] = field(default_factory=dict)
    deleted_in_quickbooks: Literal["hold", "create_again"] = "hold"
    supplier_changed_on_both: Literal["ask", "newest"] = "ask"
    supplier_deactivated: Literal["follow", "unpair"] = "follow"
    create_missing_vendors: bool = False
    paid_bills: Literal["hold", "allow_recoding"] = "hold"
    line_without_tax: Literal["hold", "zero_code"] = "hold"
    zero_tax_code: str | None = None
    withholding_tax_code: str | None = None
    taxes: Literal["matched", "folded"] = "matched"
    tax_agency: str | None = None
    billable: Literal["no", "yes"] = "no"
    several_locations: Literal["hold", "send_without"] = "hold"
    exchange_rate: Literal["quickbooks", "precoro"] = "quickbooks"
    pegged_currencies: tuple[str, ...] = ()
    bill_number: Literal["supplier", "precoro"] = "supplier"
    bill_before_order: Literal["without_link", "earlier_order"] = "without_link"
    write_back: bool = True
    default_line_account: str | None = None
    default_item_account: str | None = None
    payable_accounts: Mapping[str, str] = field(default_factory=dict)
    unit_price_decimals: int = 5
    precoro_invoice_page: str | None = None
    precoro_order_page: str | None = None
    alert_held_hours: int = 24
    alert_standstill_hours: int = 4
    alert_silence_hours: int = 8


NOTHING_YET = "Nothing acts on this setting yet."


def _about(title: str, sentence: str, **more: object) -> dict[str, object]:
    return {"title": title, "sentence": sentence, **more}


def _choice(title: str, sentence: str, **choices: str) -> fields.String:
    """Return a field with named choices, the first of which is the safe default."""
    return fields.String(
        validate=validate.OneOf(list(choices)),
        metadata=_about(title, sentence, choices=choices, default=next(iter(choices))),
    )


def _switch(title: str, sentence: str) -> fields.Boolean:
    return fields.Boolean(metadata=_about(title, sentence))


def _account(title: str, sentence: str) -> fields.String:
    return fields.String(allow_none=True, metadata=_about(title, sentence, list="accounts"))


def _precoro_page(title: str, noun: str) -> fields.String:
    return fields.String(
        allow_none=True,
        validate=validate.Regexp(
            PRECORO_PAGE,
            error="not an https address at precoro.com or precoro.us with {{id}} or {{idn}}",
        ),
        metadata=_about(
            title,
            f"The address at which {noun} opens in Precoro, with {{id}} in place of its id, or {{idn}} of its running number. "
            "It goes into the private note of what is sent from then on, and is shown with the document.",
        ),
    )


def _hours(title: str, sentence: str) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=1, max=720), metadata=_about(title, sentence))


class _Several(fields.List[str]):
    """A list that is read as a tuple, so that no policy can be changed in passing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


ERROR_SENTENCES = {"unknown": "There is no such setting."}


class PolicySchema(Schema):
    """The one description of every setting.

    `metadata` carries title, sentence, and choices or the list to pick from.
    """

    class Meta:
        """A decision nobody knows is refused: it may be a misspelt one."""

        unknown = RAISE

    error_messages = ERROR_SENTENCES

    send = _choice(
        "Documents to send",
        "Which approved documents are sent to QuickBooks; a change concerns later approvals only.",
        invoices="Approved invoices, as bills, and credit notes, as vendor credits",
        purchase_orders="Approved purchase orders",
        both="Both; the lines of a bill are linked to those of its purchase order, which goes first",
    )
    automatic = _switch("Send automatically", "Send a document as soon as it is approved; off, a person clicks Send.")
    pending_too = _switch("Send pending documents", "Send documents that still wait for approval as well.")
    import_payments = _switch("Import payments", "Record in Precoro what is paid on bills in QuickBooks from now on.")
    send_attachments = _switch(
        "Send attachments",
        "Send the files of a document along with it. They change no figure, are e-mailed to nobody, and can be deleted in "
        "QuickBooks; those of earlier documents follow when their document changes in Precoro.",
    )
    go_live = fields.AwareDateTime(
        allow_none=True,
        format="iso",
        metadata=_about("Go-live", "What was approved before this moment is historical and is never sent."),
    )
    closed_period = _choice(
        "Closed period",
        "What happens to a new document dated in a period that is closed in QuickBooks.",
        hold="Hold it until the books are reopened or its date changes",
        first_open_day="Send it with the first open day as its date, and note the original date",
    )
    changed_in_quickbooks = _choice(
        "Changed in QuickBooks",
        "What happens when a figure we sent was changed in QuickBooks and Precoro has a new version.",
        hold="Hold it and show both",
        overwrite="Overwrite it with what Precoro holds",
    )
    changed_fields = fields.Dict(
        keys=fields.String(validate=validate.OneOf(GROUPS)),
        values=fields.String(validate=validate.OneOf(CHANGED_FIELD_ACTIONS)),
        metadata=_about(
            "Fields changed in QuickBooks",
            "What happens at once when people change a field there: hold the document, accept what QuickBooks holds, restore what "
            "Precoro says, or report it and hold nothing up. Unless chosen, figures (vendor, date, number, amounts, tax) are "
            "held, and coding is reported.",
        ),
    )
    deleted_in_quickbooks = _choice(
        "Deleted in QuickBooks",
        "What happens when a document we sent was deleted in QuickBooks and Precoro has a new version.",
        hold="Hold it",
        create_again="Create it again",
    )
    supplier_changed_on_both = _choice(
        "Supplier changed on both sides",
        "What happens when one field of a supplier was changed in Precoro and in QuickBooks.",
        ask="Ask a person",
        newest="The newest change wins",
    )
    supplier_deactivated = _choice(
        "Supplier deactivated",
        "What happens to the other side when a supplier or vendor is made inactive.",
        follow="The other side follows",
        unpair="The pair is undone",
    )
    create_missing_vendors = _switch(
        "Create missing vendors",
        "Create a vendor for an approved supplier that has none, unless a similar name exists.",
    )
    paid_bills = _choice(
        "Paid bills",
        "What happens when a bill that is paid, linked or billed on in QuickBooks is revised in Precoro.",
        hold="Hold it",
        allow_recoding="Change accounts, classes and texts if vendor, currency, date, taxes and total stay",
    )
    line_without_tax = _choice(
        "Line without tax",
        "What happens to a line without tax where QuickBooks needs a tax code on every line.",
        hold="Hold the document and name the line",
        zero_code="Send the line with the zero code",
    )
    zero_tax_code = fields.String(
        allow_none=True, metadata=_about("Zero code", "The tax code for lines without tax.", list="tax_codes")
    )
    withholding_tax_code = fields.String(
        allow_none=True,
        metadata=_about(
            "Withholding code",
            "The tax code of withholding lines outside the United States: of 0 %, and out of the scope of the tax return.",
            list="tax_codes",
        ),
    )
    taxes = _choice(
        "Taxes",
        "How tax reaches QuickBooks outside the United States; inside it is always part of the line amount.",
        matched="By tax codes, with Precoro's own tax amounts",
        folded="Inside the line amounts; reclaimable tax becomes cost",
    )
    tax_agency = fields.String(
        allow_none=True, metadata=_about("Tax agency", "The agency of tax rates that are created.", list="tax_agencies")
    )
    billable = _choice(
        "Billable",
        "Whether a line with a customer may be billed on to that customer.",
        no="Not billable",
        yes="Billable",
    )
    several_locations = _choice(
        "Several locations",
        "What happens to a document with more than one location; QuickBooks takes one.",
        hold="Hold it",
        send_without="Send it without a location, and note them",
    )
    exchange_rate = _choice(
        "Exchange rate",
        "Which rate a document in a foreign currency gets.",
        quickbooks="The rate of QuickBooks on the document's date",
        precoro="The rate that Precoro holds, where both have the same home currency",
    )
    pegged_currencies = _Several(
        fields.String(validate=validate.Regexp(r"[A-Z]{3}\Z")),
        metadata=_about("Pegged currencies", "The foreign currencies whose exchange rate of 1 is right."),
    )
    bill_number = _choice(
        "Bill number",
        "Which number a bill or vendor credit carries in QuickBooks.",
        supplier="The supplier's invoice number, else Precoro's",
        precoro="Precoro's own number",
    )
    bill_before_order = _choice(
        "Bill before its order",
        "What happens to a new bill that is dated before its purchase order; QuickBooks links no such bill.",
        without_link="Send it without the link, and say so on both",
        earlier_order="Give the order in QuickBooks the date of the bill first",
    )
    write_back = _switch("Write back", "Write the QuickBooks id and the outcome onto the Precoro document.")
    default_line_account = _account("Account of lines", "The account of a line that names none.")
    default_item_account = _account(
        "Account of products", f"The expense account of products that are created. {NOTHING_YET}"
    )
    payable_accounts = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"[A-Z]{3}\Z")),
        values=fields.String(validate=validate.Length(min=1)),
        metadata=_about("Accounts payable", "The accounts payable (A/P) account of each currency.", list="accounts"),
    )
    unit_price_decimals = fields.Integer(
        validate=validate.Range(min=2, max=7),
        metadata=_about(
            "Decimals of unit prices", "How many decimals a unit price may have so that a line's amount is exact."
        ),
    )
    precoro_invoice_page = _precoro_page("Pages of invoices", "an invoice or credit note")
    precoro_order_page = _precoro_page("Pages of purchase orders", "a purchase order")
    alert_held_hours = _hours(
        "Hours until people are told of what is held", "An alert is sent about what is held for longer than this."
    )
    alert_standstill_hours = _hours(
        "Hours until people are told of a standstill",
        "An alert is sent when documents have been due for longer than this and nothing has moved meanwhile.",
    )
    alert_silence_hours = _hours(
        "Hours until people are told of silence",
        "An alert is sent when a company that used to send events has sent none for longer than this, and documents are "
        "found that no event told of; without such documents after three working days.",
    )


_SCHEMA = PolicySchema()


def load_policy(stored: Mapping[str, Any]) -> Policy:
    """Read a policy; what is absent has its safe default.

    Raises UnreadablePolicy, which names every wrong field.
    """
    try:
        return Policy(**_SCHEMA.load(dict(stored)))
    except ValidationError as error:
        raise UnreadablePolicy(_SCHEMA.validate(dict(stored))) from error


def dump_policy(policy: Policy) -> dict[str, Any]:
    """Return the policy as plain JSON values, every decision named."""
    dumped: dict[str, Any] = _SCHEMA.dump({f.name: getattr(policy, f.name) for f in dataclasses.fields(policy)})
    return dumped
