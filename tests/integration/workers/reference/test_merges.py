"""What QuickBooks merges: the pairs of the entry that is gone go on with the one that stays."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from store.companies import Connection, QboCompany
from store.history import ActionRow
from store.reference import QUICKBOOKS, Entry, Pair
from tests.stage import REALM, Stage
from workers.connections import settings as connection_settings
from workers.documents import views

SUPPLIES, POSTAGE = "42", "100"
NEW: dict[str, dict[str, Any]] = {
    "class": {"Name": "Everything else"},
    "customer": {"DisplayName": "Everybody else"},
    "item": {"Name": "Something else", "Type": "NonInventory", "ExpenseAccountRef": {"value": SUPPLIES}},
}
PENS = {"name": "Pens", "quantity": 10, "price": "5.40", "account": "Office Supplies"}


def paired(stage: Stage, kind: str, qbo_key: str) -> list[str]:
    with stage.runtime.read() as (session, _):
        keys = select(Pair.precoro_key).where(Pair.kind == kind, Pair.qbo_key == qbo_key).order_by(Pair.precoro_key)
        return list(session.scalars(keys))


def merge(stage: Stage, entity: str, gone: str, stays: str) -> None:
    stage.quickbooks.post(f"{entity}/{gone}?realm={REALM}", do="merge", into=stays)
    stage.until(lambda: not paired(stage, "account" if entity == "account" else "supplier", gone), "the pair to move")


@pytest.mark.parametrize("style", ["cloudevents", "classic"])
def test_a_bill_goes_to_the_account_that_its_account_was_merged_into(stage: Stage, style: str) -> None:
    stage.quickbooks.post("webhooks", format=style)
    option = paired(stage, "account", SUPPLIES)
    merge(stage, "account", SUPPLIES, POSTAGE)
    assert set(option) < set(paired(stage, "account", POSTAGE))
    stage.approved(number="INV-400", invoiceNumber="S-400", lines=[PENS])
    stage.settle()
    detail = stage.bills()[0]["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["AccountRef"]["value"] == POSTAGE


def test_a_supplier_goes_on_with_the_vendor_that_stays_and_the_history_says_so(stage: Stage) -> None:
    supplier = paired(stage, "supplier", "57")
    merge(stage, "vendor", "57", "56")
    assert set(supplier) < set(paired(stage, "supplier", "56"))
    with stage.runtime.read() as (session, _):
        row = session.scalars(select(ActionRow).where(ActionRow.action == "merge")).one()
        assert (row.who, row.subject, row.details) == (
            "QuickBooks",
            f"supplier:{supplier[0]}",
            {"before": "57", "after": "56"},
        )
        gone = session.scalars(select(Entry).where(Entry.side == QUICKBOOKS, Entry.kind == "vendor", Entry.key == "57"))
        assert gone.one().gone_at is not None


def test_a_default_account_that_was_merged_is_the_one_that_stays(stage: Stage) -> None:
    connection_settings.change(stage.runtime, "widgets-inc", {"default_line_account": SUPPLIES}, "ann")
    merge(stage, "account", SUPPLIES, POSTAGE)
    with stage.runtime.read() as (session, _):
        assert session.get_one(Connection, 1).policy["default_line_account"] == POSTAGE


@pytest.mark.parametrize("entity", ["account", "vendor"])
def test_a_bill_that_quickbooks_moved_to_the_entry_that_stays_is_not_changed_by_people(
    stage: Stage, entity: str
) -> None:
    invoice = stage.approved(number="INV-400", invoiceNumber="S-400", lines=[PENS])
    stage.until_state(invoice, "synced")
    stage.settle()
    [bill] = stage.bills()
    gone, stays = (SUPPLIES, POSTAGE) if entity == "account" else (bill["VendorRef"]["value"], "57")
    merge(stage, entity, gone, stays)
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"DueDate": "2026-12-24"})
    stage.until(lambda: views.document(stage.runtime, "INV-400").drift is not None, "the other change")
    stage.settle()
    drift = views.document(stage.runtime, "INV-400").drift
    assert drift is not None
    assert [field.name for field in drift.fields] == ["Due date"]
    [moved] = stage.bills()
    kept = moved["VendorRef"] if entity == "vendor" else moved["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]
    assert kept["value"] == stays
    assert stage.record(invoice).state == "synced"
    assert "changed_without_revision" not in [note["code"] for note in stage.record(invoice).notes]


@pytest.mark.parametrize("entity", ["class", "customer", "item"])
def test_pairs_of_every_list_move_to_the_entry_that_stays(stage: Stage, entity: str) -> None:
    rows = [row for row in stage.entities(entity) if row.get("Active", True)]
    pairs = [str(row["Id"]) for row in rows if paired(stage, entity, str(row["Id"]))]
    if len(pairs) < 2:
        made = stage.quickbooks.post(f"{entity}?realm={REALM}", **NEW[entity])
        stays = str(made["Id"])
    else:
        stays = pairs[1]
    keys = paired(stage, entity, pairs[0])
    stage.quickbooks.post(f"{entity}/{pairs[0]}?realm={REALM}", do="merge", into=stays)
    stage.until(lambda: not paired(stage, entity, pairs[0]), "the pair to move")
    assert set(keys) <= set(paired(stage, entity, stays))


@pytest.mark.parametrize("entity", ["account", "vendor"])
def test_a_merge_whose_event_is_lost_shows_in_what_was_sent(stage: Stage, entity: str) -> None:
    stage.quickbooks.post("settings", merge_leaves="deleted")
    invoice = stage.approved(number="INV-400", invoiceNumber="S-400", lines=[PENS])
    stage.until_state(invoice, "synced")
    stage.settle()
    [bill] = stage.bills()
    gone, stays = (SUPPLIES, POSTAGE) if entity == "account" else (bill["VendorRef"]["value"], "57")
    kind = "account" if entity == "account" else "supplier"
    keys = paired(stage, kind, gone)
    stage.quickbooks.post("webhooks", drop=1.0)
    stage.quickbooks.post(f"{entity}/{gone}?realm={REALM}", do="merge", into=stays)
    with stage.runtime.write() as (session, _):
        session.get_one(QboCompany, 1).changes_read_at = None  # an hour later
    stage.until(lambda: not paired(stage, kind, gone), "the pair to move")
    assert set(keys) <= set(paired(stage, kind, stays))
    stage.settle()
    assert views.document(stage.runtime, "INV-400").drift is None
    assert stage.record(invoice).state == "synced"
