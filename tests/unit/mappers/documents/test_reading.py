"""Precoro's JSON is read tolerantly, and what makes no sense is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from mappers.documents.document import OptionValue, Predecessor
from mappers.documents.reading import UnreadableDocument, load_document
from tests.unit.mappers.cases import field_value, invoice, line, option, payload


def test_both_forms_of_a_list_are_read() -> None:
    wrapped = payload()
    bare = wrapped | {"items": wrapped["items"]["data"], "taxes": None}
    bare["items"] = [row | {"taxes": [], "discounts": None} for row in bare["items"]]
    assert load_document("invoice", bare) == load_document("invoice", wrapped)


def test_numbers_come_as_numbers_or_as_text_and_are_decimals() -> None:
    document = invoice(sum=500, netSum=Decimal("500.0"), items=[line() | {"ordered": "10", "price": 50}])
    assert document.total == Decimal(500)
    assert document.lines[0].quantity == Decimal(10)
    assert isinstance(document.lines[0].price, Decimal)


def test_dates_are_as_written_and_moments_are_utc() -> None:
    document = invoice(issueDate="2026-10-04T23:30:00-08:00", approvalDate="2026-10-06T10:00:00+02:00")
    assert document.issue_date == date(2026, 10, 4)
    assert document.approval_date == datetime(2026, 10, 6, 8, tzinfo=UTC)
    assert document.version == "2026-10-06T10:00:00+02:00"


def test_missing_fields_and_unknown_keys_do_no_harm() -> None:
    document = load_document("invoice", {"id": 1, "status": 0, "currency": "usd", "sum": "0", "new": {"a": 1}})
    assert (document.idn, document.number, document.currency) == ("1", "1", "USD")
    assert document.lines == ()
    assert document.supplier_id is None


def test_a_remark_in_an_odd_shape_is_left_out_rather_than_held_against_the_document() -> None:
    document = invoice(note=["a"], externalIntegrationLog={"text": "b"}, items=[line(unit={"id": 1}, description=True)])
    assert (document.note, document.external_log) == (None, None)
    assert (document.lines[0].unit, document.lines[0].description) == (None, None)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (field_value(7, option(880, code="6000")), [OptionValue(7, None, 880, "Option 880", "6000")]),
        ({"value": 880, "itemCustomField": {"id": 7}}, [OptionValue(7, "880")]),
        ({"value": "Travel", "itemCustomField": 7}, [OptionValue(7, "Travel")]),
        ({"value": ["1", "2"], "itemCustomField": {"id": 7}}, [OptionValue(7, "1"), OptionValue(7, "2")]),
        ({"value": True, "itemCustomField": {"id": 7}}, []),
        ({"value": None, "itemCustomField": {"id": 7}}, []),
        ({"value": "x", "itemCustomField": {"id": 7}, "option": {"id": 9}}, [OptionValue(7, "x", 9)]),
    ],
)
def test_the_chosen_option_is_found_in_every_shape(field: dict[str, Any], expected: list[OptionValue]) -> None:
    assert list(invoice(items=[line(dataItemCustomFields=[field])]).lines[0].options) == expected


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sum": "five"}, "sum"),
        ({"sum": "NaN"}, "sum"),
        ({"status": None}, "status"),
        ({"issueDate": "04.10.2026"}, "issueDate"),
        ({"items": [line() | {"price": "free"}]}, "items.0.price"),
        ({"items": "none"}, "items"),
        ({"supplier": {"id": "abc"}}, "supplier.id"),
        ({"exchangeRate": {"USD": "one"}}, "exchangeRate"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_value(change: dict[str, Any], field: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        load_document("invoice", payload() | change)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("shape", "parent"),
    [
        ({"parentData": {"idn": "203"}}, "203"),
        ({"parentData": {"id": 956008, "idn": 203}}, "203"),
        ({"parentIdn": "203"}, "203"),
        ({"splitIndex": 3}, "another document"),
        ({"splitIndex": "11"}, "another document"),
        ({"splitIndex": 0}, None),
        ({"splitIndex": 10}, None),
        ({"splitIndex": None}, None),
        ({}, None),
    ],
)
def test_a_split_part_is_recognised_in_each_of_its_forms(shape: dict[str, Any], parent: str | None) -> None:
    assert invoice(**shape).parent_idn == parent


@pytest.mark.parametrize("shape", [{"parentData": {"number": "203"}}, {"splitIndex": "third"}])
def test_a_split_part_in_an_unknown_form_is_not_taken_for_a_whole_document(shape: dict[str, Any]) -> None:
    with pytest.raises(UnreadableDocument):
        invoice(**shape)


def test_of_what_cannot_be_read_only_the_beginning_is_shown() -> None:
    error = UnreadableDocument("items", ["another document"] * 1000, "it is no number")
    assert len(error.shown) < 90
    assert len(str(error)) < 200


ORDER_57 = Predecessor("purchase_order", 5, "57")
NOTHINGS: list[Any] = [[], "", {}, None]


@pytest.mark.parametrize("nothing", NOTHINGS, ids=repr)
def test_nothing_in_place_of_an_object_is_nothing_in_every_form(nothing: Any) -> None:
    names = ("purchaseOrder", "parentData", "exchangeRate", "supplier", "legalEntity", "paymentTerm", "items", "taxes",
             "discounts", "dataDocumentCustomFields", "attachments")  # fmt: skip
    read = load_document("invoice", payload() | dict.fromkeys(names, nothing))
    assert (read.predecessor, read.parent_idn, read.exchange_rate, read.supplier_id) == (None, None, None, None)
    assert (read.legal_entity_id, read.payment_term_id, read.lines, read.attachments) == (None, None, (), ())
    chosen = {"value": "x", "itemCustomField": {"id": 7}, "option": nothing, "options": nothing}
    row = line(dataItemCustomFields=[chosen], item=nothing)
    assert invoice(items=[row]).lines[0].options == (OptionValue(7, "x"),)


def test_a_credit_note_goes_after_the_invoice_it_credits() -> None:
    named = {"purchaseOrder": {"id": 5, "idn": "57"}, "allocatedInvoice": {"id": 6, "idn": None}}
    assert invoice(**named).predecessor == ORDER_57
    assert invoice(logicType=5, **named).predecessor == Predecessor("invoice", 6, "6")
    assert invoice(logicType=1, allocatedInvoice=None).predecessor is None


def test_an_object_may_come_in_a_list_of_one() -> None:
    document = invoice(supplier=[{"id": 9001, "name": "Acme"}], purchaseOrder=[{"id": 5, "idn": "57"}],
                       exchangeRate=[{"USD": 1}], legalEntity=[{"id": 2}])  # fmt: skip
    assert (document.supplier_id, document.predecessor, document.legal_entity_id) == (9001, ORDER_57, 2)
    assert document.exchange_rate == 1
    with pytest.raises(UnreadableDocument):
        invoice(supplier=[{"id": 1}, {"id": 2}])
