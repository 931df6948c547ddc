"""The page of alerts."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from flask import Flask

from mappers.alerts.cause import KINDS, Kind
from store.alerts import AlertRow
from tests.integration.console.conftest import Visitor
from workers.alerts.duty import PAGE
from workers.alerts.look import OPERATIONS


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


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words(visitor: Visitor, kind: Kind) -> None:
    _keep(visitor, "widgets", kind=kind)
    visitor.sign_in("viewer")
    assert KINDS[kind] in unescape(visitor.get("/alerts").text)


def test_every_page_that_a_message_leads_to_is_one_of_the_console(console: Flask) -> None:
    adapter = console.url_map.bind("localhost")
    paths = ["operations", "attention", "attention/period_closed", "events"]
    for path in (PAGE, OPERATIONS, *(f"/c/widgets/{name}" for name in paths)):
        assert adapter.match(path, "GET")
