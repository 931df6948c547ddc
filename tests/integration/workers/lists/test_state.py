"""How each list is set up in a connection, and which options stand for which entries."""

from __future__ import annotations

import time

import pytest

from store.companies import Connection
from tests.integration.workers.lists.both_sides import (
    SLUG,
    account,
    import_lists,
    options,
    pairs_of,
)
from tests.stage import REALM, Stage
from workers.connections import commands as connection_commands
from workers.errors import ListNotOfferedError
from workers.lists import mirror


def test_classes_go_to_the_level_that_quickbooks_has_them_on(stage: Stage) -> None:
    stage.quickbooks.post("settings", preferences={"AccountingInfoPrefs.ClassTrackingPerTxnLine": False})
    copy_preferences(stage)
    with pytest.raises(ListNotOfferedError, match="Classes are off in QuickBooks"):
        mirror.arguments(stage.runtime, SLUG, ["classes"], "all")
    assert "classes" not in mirror.arguments(stage.runtime, SLUG, [], "all")["lists"]
    stage.quickbooks.post("settings", preferences={"AccountingInfoPrefs.ClassTrackingPerTxn": True})
    copy_preferences(stage)
    planned = import_lists(stage, "classes")
    assert [change.subject for change in planned] == ["list:classes"]
    assert planned[0].sentence == "Precoro has no document custom field for classes."
    assert planned[0].remedy
    assert planned[0].remedy.words.startswith("Create a drop-down named QuickBooks Classes there")


def copy_preferences(stage: Stage) -> None:
    """Let our copy of QuickBooks' preferences be what QuickBooks has."""
    with stage.runtime.read() as (session, _):
        connection = session.get_one(Connection, 1)
        company = connection.qbo
    preferences = stage.quickbooks.rows(REALM, "preferences")[0]
    with stage.runtime.write() as (session, _):
        session.merge(company).preferences = preferences


def test_connecting_pairs_an_option_only_with_the_entry_in_the_same_place(stage: Stage) -> None:
    assert len(pairs_of(stage, "account")) == 64
    account(stage, "Meals", ParentRef={"value": "22"}, SubAccount=True)
    advertising = options(stage)["Advertising"]["id"]
    stage.precoro.post("options", field="QuickBooks Accounts", name="Meals", parent=advertising)
    connection_commands.refresh(stage.runtime, SLUG, "ann")
    meals = str(options(stage)["Meals"]["id"])
    assert meals not in pairs_of(stage, "account")
    stage.precoro.post(f"options/{meals}", set={"parent": options(stage)["Travel"]["id"]})
    time.sleep(2 * stage.runtime.settings.reread_after)
    connection_commands.refresh(stage.runtime, SLUG, "ann")
    assert meals in pairs_of(stage, "account")
