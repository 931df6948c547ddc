"""What people changed in QuickBooks is told field by field, what is not theirs is not, and settings decide about each."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.documents import drift
from mappers.documents.drift import change_of, decide, state_of
from mappers.documents.fields import DriftField, FieldChange
from mappers.documents.outcomes import Body, Sent
from mappers.policy import Policy
from tests.unit.mappers.cases import (
    CUSTOMER_FIELD,
    POLICY,
    field_value,
    invoice,
    line,
    made,
    option,
    order,
    sent_of,
    tax,
    uk_books,
)
from tests.unit.noise import JSON, broken, places

D = Decimal
ROWS = [line(1, item={"id": 3301}), line(2, dataItemCustomFields=[field_value(CUSTOMER_FIELD, option(910))])]
ITEM, ACCOUNT = "ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"
Edit = Callable[[Body], None]


BOTH = dataclasses.replace(POLICY, send="both")
DOCUMENTS = invoice(items=ROWS, sum="1000.00"), order()
BILL, ORDER = (sent_of(made(document, policy=BOTH), document) for document in DOCUMENTS)


def edited(of: Sent, **changes: Any) -> Body:
    """Return what QuickBooks holds after people changed fields of the header."""
    return copy.deepcopy(of.answer) | changes


def line_edit(place: int, detail: str, field: str, value: Any) -> Edit:
    """Return the edit of a field of a line."""

    def edit(body: Body) -> None:
        target = body["Line"][place] if not detail else body["Line"][place][detail]
        target[field] = value

    return edit


def header_edit(field: str, value: Any) -> Edit:
    """Return the edit of a field of the header."""

    def edit(body: Body) -> None:
        body[field] = value

    return edit


texts = st.text("abcXYZ 0123456789", min_size=1, max_size=8).map(str.strip).filter(bool)
ids = st.integers(500, 999).map(lambda number: {"value": str(number)})
amounts = st.decimals(D("0.01"), D("9999"), places=2).filter(
    lambda amount: amount not in {D(500), D(1000), D(50), D(10)}
)
days = st.dates(min_value=datetime(2027, 1, 1).date()).map(lambda day: day.isoformat())  # noqa: DTZ001 - a calendar day


def headers(
    names: tuple[str, ...], values: st.SearchStrategy[Any]
) -> dict[tuple[str, str | None], st.SearchStrategy[Edit]]:
    """Return the edits of several fields of the header."""
    return {(name, None): values.map(partial(header_edit, name)) for name in names}


EDITS: dict[tuple[str, str | None], st.SearchStrategy[Edit]] = {
    **headers(("VendorRef", "APAccountRef", "SalesTermRef", "DepartmentRef"), ids),
    **headers(("TxnDate", "DueDate"), days),
    ("DocNumber", None): texts.map(lambda value: header_edit("DocNumber", f"X-{value}")),
    ("PrivateNote", None): texts.map(lambda value: header_edit("PrivateNote", f"note {value}")),
    ("CurrencyRef", None): st.sampled_from(["EUR", "GBP"]).map(lambda value: header_edit("CurrencyRef", {"value": value})),
    ("ExchangeRate", None): amounts.map(lambda value: header_edit("ExchangeRate", value)),
    ("TotalAmt", None): amounts.map(lambda value: header_edit("TotalAmt", value)),
    ("Amount", "2"): amounts.map(lambda value: line_edit(1, "", "Amount", value)),
    ("Description", "1"): texts.map(lambda value: line_edit(0, "", "Description", f"new {value}")),
    ("Qty", "1"): amounts.map(lambda value: line_edit(0, ITEM, "Qty", value)),
    ("UnitPrice", "1"): amounts.map(lambda value: line_edit(0, ITEM, "UnitPrice", value)),
    ("ItemRef", "1"): ids.map(lambda value: line_edit(0, ITEM, "ItemRef", value)),
    ("AccountRef", "2"): ids.map(lambda value: line_edit(1, ACCOUNT, "AccountRef", value)),
    ("ClassRef", "2"): ids.map(lambda value: line_edit(1, ACCOUNT, "ClassRef", value)),
    ("CustomerRef", "2"): ids.map(lambda value: line_edit(1, ACCOUNT, "CustomerRef", value)),
    ("TaxCodeRef", "2"): ids.map(lambda value: line_edit(1, ACCOUNT, "TaxCodeRef", value)),
    ("BillableStatus", "2"): st.just(line_edit(1, ACCOUNT, "BillableStatus", "Billable")),
}  # fmt: skip


@given(data=st.data(), key=st.sampled_from(sorted(EDITS, key=str)))
def test_an_edit_of_one_field_is_a_drift_of_exactly_that_field_and_none_once_it_is_accepted(
    data: st.DataObject, key: tuple[str, str | None]
) -> None:
    current = copy.deepcopy(BILL.answer)
    data.draw(EDITS[key])(current)
    change = change_of(BILL, current)
    assert change is not None
    assert [field.key for field in change.fields] == [key]
    fields = decide(change, (), Policy())
    assert state_of(fields) == ("open" if change.fields[0].money else "reported")
    accepted = [dataclasses.replace(field, state="accepted") for field in fields]
    again = change_of(BILL, current)
    assert again is not None
    assert state_of(decide(again, accepted, Policy())) == "accepted"
    assert change_of(BILL, copy.deepcopy(BILL.answer)) is None


def test_what_is_not_ours_is_no_drift() -> None:
    paid = edited(
        BILL, Balance=D(0), LinkedTxn=[{"TxnId": "9", "TxnType": "BillPaymentCheck"}], SyncToken="3", TotalAmt=1000,
        MetaData={"LastUpdatedTime": "2026-11-28T10:00:00-08:00"}, HomeBalance=D(0), RecurDataRef={"value": "7"},
    )  # fmt: skip
    paid["Line"].append({"DetailType": "SubTotalLineDetail", "Amount": D(1000)})
    assert change_of(BILL, paid) is None


def test_an_order_that_quickbooks_closes_because_it_is_billed_is_no_drift_one_that_people_close_is() -> None:
    billed = edited(ORDER, POStatus="Closed", LinkedTxn=[{"TxnId": "9", "TxnType": "Bill"}])
    assert change_of(ORDER, billed) is None
    closed = change_of(ORDER, edited(ORDER, POStatus="Closed"))
    assert closed is not None
    assert (closed.kind, [field.sentence for field in closed.fields]) == ("closed", ["Status from Open to Closed"])
    both = change_of(ORDER, edited(ORDER, POStatus="Closed", DueDate="2027-01-31"))
    assert both is not None
    assert both.kind == "edited"


def test_a_bill_whose_total_is_gone_and_whose_note_says_so_was_voided() -> None:
    voided = edited(BILL, TotalAmt=0, PrivateNote="Voided - " + BILL.answer["PrivateNote"])
    for row in voided["Line"]:
        row["Amount"] = 0
    change = change_of(BILL, voided)
    assert change is not None
    assert change.kind == "voided"


def test_figures_that_people_corrected_are_no_drift() -> None:
    wrong = dataclasses.replace(BILL, answer=edited(BILL, TotalAmt=D("999.99")))
    assert change_of(wrong, edited(BILL, SyncToken="1")) is None
    assert change_of(wrong, edited(BILL, TotalAmt=D("998.00"))) is not None


def test_references_have_the_name_that_quickbooks_or_its_lists_give_them() -> None:
    current = edited(BILL, VendorRef={"value": "57", "name": "Bolt Ltd"}, SalesTermRef={"value": "9"})
    change = change_of(BILL, current, {("vendor", "56"): "Acme Supply", ("term", "9"): "Net 60"})
    assert change is not None
    shown = {field.label: (field.before, field.after) for field in change.fields}
    assert shown["Vendor"] == ("Acme Supply", "Bolt Ltd")
    assert shown["Terms"][1] == "Net 60"


def test_a_marker_that_people_deleted_is_shown() -> None:
    change = change_of(BILL, edited(BILL, PrivateNote="Precoro invoice INV-203"))
    assert change is not None
    assert "tieout:" in str(change.fields[0].before)


def test_tax_is_compared_by_rate_and_told_as_one_field() -> None:
    document = invoice(items=[line(taxes=[tax(5, "20", "100.00")], currency="GBP")], sum="600.00", currency="GBP")
    taxed = sent_of(made(document, uk_books()), document)
    current = copy.deepcopy(taxed.answer)
    current["TxnTaxDetail"]["TaxLine"][0]["Amount"] = D("90.00")
    change = change_of(taxed, current)
    assert change is not None
    assert [(field.label, field.before, field.after, field.money) for field in change.fields] == [
        ("Tax", "100.00", "90.00", True)
    ]


CHANGES = {
    "amounts": FieldChange("Amount", "1", "500.00", "480.00", money=True, line=1, raw=D(480)),
    "account": FieldChange("AccountRef", "1", "Supplies", "Rent", money=False, line=1, raw="9"),
}


@pytest.mark.parametrize(
    ("field", "settings", "state"),
    [
        ("amounts", {}, "open"),
        ("amounts", {"changed_in_quickbooks": "overwrite"}, "reported"),
        ("amounts", {"changed_fields": {"amounts": "accept"}}, "accepted"),
        ("amounts", {"changed_fields": {"amounts": "restore"}}, "open"),
        ("account", {}, "reported"),
        ("account", {"changed_fields": {"account": "hold"}}, "open"),
        ("account", {"changed_fields": {"amounts": "hold"}}, "reported"),
    ],
)
def test_settings_decide_by_the_group_of_a_field(field: str, settings: dict[str, Any], state: str) -> None:
    change = drift.EntityChange("edited", (CHANGES[field],))
    assert [decided.state for decided in decide(change, (), Policy(**settings))] == [state]


def test_a_later_change_of_an_accepted_field_is_a_new_one() -> None:
    accepted = (DriftField(CHANGES["amounts"], "accepted"),)
    again = dataclasses.replace(CHANGES["amounts"], after="470.00", raw=D(470))
    assert [field.state for field in decide(drift.EntityChange("edited", (again,)), accepted, Policy())] == ["open"]


def test_changed_settings_decide_anew_about_what_nobody_decided() -> None:
    fields = (DriftField(CHANGES["amounts"], "open"), DriftField(CHANGES["account"], "accepted"))
    policy = Policy(changed_fields={"amounts": "report", "account": "hold"})
    assert [field.state for field in drift.decide_by_settings(fields, policy)] == ["reported", "accepted"]


def test_the_most_urgent_field_gives_a_drift_its_state() -> None:
    fields = [DriftField(CHANGES["account"], "accepted"), DriftField(CHANGES["amounts"], "reported")]
    assert state_of(fields) == "reported"
    assert state_of([]) == "open"


def test_after_a_write_only_what_people_made_and_the_answer_still_has_is_left() -> None:
    current = edited(BILL, DueDate="2027-01-31", DocNumber="X-1")
    change = change_of(BILL, current)
    assert change is not None
    fields = decide(change, (), Policy())
    written = dataclasses.replace(BILL, answer=edited(BILL, DueDate="2027-01-31", TxnDate="2026-10-05"))
    assert [field.change.field for field in drift.after_write(BILL, written, fields)] == ["DueDate"]


def test_versions_are_compared_by_their_numbers() -> None:
    assert drift.is_newer("10", "9")
    assert not drift.is_newer("9", "9")
    assert drift.is_newer("a", "9")


def test_when_and_by_whom_is_told_as_far_as_quickbooks_does() -> None:
    meta = {"LastUpdatedTime": "2026-11-28T02:00:00-08:00", "LastModifiedByRef": {"value": "4620"}}
    version = drift.version_of({"SyncToken": "3", "TotalAmt": D(5), "MetaData": meta})
    assert version == drift.EntityVersion("3", D(5), datetime(2026, 11, 28, 10, tzinfo=UTC), "4620")
    strange: list[Any] = [None, [], {"LastUpdatedTime": "soon", "LastModifiedByRef": ["x"]}]
    for about in strange:
        version = drift.version_of({"SyncToken": "3", "MetaData": about})
        assert (version.changed_at, version.changed_by) == (None, None)


ANSWER = {
    **BILL.answer,
    "TxnTaxDetail": {"TaxLine": [{"Amount": D(1), "TaxLineDetail": {"TaxRateRef": {"value": "9"}}}]},
}
PLACES = list(places(ANSWER))


@given(st.sampled_from(PLACES), JSON)
def test_a_strange_entity_is_compared_or_refused_as_one_that_cannot_be_read(path: tuple[Any, ...], value: Any) -> None:
    strange = broken(ANSWER, path, value)
    with suppress(LookupError, TypeError, ValueError, ArithmeticError):
        change_of(BILL, strange)
    with suppress(TypeError, ValueError, ArithmeticError):
        drift.version_of(strange)
