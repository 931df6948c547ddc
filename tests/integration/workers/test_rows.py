"""One strange row, entry or answer keeps nothing else from being found, on either database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from outbound.quota import UnlimitedBudget
from precoro_client.client import PrecoroClient
from store.base import Store, now
from store.companies import Connection
from store.reference import Entry, KnownEntity
from tests.rows import connection
from tests.scripted_server import ScriptedServer, answer
from tests.stage import Stage
from tests.unit.noise import JSON, broken, places
from workers import catch_up
from workers.records import writes
from workers.reference import books
from workers.reference import cache as reference

FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
QUICKBOOKS: dict[str, dict[str, Any]] = {
    "Account": {"Id": "7", "Name": "Rent", "FullyQualifiedName": "Rent", "AccountType": "Expense", "Active": True,
                "AcctNum": "6100", "CurrencyRef": {"value": "USD"}, "ParentRef": {"value": "3"}},
    "Vendor": {"Id": "56", "DisplayName": "Acme Supply", "Active": True, "CurrencyRef": {"value": "USD"}, "AcctNum": "C-1",
               "BillAddr": {"Line1": "1 Main St", "City": "Boise"}, "PrimaryEmailAddr": {"Address": "ar@acme.example"},
               "PrimaryPhone": {"FreeFormNumber": "555"}, "MetaData": {"LastUpdatedTime": "2026-11-02T10:00:00-07:00"}},
    "Class": {"Id": "2", "Name": "East", "FullyQualifiedName": "All:East", "ParentRef": {"value": "1"}},
    "Item": {"Id": "9", "Name": "Paper", "Type": "Service", "Sku": "P-1", "ExpenseAccountRef": {"value": "7"}},
    "Term": {"Id": "3", "Name": "Net 30"},
    "TaxRate": {"Id": "4", "Name": "VAT 20", "RateValue": 20, "AgencyRef": {"value": "1"}, "SpecialTaxType": "NONE",
                "EffectiveTaxRate": [{"RateValue": 20, "EffectiveDate": "2011-01-04", "EndDate": "2030-01-01"}]},
    "TaxCode": {"Id": "5", "Name": "20.0% S", "Description": "Standard", "Hidden": False, "PurchaseTaxRateList":
                {"TaxRateDetail": [{"TaxRateRef": {"value": "4"}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}]}},
}  # fmt: skip
PRECORO: dict[str, dict[str, Any]] = {
    "supplier": {"id": 9001, "name": "Acme Supply", "enable": True, "status": 2, "currencies": [{"code": "USD"}], "externalId": "x",
                 "contacts": {"data": [{"email": "ar@acme.example"}]}, "taxPayerNumber": "12-345", "legalAddress": "1 Main St"},
    "item": {"id": 3301, "name": "Paper", "sku": "P-1", "externalId": None, "qboId": "9", "enable": True},
    "tax": {"id": 11, "name": "VAT 20", "value": "20.00", "isWithholdingTax": False, "externalId": None},
    "term": {"id": 4, "name": "Net 30"},
}  # fmt: skip
BILL: dict[str, Any] = {
    "Id": "88", "DocNumber": "INV-7", "TotalAmt": 540, "TxnDate": "2026-11-02", "VendorRef": {"value": "56"}, "PrivateNote": "Paper",
}  # fmt: skip


@pytest.fixture
def serving(store: Store) -> Connection:
    """Return a connection between two companies."""
    with store.write() as session:
        loaded = connection(session)
        assert loaded.qbo.id
        assert loaded.precoro.id
    return loaded


def in_rows(rows: dict[str, dict[str, Any]]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Return kinds of rows, each with something else at one place."""
    everywhere = [(kind, path) for kind, row in rows.items() for path in places(row)]
    return st.builds(lambda at, value: (at[0], broken(rows[at[0]], at[1], value)), st.sampled_from(everywhere), JSON)


