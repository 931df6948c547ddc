"""The page of alerts."""

from __future__ import annotations

from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask

from mappers.alerts.cause import ALERT_KINDS, Kind
from store.alerts import AlertRow
from tests.integration.console.conftest import Visitor
from tests.integration.console.test_access import ACCESS
from workers.alerts import commands, sending
from workers.alerts.duty import PAGE
from workers.alerts.look import OPERATIONS
from workers.alerts.sending import NotSentError


def _keep(
    visitor: Visitor, connection: str | None, *, solved: bool = False, kind: Kind = "held", **values: Any
) -> None:
    """Keep an alert about a connection."""
    with visitor.runtime.write() as (session, moment):
        page = f"/c/{connection}/attention" if connection else "/operations"
        shown = {"sentence": f"Something in {connection}.", "page": page, "records": 3, "amounts": {"USD": "12.5"}}
        times = {"begun_at": moment, "told_at": moment, "solved_at": moment if solved else None}
        session.add(
            AlertRow(
                key=f"{kind}:{connection}:{solved}", kind=kind, connection=connection, **{**shown, **values}, **times
            )
        )


def test_what_is_there_and_what_is_over_stand_apart_with_their_figures(visitor: Visitor) -> None:
    _keep(visitor, "widgets")
    _keep(visitor, "gadgets", solved=True)
    visitor.sign_in()
    page = visitor.get("/alerts").text
    assert "Something in widgets." in page
    assert "USD 12.50" in page
    assert 'href="/c/widgets/attention"' in page
    assert "Something in gadgets." not in page
    assert "Something in gadgets." in visitor.get("/alerts?solved=1").text


def test_a_person_sees_the_alerts_of_their_connections_only(visitor: Visitor) -> None:
    for connection in ("widgets", "gadgets", None):
        _keep(visitor, connection)
    visitor.sign_in("viewer", "gadgets")
    page = visitor.get("/alerts").text
    assert "Something in gadgets." in page
    assert "Something in widgets." not in page
    assert "Something in None." not in page


def test_names_of_others_are_only_names(visitor: Visitor) -> None:
    _keep(visitor, "widgets", sentence="<img src=x onerror=alert(1)>\u202e")
    visitor.sign_in()
    page = visitor.get("/alerts").text
    assert "<img src=x" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("kind", ALERT_KINDS)
def test_every_kind_has_its_words(visitor: Visitor, kind: Kind) -> None:
    _keep(visitor, "widgets", kind=kind)
    visitor.sign_in("viewer")
    assert ALERT_KINDS[kind] in unescape(visitor.get("/alerts").text)


def test_every_page_that_a_message_leads_to_is_one_of_the_console(console: Flask) -> None:
    adapter = console.url_map.bind("localhost")
    paths = ["operations", "attention", "attention/period_closed", "events", "changed-in-quickbooks", "tie-out"]
    for path in (PAGE, OPERATIONS, *(f"/c/widgets/{name}" for name in paths)):
        assert adapter.match(path, "GET")


def test_an_administrator_adds_tries_and_removes_a_channel(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.get("/alerts/channels")
    address = "jsons://hooks.widgets.example/hush-hush"
    page = visitor.follow("/alerts/channels/add", name="ops", address=address, connection="widgets")
    assert "webhook at hooks.widgets.example" in page
    assert "hush-hush" not in page
    with patch.object(sending, "send") as send:
        assert "has taken the test" in visitor.follow("/alerts/channels/test", name="ops")
        assert send.call_args.args[:2] == (address, commands.TEST)
    with patch.object(sending, "send", side_effect=NotSentError("It is closed.")):
        assert "ops did not take the message: It is closed." in visitor.follow("/alerts/channels/test", name="ops")
    assert "It is closed." in visitor.get("/alerts/channels").text
    assert "None yet." in visitor.follow("/alerts/channels/remove", name="ops")


def test_what_is_refused_is_read_on_the_page(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.get("/alerts/channels")
    page = visitor.follow("/alerts/channels/add", name="ops", address="jsons://127.0.0.1/hush-hush")
    assert "127.0.0.1 is not on the Internet" in page
    assert "hush-hush" not in page
    assert "There is no channel ops." in visitor.follow("/alerts/channels/test", name="ops")


def test_only_an_administrator_of_all_connections_who_proves_it_changes_channels(visitor: Visitor) -> None:
    for act in ("add", "test", "remove"):
        assert ACCESS[f"alerts.{act}"].needs_proof, act
    visitor.sign_in("admin", "gadgets")
    assert visitor.get("/alerts/channels").status_code == 403
    assert "/alerts/channels" not in visitor.get("/alerts").text
    assert visitor.post("/alerts/channels/add", name="ops", address="gchat://a/b/c").status_code == 403
