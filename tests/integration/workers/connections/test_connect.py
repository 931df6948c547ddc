"""Connecting, connecting again, a new key, and the end of a connection: what stays, what is refused, and what is kept fresh."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mappers.remedies import Act, Remedy
from outbound.errors import RemoteError
from standins.consent import give_consent
from store import companies
from store.companies import Connection, QboCompany
from store.reference import Pair
from tests.integration.workers.documents.test_orders_and_abroad import UK
from tests.stage import EMAIL, KEY, REALM, REDIRECT, Stage, house
from workers import clients, lookup
from workers.connections import commands as connection_commands
from workers.connections import connect
from workers.connections.connect import PrecoroAccess
from workers.errors import CompanyRefusedError, ConnectError
from workers.lookup import connection_named
from workers.reference import company

SLUG = "widgets-inc"
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
ORDER = {"supplier": "Acme Supply", "lines": [PAPER]}


@pytest.fixture
def empty(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house in which nothing is connected."""
    with house(tmp_path, redis_url) as opened:
        yield opened


def connection(stage: Stage, slug: str = SLUG) -> Connection:
    with stage.runtime.read() as (session, _):
        return next(connection for connection in lookup.connections(session) if connection.slug == slug)


def pairs(stage: Stage) -> int:
    with stage.runtime.read() as (session, _):
        return len(session.scalars(select(Pair)).all())


def consent(stage: Stage, realm: str = REALM) -> str:
    return give_consent(clients.oauth(stage.runtime, REDIRECT).authorise_url("state"), realm)["code"]


def reconnect(stage: Stage, realm: str = REALM) -> None:
    connection_commands.reconnect(stage.runtime, SLUG, consent(stage, realm), realm, redirect=REDIRECT, who="ann")


def look_again(stage: Stage) -> None:
    """Let a day pass since the company was looked at."""
    with stage.runtime.write() as (session, _):
        session.execute(update(QboCompany).values(checked_at=None))
    stage.tick()


def calls(stage: Stage, *names: str) -> int:
    return sum(1 for request in stage.quickbooks.get("requests") if any(name in request["path"] for name in names))


@pytest.mark.parametrize("plan", ["Simple Start", "Essentials"])
def test_an_edition_that_is_too_small_is_refused_and_says_why(empty: Stage, plan: str) -> None:
    empty.quickbooks.post("settings", plan=plan)
    with pytest.raises(CompanyRefusedError, match=f"QuickBooks Online {plan}, which has no purchase orders"):
        empty.connect()
    with empty.runtime.read() as (session, _):
        assert companies.connection_named(session, SLUG) is None


def test_connecting_the_same_companies_again_keeps_pairs_address_live_moment_and_a_pause(stage: Stage) -> None:
    connection_commands.pause(stage.runtime, SLUG, "ann")
    before, paired, address = connection(stage), pairs(stage), stage.webhook
    stage.connect(live=False)
    after = connection(stage)
    assert (after.id, after.live_at, after.state) == (before.id, before.live_at, "paused")
    assert (pairs(stage), stage.webhook) == (paired, address)


def test_disconnecting_gives_the_permission_back_and_keeps_pairs_and_what_comes_in_waits(stage: Stage) -> None:
    paired = pairs(stage)
    assert connect.disconnect(stage.runtime, SLUG, "ann") == [SLUG]
    assert calls(stage, "/tokens/revoke") == 1
    assert (connection(stage).qbo.access_token, connection(stage).qbo.refresh_token) == ("", "")
    assert connect.disconnect(stage.runtime, SLUG, "ann") == [SLUG]
    assert calls(stage, "/tokens/revoke") == 1
    invoice = stage.approved(number="INV-700", invoiceNumber="S-700", lines=[PAPER])
    stage.until(stage.records, "the event")
    stage.tick()
    assert (connection(stage).state, pairs(stage), stage.bills()) == ("disconnected", paired, [])
    reconnect(stage)
    stage.until_state(invoice, "synced")


def test_a_disconnection_that_intuit_does_not_answer_changes_nothing(stage: Stage) -> None:
    stage.quickbooks.post("faults", match={"path": "/v2/oauth2/tokens/revoke"}, fault="503", times=1)
    with pytest.raises(Exception, match="sign-in service"):
        connect.disconnect(stage.runtime, SLUG, "ann")
    assert connection(stage).state == "connected"


def test_connecting_again_refuses_another_company_and_another_environment(stage: Stage) -> None:
    with pytest.raises(ConnectError, match=f"belongs to company {REALM}"):
        reconnect(stage, UK[0])
    with stage.runtime.write() as (session, _):
        session.execute(update(QboCompany).values(environment="production"))
    with pytest.raises(ConnectError, match="belongs to a production company, and TIEOUT_QBO_ENVIRONMENT is sandbox"):
        reconnect(stage)


def test_a_code_of_another_company_replaces_no_tokens_whatever_realm_it_came_with(stage: Stage) -> None:
    before = connection(stage).qbo
    with pytest.raises(RemoteError):
        connection_commands.reconnect(stage.runtime, SLUG, consent(stage, UK[0]), REALM, redirect=REDIRECT, who="ann")
    after = connection(stage).qbo
    assert (after.access_token, after.refresh_token) == (before.access_token, before.refresh_token)


def test_a_consent_that_led_nowhere_is_given_back(empty: Stage) -> None:
    empty.quickbooks.post("settings", plan="Essentials")
    with pytest.raises(CompanyRefusedError):
        empty.connect()
    assert calls(empty, "/tokens/revoke") == 1


