"""One Precoro company with several legal entities, each connected to books of its own."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from standins.consent import give_consent
from store.companies import Connection
from tests.stage import EMAIL, KEY, REALM, REDIRECT, house
from workers import clients, connect

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_a_document_goes_to_the_books_of_its_legal_entity_and_stays_one_record(tmp_path: Path, redis_url: str) -> None:
    with house(tmp_path, redis_url) as stage:
        stage.connect()
        entity = stage.approved(number="INV-600", lines=[PAPER])["legalEntity"]["id"]
        access = connect.PrecoroAccess(stage.precoro.url, EMAIL, KEY, legal_entity=str(entity))
        consent = give_consent(clients.oauth(stage.runtime, REDIRECT).authorise_url("state"), REALM)
        connect.connect(stage.runtime, access, consent["code"], REALM, redirect=REDIRECT, slug="entity")
        with stage.runtime.write() as (session, _):
            session.execute(update(Connection).where(Connection.slug != "entity").values(legal_entity="999"))
        stage.settle()
        invoice = stage.approved(number="INV-601", invoiceNumber="S-601", lines=[PAPER])
        stage.until_state(invoice, "synced")
        stage.act(invoice, "cancel")
        stage.settle()
        assert (stage.record(invoice).connection.slug, stage.record(invoice).state) == ("entity", "removed")
        assert len([one for one in stage.records() if one.precoro_id == str(invoice["id"])]) == 1
