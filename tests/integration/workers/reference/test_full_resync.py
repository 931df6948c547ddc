"""After a longer pause than QuickBooks remembers, everything is read once and compared."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from mappers.documents.document import ENTITY_TYPES
from store.companies import QboCompany
from store.history import ActionRow
from store.reference import QUICKBOOKS, Entry, KnownEntity
from tests.stage import REALM, Stage
from workers import catch_up
from workers.reference import changes

PENS = {"name": "Pens", "quantity": 10, "price": "5.40", "account": "Office Supplies"}
POSTAGE, SUPPLIES = "100", "42"


def away_for(stage: Stage, days: int) -> int:
    """Say that the changes were last read so many days ago; returns the number of the company."""
    with stage.runtime.write() as (session, moment):
        company = session.scalars(select(QboCompany)).one()
        company.changes_since = moment - timedelta(days=days)
    stage.quickbooks.delete("requests")
    return company.id


def known_ids(stage: Stage) -> set[str]:
    """Return the ids of the bills that QuickBooks is known to hold."""
    with stage.runtime.read() as (session, _):
        return set(session.scalars(select(KnownEntity.qbo_id).where(KnownEntity.type == "Bill")))


def account(stage: Stage, key: str) -> Entry:
    """Return our copy of an account."""
    with stage.runtime.read() as (session, _):
        statement = select(Entry).where(Entry.side == QUICKBOOKS, Entry.kind == "account", Entry.key == key)
        return session.scalars(statement).one()


def notes(stage: Stage) -> list[ActionRow]:
    """Return what the history says of reading everything."""
    with stage.runtime.read() as (session, _):
        return list(session.scalars(select(ActionRow).where(ActionRow.action == "everything read")))


def happenings(stage: Stage) -> tuple[str, str]:
    """Let a bill be deleted and an account renamed while nobody tells; returns the bill that is gone and the one that stays."""
    for number in ("S-1", "S-2"):
        stage.approved(number=f"INV-{number}", invoiceNumber=number, lines=[PENS])
    stage.settle()
    gone, stays = (bill["Id"] for bill in stage.bills())
    stage.quickbooks.post("webhooks", drop=1)
    stage.quickbooks.post(f"bill/{gone}?realm={REALM}", do="delete")
    stage.quickbooks.post(f"account/{POSTAGE}?realm={REALM}", set={"Name": "Postage and courier"})
    stage.quickbooks.post(f"account/{SUPPLIES}?realm={REALM}", do="merge", into=POSTAGE)
    return gone, stays


def test_what_changed_and_what_went_meanwhile_is_known_afterwards_and_its_cost_is_noted(stage: Stage) -> None:
    gone, stays = happenings(stage)
    assert {gone, stays} <= known_ids(stage)
    catch_up.read_changes(stage.runtime, away_for(stage, 40))
    assert (gone in known_ids(stage), stays in known_ids(stage)) == (False, True)
    assert account(stage, POSTAGE).name.endswith(":Postage and courier")
    assert account(stage, SUPPLIES).gone_at is not None
    assert [row.details["calls"] for row in notes(stage)] == [len(changes.LISTS) + 2 * len(ENTITY_TYPES) + 1]


def test_it_is_done_once_and_only_after_a_long_pause(stage: Stage) -> None:
    company = away_for(stage, 29)
    catch_up.read_changes(stage.runtime, company)
    assert notes(stage) == []
    away_for(stage, 31)
    for _ in range(2):
        catch_up.read_changes(stage.runtime, company)
    paths = [call["path"] for call in stage.quickbooks.get("requests")]
    assert sum(path.endswith("/cdc") for path in paths) == 2
    assert len(notes(stage)) == 1