def test_a_permission_that_another_connection_lives_on_is_not_given_back(stage: Stage) -> None:
    stage.quickbooks.post("settings", plan="Essentials")
    with pytest.raises(CompanyRefusedError):
        stage.connect(live=False)
    assert calls(stage, "/tokens/revoke") == 0


def test_it_is_said_who_disconnected_a_connection_and_when(stage: Stage) -> None:
    with stage.runtime.read() as (session, _):
        assert lookup.why_disconnected(session, SLUG) == "QuickBooks no longer accepts it."
    connect.disconnect(stage.runtime, SLUG, "ann")
    with stage.runtime.read() as (session, moment):
        assert lookup.why_disconnected(session, SLUG) == f"Disconnected by ann on {moment:%Y-%m-%d}."
    reconnect(stage)
    with stage.runtime.read() as (session, _):
        assert lookup.why_disconnected(session, SLUG) == "QuickBooks no longer accepts it."


def test_connecting_again_leaves_a_sibling_paused_that_a_person_paused(stage: Stage) -> None:
    connection_commands.pause(stage.runtime, SLUG, "ann")
    reconnect(stage)
    assert connection(stage).state == "paused"


def test_a_new_precoro_key_keeps_everything_and_one_of_another_company_is_refused(stage: Stage) -> None:
    with pytest.raises(ConnectError, match="belongs to another Precoro company"):
        connect.change_key(stage.runtime, SLUG, UK[2], "ann", UK[1])
    new: str = stage.precoro.post("keys", company=1, do="rotate")["key"]
    before = connection(stage)
    connect.change_key(stage.runtime, SLUG, new, "ann")
    invoice = stage.approved(number="INV-701", invoiceNumber="S-701", lines=[PAPER])
    stage.until_state(invoice, "synced")
    after = connection(stage)
    assert (after.precoro.webhook_digest, after.live_at) == (before.precoro.webhook_digest, before.live_at)


def test_when_a_legal_entity_must_be_chosen_they_are_listed_by_name(stage: Stage) -> None:
    stage.precoro.post("settings", identical_per_minute=4)  # as often its lists are read, at once
    with pytest.raises(
        ConnectError, match=r"serves all legal entities.*Widgets Inc \(2\).*Choose one of them"
    ) as caught:
        stage.connect(realm=UK[0], slug="leeds")
    assert caught.value.remedy == Remedy("Choose one of them.", (Act("connect_legal_entity"),))
    with pytest.raises(ConnectError, match=r"no legal entity Widgets East.*Widgets Inc \(2\)"):
        stage.connect(realm=UK[0], slug="leeds", legal_entity="Widgets East")
    stage.connect(realm=UK[0], slug="leeds", legal_entity="Widgets Inc")
    assert connection(stage, "leeds").legal_entity == "2"


def test_one_precoro_company_is_not_connected_with_two_keys_because_it_would_send_twice(stage: Stage) -> None:
    with stage.runtime.write() as (session, _):
        connection_named(session, SLUG).precoro.email = "bob@widgets.example"
    access = PrecoroAccess(stage.precoro.url, EMAIL, KEY)
    with pytest.raises(ConnectError, match=r"connected already, with the key of bob@widgets\.example"):
        connect.connect(stage.runtime, access, "unused", REALM, redirect=REDIRECT)


def test_the_company_is_looked_at_once_a_day_with_two_calls_and_not_without_cause(stage: Stage) -> None:
    stage.tick()
    assert calls(stage, "/preferences", "/companyinfo") == 0
    look_again(stage)
    assert calls(stage, "/preferences", "/companyinfo") == 2
    stage.tick()
    assert calls(stage, "/preferences", "/companyinfo") == 2
    with stage.runtime.read() as (session, moment):
        assert company.companies_due(session, moment, stage.runtime.settings) == set()


def order(stage: Stage) -> dict[str, Any]:
    created: dict[str, Any] = stage.precoro.post("purchaseorders", company=1, **ORDER)
    return stage.act(created, "approve", "purchaseorders")


def test_a_company_that_shrinks_to_essentials_holds_orders_says_so_and_goes_on_when_it_grows_again(
    stage: Stage,
) -> None:
    with stage.runtime.write() as (session, _):
        connection_named(session, SLUG).policy = {**connection_named(session, SLUG).policy, "send": "both"}
    stage.quickbooks.post("settings", plan="Essentials")
    look_again(stage)
    held, invoice = order(stage), stage.approved(number="INV-702", invoiceNumber="S-702", lines=[PAPER])
    stage.until_state(held, "held")
    stage.until_state(invoice, "synced")
    assert [problem.code for problem in stage.record(held).problems] == ["edition_too_small"]
    stage.quickbooks.post("settings", plan="Plus")
    connection_commands.refresh(stage.runtime, SLUG, "ann")
    stage.until_state(held, "synced")


def test_a_subscription_that_ended_lets_the_connection_rest_and_says_why(stage: Stage) -> None:
    stage.quickbooks.post("settings", subscription="EXPIRED")
    look_again(stage)
    resting = connection(stage)
    assert resting.backoff_until is not None
    assert "subscription of Widgets Inc has ended" in (resting.backoff_reason or "")


def test_a_switch_in_quickbooks_is_read_again_when_an_event_tells_of_it(stage: Stage) -> None:
    wanted = {"OtherPrefs.VendorAndPurchasesPrefs.PurchseOrderEnabled": False}
    stage.quickbooks.post("settings", preferences={"AccountingInfoPrefs.TrackDepartments": False} | wanted)
    stage.quickbooks.post(f"preferences/1?realm={REALM}", set={"AccountingInfoPrefs.TrackDepartments": False})
    stage.until(
        lambda: not connection(stage).qbo.preferences["AccountingInfoPrefs"]["TrackDepartments"], "the preferences"
    )