def kept(store: Store, key: str) -> bool:
    """Say whether a list entry was kept, and forget all of them."""
    with store.write() as session:
        exists = session.scalar(select(Entry.id).where(Entry.key == key)) is not None
        session.execute(delete(Entry))
    return exists


NOT_A_RATE = broken(QUICKBOOKS["TaxRate"], ("EffectiveTaxRate", 0, "RateValue"), "NaN")


@FUZZ
@given(strange=in_rows(QUICKBOOKS))
@example(strange=("TaxRate", NOT_A_RATE))
def test_a_strange_row_of_quickbooks_keeps_no_other_from_being_kept(
    store: Store, serving: Connection, strange: tuple[str, dict[str, Any]]
) -> None:
    kind, row = strange
    with store.write() as session:
        reference.keep_quickbooks(session, serving.qbo, kind, [row, {**QUICKBOOKS[kind], "Id": "good"}], now(session))
    assert kept(store, "good")


@pytest.mark.parametrize("mark", ["\x00", "\ud800"], ids=["NUL", "half a surrogate pair"])
def test_a_name_with_a_mark_that_no_database_keeps_is_kept_without_it(
    store: Store, serving: Connection, mark: str
) -> None:
    row = {**QUICKBOOKS["Account"], "Name": f"Rent{mark}", "FullyQualifiedName": f"Rent{mark}", "Id": "good"}
    with store.write() as session:
        reference.keep_quickbooks(session, serving.qbo, "Account", [row], now(session))
        assert session.scalar(select(Entry.name).where(Entry.key == "good")) == "Rent"


@FUZZ
@given(strange=in_rows(PRECORO))
def test_a_strange_row_of_precoro_keeps_no_other_from_being_kept(
    store: Store, serving: Connection, strange: tuple[str, dict[str, Any]]
) -> None:
    kind, row = strange
    with store.write() as session:
        reference.keep_precoro(session, serving.precoro_id, kind, [row, {**PRECORO[kind], "id": "good"}], now(session))
    assert kept(store, "good")


@pytest.mark.parametrize("value", ["NaN", "a fifth", {"percent": 20}])
def test_a_tax_whose_percentage_is_no_number_keeps_no_other_from_being_read(
    store: Store, serving: Connection, value: object
) -> None:
    rows = [{**PRECORO["tax"], "value": value}, {**PRECORO["tax"], "id": 12}]
    with store.write() as session:
        reference.keep_precoro(session, serving.precoro_id, "tax", rows, now(session))
        assert [tax.id for tax in books.taxes(session, serving)] == [12]


@FUZZ
@given(strange=in_rows({"Bill": BILL}))
def test_a_strange_bill_keeps_no_other_from_being_remembered(
    store: Store, serving: Connection, strange: tuple[str, dict[str, Any]]
) -> None:
    with store.write() as session:
        writes.keep_entities(session, serving.qbo_id, "Bill", [strange[1], {**BILL, "Id": "good"}])
        assert session.scalar(select(KnownEntity.id).where(KnownEntity.qbo_id == "good")) is not None
        session.execute(delete(KnownEntity))


def test_documents_beside_a_row_without_an_id_are_found(stage: Stage, serve: Callable[..., ScriptedServer]) -> None:
    rows = [
        {"idn": 1, "status": 2},
        {"id": {"x": 1}, "status": 2},
        {"id": 901, "idn": {"no": 1}, "status": 2},
    ]
    server = serve(answer(200, {"data": [*rows, {"id": 903, "idn": 8, "status": 2}]}))
    client = PrecoroClient(base_url=server.url, email="ann@widgets.example", key="k", quota=UnlimitedBudget())
    with stage.runtime.read() as (session, moment):
        serving = session.scalars(select(Connection)).one()
    catch_up.request_modified_since(stage.runtime, serving, client, "invoice", moment - timedelta(hours=1))
    assert [(record.precoro_id, record.idn) for record in stage.records()] == [("901", None), ("903", "8")]
