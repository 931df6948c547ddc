"""One supplier beside its vendor: what differs, what is guarded and asked, and what happened to both."""

from __future__ import annotations

import pytest

from store.history import ActionRow
from store.records import HELD, SUPPLIER
from store.reference import PRECORO, QUICKBOOKS
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from workers.errors import AmbiguousNameError, NoSuchEntryError
from workers.runtime import Runtime
from workers.suppliers.comparison import supplier_detail

OURS = {
    "id": 9001, "name": "Acme Supply", "city": "Springfield", "phone": "+1 555-0100", "accountNumber": "A-1",
    "contacts": [{"email": "sales@acme.example"}],
}  # fmt: skip
THEIRS = {
    "Id": "56", "DisplayName": "Acme Supply Inc", "AcctNum": "A-2", "PrimaryPhone": {"FreeFormNumber": "15550100"},
    "PrimaryEmailAddr": {"Address": "Sales@acme.example"}, "BillAddr": {"City": "Springfield"},
}  # fmt: skip
QUESTION = {"field": "account_number", "precoro": "A-1", "quickbooks": "A-2", "why": "guarded"}


@pytest.fixture
def both_sides(runtime: Runtime) -> Runtime:
    """Keep a pair with a question, a vendor in another currency, and a supplier without a vendor."""
    connection_id = rows.connected(runtime.store)
    rows.entry(runtime.store, PRECORO, SUPPLIER, "9001", "Acme Supply", details={"row": OURS})
    rows.entry(runtime.store, QUICKBOOKS, "vendor", "56", "Acme Supply Inc", details={"row": THEIRS})
    rows.entry(runtime.store, PRECORO, SUPPLIER, "9002", "Evergreen Catering")
    rows.entry(runtime.store, QUICKBOOKS, "vendor", "57", "Evergreen")
    rows.pair(runtime.store, connection_id, SUPPLIER, "9001", "56")
    rows.pair(runtime.store, connection_id, "supplier_in", "9001:EUR", "58")
    rows.suggestion(runtime.store, connection_id, SUPPLIER, "9002", "57", score=71)
    sent = {"vendor": "56", "agreed": None, "questions": [QUESTION]}
    rows.record(runtime.store, connection_id, "9001", kind=SUPPLIER, scope=1, idn=None, state=HELD, sent=sent)
    with runtime.write() as (session, _):
        session.add(
            ActionRow(at=rows.LONG_AGO, who="ann", action="pair", subject="supplier:9001", connection="widgets")
        )
        session.add(
            ActionRow(at=rows.LONG_AGO, who="bob", action="pair", subject="supplier:9001", connection="gadgets")
        )
    return runtime


@pytest.mark.parametrize("name", ["9001", "id:9001", "Acme Supply"])
def test_a_pair_is_compared_field_by_field(both_sides: Runtime, name: str) -> None:
    detail = supplier_detail(both_sides, "widgets", name)
    assert_frozen(detail)
    fields = {field.field: field for field in detail.fields}
    assert [name for name, field in fields.items() if field.differs] == ["name", "account_number"]
    assert [name for name, field in fields.items() if field.is_guarded] == ["account_number", "email"]
    assert [name for name, field in fields.items() if field.why_asked] == ["account_number"]
    assert (fields["phone"].precoro, fields["phone"].quickbooks) == ("+1 555-0100", "15550100")
    assert (detail.vendor, detail.vendor_name, detail.how, detail.state) == ("56", "Acme Supply Inc", "person", HELD)
    assert detail.in_currencies == {"EUR": "58"}
    assert [(happening.title, happening.details["who"]) for happening in detail.timeline] == [("pair", "ann")]


def test_a_supplier_without_a_vendor_has_what_it_may_be(both_sides: Runtime) -> None:
    detail = supplier_detail(both_sides, "widgets", "Evergreen Catering")
    assert_frozen(detail)
    assert (detail.vendor, detail.state, detail.timeline) == (None, "open", ())
    assert [(row.vendor_name, row.score, row.evidence) for row in detail.suggestions] == [
        ("Evergreen", 71, ("the same phone",))
    ]
    assert not any(field.differs for field in detail.fields)


def test_a_side_that_cannot_be_read_tells_nothing(both_sides: Runtime) -> None:
    rows.entry(both_sides.store, PRECORO, SUPPLIER, "9003", "Broken", details={"row": {"name": "Broken"}})
    detail = supplier_detail(both_sides, "widgets", "Broken")
    assert {field.precoro for field in detail.fields} == {None}


def test_what_is_not_there_or_not_clear_is_refused(both_sides: Runtime) -> None:
    with pytest.raises(NoSuchEntryError):
        supplier_detail(both_sides, "widgets", "Nobody")
    rows.entry(both_sides.store, PRECORO, SUPPLIER, "9004", "Acme Supply")
    with pytest.raises(AmbiguousNameError):
        supplier_detail(both_sides, "widgets", "Acme Supply")
