"""`tieout lists`, as a person gives it."""

from __future__ import annotations

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import REALM, Stage

FRESH = {"fresh": {"vendors": 40, "accounts": 80, "suppliers": 5}}


def test_a_dry_run_shows_the_plan_and_changes_nothing(stage: Stage, tieout: Tieout) -> None:
    done = tieout("lists", "import", "--list", "locations", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "update 3, unchanged 1" in done.output
    assert "the option gets the QuickBooks id" in done.output
    assert not [request for request in stage.precoro.get("requests") if request["method"] != "GET"]


def test_an_import_says_what_it_did_and_a_second_one_finds_nothing(stage: Stage, tieout: Tieout) -> None:
    done = tieout("lists", "import", "--list", "locations", "--yes", "--json")
    assert done.exit_code == 0, done.output
    shown = simplejson.loads(done.stdout)
    assert (shown["state"], shown["plan"]) == ("done", {"update": 3, "unchanged": 1})
    again = tieout("lists", "import", "--list", "locations", "--yes")
    assert "Nothing had to be changed." in again.output
    assert stage.precoro.rows("1", "documentcustomfields")[0]["options"][0]["externalId"]


def test_the_table_of_lists_shows_both_sides_the_field_and_the_default_accounts(stage: Stage, tieout: Tieout) -> None:
    stage.quickbooks.post(f"account/33?realm={REALM}", set={"Name": "Payables"})
    shown = tieout("lists", "show")
    assert shown.exit_code == 0, shown.output
    assert "QuickBooks Locations" in shown.stdout
    assert "Locations (document)" in shown.stdout
    shown = simplejson.loads(tieout("lists", "show", "--json").stdout)
    assert [row["name"] for row in shown["lists"]] == ["accounts", "customers", "classes", "locations"]
    assert [(default["use"], default["account"]) for default in shown["default_accounts"]] == [
        ("lines", None),
        ("products", None),
        ("accounts payable in USD", "Accounts Payable (A/P)"),
    ]


@pytest.mark.usefixtures("stage")
def test_entries_stand_beside_their_options_and_are_searched(tieout: Tieout) -> None:
    rows = simplejson.loads(tieout("lists", "entries", "accounts", "--search", "office supplies", "--json").stdout)
    assert {row["state"] for row in rows} == {"paired"}
    assert rows[0]["option_name"] == "Office Supplies"
    assert "paired" in tieout("lists", "entries", "accounts", "--state", "paired").stderr
    assert "There is no such entry." in tieout("lists", "entries", "accounts", "--search", "no such").stderr
    entries = simplejson.loads(
        tieout("connections", "entries", "account", "quickbooks", "--search", "office", "--json").stdout
    )
    assert rows[0]["entry"] in [entry["key"] for entry in entries if entry["is_paired"]]
    assert "Office Supplies" in tieout("connections", "entries", "account", "quickbooks", "--search", "office").stdout
    assert "No entry goes by that." in tieout("connections", "entries", "term", "precoro", "--search", "no such").stderr


def test_a_list_that_is_off_in_quickbooks_is_refused_with_the_place_to_switch_it_on(
    empty_stage: Stage, tieout: Tieout
) -> None:
    empty_stage.quickbooks.post("settings", preferences={"VendorAndPurchasesPrefs.TrackingByCustomer": False})
    empty_stage.connect()
    refused = tieout("lists", "import", "--list", "customers", "--yes")
    assert refused.exit_code == 1
    assert "QuickBooks does not track purchases by customer." in refused.output
    assert "QuickBooks does not track purchases by customer." in tieout("lists", "show").output


def test_a_default_account_cannot_be_left_out(stage: Stage, tieout: Tieout) -> None:
    tieout("settings", "set", "default_line_account=14")
    refused = tieout("lists", "choose", "accounts", "--leave-out", "Miscellaneous")
    assert refused.exit_code == 1
    assert "is the default account for lines, so it cannot be left out" in refused.output
    assert tieout("lists", "choose", "accounts", "--leave-out", "6800").exit_code == 0
    planned = tieout("lists", "update", "--list", "accounts", "--dry-run")
    assert "Account 6800 Training: switched off." in planned.output
    assert stage.runtime is not None


def test_an_account_that_is_inactive_but_a_default_is_a_problem_and_stays_on(stage: Stage, tieout: Tieout) -> None:
    tieout("settings", "set", "default_line_account=103")
    stage.quickbooks.post(f"account/103?realm={REALM}", do="deactivate")
    shown = simplejson.loads(tieout("lists", "update", "--list", "accounts", "--yes", "--json").stdout)
    problems = [change["sentence"] for change in shown["changes"] if change["what"] == "problem"]
    assert len(problems) == 1
    assert "inactive or gone in QuickBooks, but it is the default account for lines." in problems[0]
    options = stage.precoro.rows("1", "itemcustomfields")[0]["options"]
    assert next(option for option in options if option["name"] == "Training")["enable"] is True
    accounts = simplejson.loads(tieout("lists", "show", "--json").stdout)["default_accounts"]
    assert next(account for account in accounts if account["use"] == "lines")["wrong"].startswith(
        "Account Training is inactive"
    )


def test_what_is_chosen_decides_what_is_imported(empty_stage: Stage, tieout: Tieout) -> None:
    for service in (empty_stage.precoro, empty_stage.quickbooks):
        service.post("reset", seed=FRESH)
    empty_stage.connect()
    for arguments in (
        ("customers", "--only", "Store 14"),
        ("accounts", "--type", "Other Expense", "--also", "Checking"),
        ("classes", "--only", "Assembly", "--only", "Finance"),
    ):
        assert tieout("lists", "choose", *arguments).exit_code == 0
    assert tieout("lists", "choose", "accounts", "--also", "Accounts Payable (A/P)").exit_code == 1
    shown = simplejson.loads(tieout("lists", "import", "--dry-run", "--json").stdout)
    added = {change["sentence"] for change in shown["changes"] if change["what"] == "add"}
    assert {
        "Add customer Barton Creek Hardware.",
        "Add customer Store 14 under Barton Creek Hardware.",
        "Add account 1000 Checking.",
        "Add account 7000 Miscellaneous.",
        "Add class Assembly under Manufacturing.",
        "Add class Finance.",
    } < added
    assert len([sentence for sentence in added if "customer" in sentence]) == 2


@pytest.mark.usefixtures("stage")
def test_a_choice_says_how_much_stays_in_precoro_though_it_is_not_chosen_any_more(tieout: Tieout) -> None:
    says = "Cost of Goods Sold; 59 not chosen stay on in Precoro until left out"
    chosen = tieout("lists", "choose", "accounts", "--type", "Cost of Goods Sold")
    assert f"GL accounts: {says}." in chosen.stderr
    assert says in tieout("lists", "show").stdout
    left_out = tieout("lists", "choose", "accounts", "--leave-out", "Office Expenses")
    assert "Cost of Goods Sold, without 1; 58 not chosen stay on in Precoro until left out." in left_out.stderr


def test_a_list_goes_to_the_field_that_a_person_chose(stage: Stage, tieout: Tieout) -> None:
    stage.precoro.post("itemcustomfields", name="Kostenstelle")
    tieout("connections", "refresh", "widgets-inc")
    assert tieout("lists", "field", "classes", "Kostenstelle").exit_code == 0
    shown = simplejson.loads(tieout("lists", "show", "--json").stdout)
    classes = next(row for row in shown["lists"] if row["name"] == "classes")
    assert (classes["field_name"], classes["precoro"], classes["new"]) == ("Kostenstelle", 0, 12)
    assert tieout("lists", "field", "locations", "Kostenstelle").exit_code == 3, "that is a field of lines"
    tieout("lists", "field", "classes", "-")
    assert "QuickBooks Classes" in tieout("lists", "show").stdout


@pytest.mark.usefixtures("stage")
def test_what_a_list_can_be_chosen_from_is_shown(tieout: Tieout) -> None:
    assert "Expense" in tieout("lists", "choices", "accounts").stderr
    assert "Expense" in simplejson.loads(tieout("lists", "choices", "accounts", "--json").stdout)["types"]
