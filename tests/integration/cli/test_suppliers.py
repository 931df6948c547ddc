"""`tieout suppliers`, as a person gives it."""

from __future__ import annotations

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import REALM, Stage


@pytest.mark.usefixtures("stage")
def test_the_list_shows_pairs_suggestions_with_evidence_and_what_only_one_side_has(tieout: Tieout) -> None:
    assert tieout("suppliers", "sync", "--yes").exit_code == 0
    shown = tieout("suppliers", "list")
    assert shown.exit_code == 0, shown.output
    assert "28 paired" in shown.stdout
    shown = simplejson.loads(tieout("suppliers", "list", "--json").stdout)
    assert len(shown["paired"]) == 28
    baxter = next(suggestion for suggestion in shown["suggested"] if suggestion["name"] == "Baxter and Sons")
    assert (baxter["vendor"], baxter["score"] >= 50, bool(baxter["evidence"])) == ("59", True, True)
    assert "Harbor Property Management" in [vendor["name"] for vendor in shown["quickbooks_only"]]


@pytest.mark.usefixtures("stage")
def test_one_supplier_is_shown_beside_its_vendor_and_lists_are_searched(tieout: Tieout) -> None:
    tieout("suppliers", "pair", "Baxter and Sons", "Baxter & Sons Ltd")
    searched = simplejson.loads(tieout("suppliers", "list", "--search", "baxter", "--json").stdout)
    assert [pair["name"] for pair in searched["paired"]] == ["Baxter and Sons"]
    assert tieout("suppliers", "list", "--search", "baxter").stdout.startswith("1 paired, 0 suggestions")
    detail = simplejson.loads(tieout("suppliers", "show", "Baxter and Sons", "--json").stdout)
    names = next(field for field in detail["fields"] if field["field"] == "name")
    assert (names["precoro"], names["quickbooks"], names["differs"]) == ("Baxter and Sons", "Baxter & Sons Ltd", True)
    assert [happening["title"] for happening in detail["timeline"] if happening["kind"] == "act"] == ["pair"]
    shown = tieout("suppliers", "show", "Baxter and Sons").stdout
    assert "Baxter & Sons Ltd (id 59)" in shown
    assert "account number" in shown
    assert tieout("suppliers", "show", "Nobody").exit_code == 3


@pytest.mark.usefixtures("stage")
def test_vendors_are_planned_for_the_suppliers_that_are_named_by_name_or_id_and_a_wrong_name_is_refused(
    tieout: Tieout,
) -> None:
    lists = simplejson.loads(tieout("suppliers", "list", "--json").stdout)
    first, second, *_ = lists["precoro_only"]
    planned = tieout("suppliers", "create", first["name"], str(second["id"]), "--dry-run", "--json")
    subjects = {change["subject"] for change in simplejson.loads(planned.stdout)["changes"]}
    assert subjects == {f"supplier:{first['id']}", f"supplier:{second['id']}"}
    wrong = tieout("suppliers", "create", first["name"], "Nobody", "--dry-run")
    assert (wrong.exit_code, "Nobody" in wrong.stderr) == (3, True)


def test_a_supplier_of_two_currencies_gets_no_vendor_and_the_way_to_pair_it_stands_last(
    stage: Stage, tieout: Tieout
) -> None:
    supplier = stage.precoro.post("suppliers", company=1, name="Alpine Tools AG", currencies=["CHF", "USD"])
    stage.settle()
    refused = tieout("suppliers", "create", "Alpine Tools AG")
    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[0] == (
        "Supplier Alpine Tools AG has several currencies (CHF, USD); a vendor has one. "
        "A document in another currency than its vendor's says which vendor it needs besides. "
        f"Pair it by hand with the vendor of one currency: tieout suppliers pair {supplier['id']} VENDOR --connection widgets-inc"
    )


def test_a_dry_run_of_an_import_changes_nothing_and_says_what_it_costs(stage: Stage, tieout: Tieout) -> None:
    done = tieout("suppliers", "import", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "add " in done.stdout
    assert "Calls: Precoro" in done.stderr
    assert not [request for request in stage.precoro.get("requests") if request["method"] != "GET"]


@pytest.mark.usefixtures("stage")
def test_suppliers_are_paired_refused_and_unpaired_by_name(tieout: Tieout) -> None:
    assert tieout("suppliers", "pair", "Baxter and Sons", "Baxter & Sons Ltd").exit_code == 0
    again = tieout("suppliers", "pair", "Baxter and Sons", "87")
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    assert tieout("suppliers", "unpair", "Baxter and Sons").exit_code == 0
    assert tieout("suppliers", "refuse", "Baxter and Sons", "87").exit_code == 0
    missing = tieout("suppliers", "unpair", "Baxter and Sons")
    assert missing.exit_code == 3
    history = simplejson.loads(tieout("history", "list", "--json").stdout)
    assert {"pair", "unpair", "not the same"} <= {action["action"] for action in history}


def test_one_vendor_is_created_at_once_or_it_says_why_not(stage: Stage, tieout: Tieout) -> None:
    stage.precoro.post("suppliers", company=1, name="Zephyr Tools")
    stage.quickbooks.post(f"customer?realm={REALM}", DisplayName="Zephyr Tools")
    tieout("suppliers", "sync", "--yes")
    held = tieout("suppliers", "create", "Zephyr Tools")
    assert (held.exit_code, "customer" in held.stderr) == (1, True), held.output
    made = tieout("suppliers", "create", "Zephyr Tools", "--name", "Zephyr Tools - Vendor")
    assert made.exit_code == 0, made.output


def test_questions_show_both_values_and_are_answered(stage: Stage, tieout: Tieout) -> None:
    tieout("suppliers", "pair", "Baxter and Sons", "Baxter & Sons Ltd")
    stage.settle()
    (supplier,) = simplejson.loads(tieout("suppliers", "questions", "--json").stdout)
    (question,) = supplier["questions"]
    assert (question["precoro"], question["quickbooks"]) == ("Baxter and Sons", "Baxter & Sons Ltd")
    assert tieout("suppliers", "answer", supplier["supplier"], "name", "apart").exit_code == 0
    stage.settle()
    assert simplejson.loads(tieout("suppliers", "questions", "--json").stdout) == []
    nothing = tieout("suppliers", "answer", supplier["supplier"], "city", "precoro")
    assert nothing.exit_code == 3
