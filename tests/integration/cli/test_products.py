"""`tieout products`, as a person gives it."""

from __future__ import annotations

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import REALM, Stage

BUY = {"Type": "NonInventory", "ExpenseAccountRef": {"value": "42"}}


def both(stage: Stage, here: str, there: str) -> tuple[str, str]:
    """Create a product on each side, and return their ids."""
    product = stage.precoro.post("items", company=1, name=here)
    item = stage.quickbooks.post(f"item?realm={REALM}", Name=there, **BUY)
    return str(product["id"]), str(item["Id"])


def test_a_dry_run_shows_the_plan_and_changes_nothing(stage: Stage, tieout: Tieout) -> None:
    both(stage, "Zephyr kite", "ZEPHYR KITE")
    stage.precoro.delete("requests")
    done = tieout("products", "sync", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "Zephyr kite belongs to ZEPHYR KITE, by name" in done.output
    assert "Nothing was changed. To apply it: tieout tasks apply" in done.output
    assert not [request for request in stage.precoro.get("requests") if request["method"] != "GET"]


def test_a_sync_for_a_program_says_what_it_did_and_a_second_one_finds_nothing(stage: Stage, tieout: Tieout) -> None:
    tieout("products", "sync", "--yes")
    product, _ = both(stage, "Zephyr kite", "ZEPHYR KITE")
    shown = simplejson.loads(tieout("products", "sync", "--yes", "--json").stdout)
    assert (shown["state"], shown["plan"]["pair"]) == ("done", 1)
    assert [change["outcome"] for change in shown["changes"] if change["subject"] == f"item:{product}"] == [
        "Zephyr kite belongs to ZEPHYR KITE, by name: done"
    ]
    assert "Nothing had to be changed." in tieout("products", "sync", "--yes").output


def test_what_might_belong_together_is_listed_and_paired_and_unpaired_by_hand(stage: Stage, tieout: Tieout) -> None:
    product, item = both(stage, "Kite, Zephyr", "Zephyr kite")
    tieout("products", "sync", "--yes")
    listed = tieout("products", "list", "--state", "suggested")
    assert f"94: Zephyr kite ({item})" in listed.output
    assert tieout("products", "pair", "Kite, Zephyr", "Zephyr kite").exit_code == 0
    shown = simplejson.loads(tieout("products", "list", "--json").stdout)
    mine = next(row for row in shown if row["key"] == product)
    assert (mine["state"], mine["item"]) == ("paired", item)
    assert tieout("products", "unpair", "Kite, Zephyr").exit_code == 0
    again = tieout("products", "unpair", "Kite, Zephyr")
    assert again.exit_code == 3
    assert "Kite, Zephyr is not paired." in again.output


@pytest.mark.usefixtures("stage")
def test_a_bundle_is_refused_and_an_unknown_product_is_not_found(tieout: Tieout) -> None:
    refused = tieout("products", "pair", "Pallet", "Gift box")
    assert refused.exit_code == 1
    assert "Gift box is a bundle: cannot be bought on a bill." in refused.output
    unknown = tieout("products", "pair", "Flying carpet", "Pallet")
    assert unknown.exit_code == 3
    assert "Precoro has no product with the id or name Flying carpet" in unknown.output
