"""`products sync` over real HTTP: paired by name or SKU, renamed with QuickBooks, never doubled, sent as item lines."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from store.tasks import DONE, PLANNED
from tests.integration.workers.long_actions import task
from tests.integration.workers.products.catalogues import (
    SLUG,
    about,
    in_precoro,
    item,
    listed,
    product,
    sync,
    twin,
)
from tests.stage import REALM, Stage
from workers import actions
from workers.products import commands
from workers.products.pair_all import NAME
from workers.tasks import commands as task_commands


def writes(stage: Stage) -> list[tuple[str, str]]:
    requests = stage.precoro.get("requests")
    return [
        (request["method"], request["path"]) for request in requests if request["method"] in {"POST", "PUT", "PATCH"}
    ]


def test_a_sync_pairs_by_name_and_by_sku_and_writes_the_id_to_precoro(stage: Stage) -> None:
    named, coded = item(stage, "Zephyr kite"), item(stage, "Kite string 50 m", Sku="KST-50")
    kite, string = product(stage, "ZEPHYR  KITE"), product(stage, "String", sku="kst-50")
    planned = sync(stage)
    assert about(planned, kite) == [("pair", "ZEPHYR  KITE belongs to Zephyr kite, by name")]
    assert about(planned, string) == [("pair", "String belongs to Kite string 50 m, by SKU kst-50")]
    assert (twin(stage, kite), twin(stage, string)) == (named, coded)
    assert in_precoro(stage, kite)["externalId"] == f"qbo:{REALM}:item:{named}"
    assert in_precoro(stage, string)["name"] == "String"


def test_syncing_again_changes_nothing_and_reads_quickbooks_with_one_call(stage: Stage) -> None:
    item(stage, "Zephyr kite")
    product(stage, "Zephyr kite")
    sync(stage)
    stage.precoro.delete("requests")
    stage.quickbooks.delete("requests")
    assert set(Counter(change.what for change in sync(stage))) <= {"unchanged", "problem"}
    assert writes(stage) == []
    paths = [request["path"].rpartition("/")[2] for request in stage.quickbooks.get("requests")]
    assert set(paths) == {"cdc"}


def test_all_products_are_read_again_when_asked(stage: Stage) -> None:
    sync(stage, all=True)
    paths = [request["path"].rpartition("/")[2] for request in stage.quickbooks.get("requests")]
    assert "query" in paths


def test_a_dry_run_writes_nothing(stage: Stage) -> None:
    item(stage, "Zephyr kite")
    kite = product(stage, "Zephyr kite")
    stage.settle()
    stage.precoro.delete("requests")
    task_id = task_commands.start(stage.runtime, SLUG, NAME, {}, "ann")
    stage.until(lambda: task(stage, task_id).state == PLANNED, "the plan")
    assert writes(stage) == []
    assert twin(stage, kite) is None


def test_the_estimate_is_what_the_sync_then_calls(stage: Stage) -> None:
    sync(stage)
    for number in range(3):
        item(stage, f"Zephyr kite {number}")
        product(stage, f"Zephyr kite {number}")
    task_id = task_commands.start(stage.runtime, SLUG, NAME, {}, "ann")
    stage.until(lambda: task(stage, task_id).state == PLANNED, "the plan")
    cost = actions.estimate(stage.runtime, task_id).calls
    stage.precoro.delete("requests")
    task_commands.confirm(stage.runtime, task_id, "ann")
    stage.until(lambda: task(stage, task_id).state == DONE, "the sync to end")
    assert cost.precoro == len(stage.precoro.get("requests")) == 3
    assert cost.quickbooks == 0


def test_a_rename_in_quickbooks_comes_to_precoro_and_leaves_all_else_as_it_was(stage: Stage) -> None:
    made = item(stage, "Zephyr kite", Sku="ZK-1")
    kite = product(stage, "Zephyr kite", sku="ZK-1", description="For beginners", price=Decimal("12.50"), unit="box")
    sync(stage)
    before = in_precoro(stage, kite)
    stage.quickbooks.post(f"item/{made}?realm={REALM}", set={"Name": "Zephyr kite, large", "Sku": "ZK-2"})
    planned = sync(stage)
    sentence = "Zephyr kite gets the name Zephyr kite, large and sku ZK-2 from QuickBooks"
    assert about(planned, kite) == [("rename", sentence)]
    after = in_precoro(stage, kite)
    changed = {key for key in before if before[key] != after[key]} - {"updateDate"}
    assert (changed, after["name"], after["sku"]) == ({"name", "sku"}, "Zephyr kite, large", "ZK-2")
    assert about(sync(stage), kite) == [("unchanged", "Zephyr kite, large is paired with Zephyr kite, large")]


def test_a_name_that_people_gave_in_precoro_stays_until_quickbooks_renames(stage: Stage) -> None:
    made = item(stage, "Zephyr kite", Sku="ZK-1")
    kite = product(stage, "Our own kite", sku="ZK-1")
    sync(stage)
    sync(stage)
    assert in_precoro(stage, kite)["name"] == "Our own kite"
    stage.quickbooks.post(f"item/{made}?realm={REALM}", set={"Name": "Zephyr kite II"})
    sync(stage)
    assert in_precoro(stage, kite)["name"] == "Zephyr kite II"


def test_bundles_categories_and_what_is_not_bought_are_said_plainly_and_not_paired(stage: Stage) -> None:
    bundle = product(stage, "Gift box")
    sold = product(stage, "Installation day")
    stage.quickbooks.post(f"item?realm={REALM}", Name="Kites", Type="Category")
    category = product(stage, "Kites")
    planned = sync(stage)
    assert "a bundle: cannot be bought on a bill" in about(planned, bundle)[0][1]
    assert "Installation day is not for purchase" in about(planned, sold)[0][1]
    assert about(planned, category)[0][0] == "unchanged"
    assert {twin(stage, key) for key in (bundle, sold, category)} == {None}


def test_an_item_made_inactive_keeps_its_pair_and_says_what_helps(stage: Stage) -> None:
    made = item(stage, "Zephyr kite")
    kite = product(stage, "Zephyr kite")
    sync(stage)
    stage.quickbooks.post(f"item/{made}?realm={REALM}", do="deactivate")
    assert about(sync(stage), kite)[0][1].startswith("Zephyr kite is paired, but Zephyr kite is inactive in QuickBooks")
    assert listed(stage, kite).state == "cannot be used"
    stage.quickbooks.post(f"item/{made}?realm={REALM}", do="activate")
    assert about(sync(stage), kite)[0][0] == "unchanged"
    assert twin(stage, kite) == made


def test_a_merge_in_quickbooks_moves_the_pair_the_name_and_the_id(stage: Stage) -> None:
    gone, stays = item(stage, "Zephyr kite"), item(stage, "Kite, Zephyr")
    kite = product(stage, "Zephyr kite")
    sync(stage)
    stage.quickbooks.post(f"item/{gone}?realm={REALM}", do="merge", into=stays)
    stage.until(lambda: twin(stage, kite) == stays, "the pair to move")
    sync(stage)
    after = in_precoro(stage, kite)
    assert (after["name"], after["externalId"]) == ("Kite, Zephyr", f"qbo:{REALM}:item:{stays}")


def test_an_id_that_others_own_is_never_written_over(stage: Stage) -> None:
    made = item(stage, "Zephyr kite")
    kite = product(stage, "Zephyr kite", externalId="warehouse-4711")
    sync(stage)
    assert twin(stage, kite) == made
    assert in_precoro(stage, kite)["externalId"] == "warehouse-4711"


def test_a_lost_answer_in_the_middle_renames_once_and_goes_on(stage: Stage) -> None:
    made = [item(stage, f"Zephyr kite {number}") for number in range(3)]
    kites = [product(stage, f"Zephyr kite {number}") for number in range(3)]
    stage.precoro.post(
        "faults", match={"method": "PATCH", "path": f"/items/{kites[1]}"}, fault="drop_after_commit", times=1
    )
    sync(stage)
    assert [twin(stage, key) for key in kites] == made
    assert [in_precoro(stage, key)["externalId"] for key in kites] == [f"qbo:{REALM}:item:{key}" for key in made]


def test_a_pair_made_by_hand_while_the_plan_waited_is_not_overruled(stage: Stage) -> None:
    item(stage, "Zephyr kite")
    other, kite = item(stage, "Box kite"), product(stage, "Zephyr kite")
    task_id = task_commands.start(stage.runtime, SLUG, NAME, {}, "ann")
    stage.until(lambda: task(stage, task_id).state == PLANNED, "the plan")
    commands.pair(stage.runtime, SLUG, kite, other, "bo")
    task_commands.confirm(stage.runtime, task_id, "ann")
    stage.until(lambda: task(stage, task_id).state == DONE, "the sync to end")
    assert twin(stage, kite) == other


def test_a_paired_product_goes_as_an_item_and_everything_else_by_its_account(stage: Stage) -> None:
    made = item(stage, "Zephyr kite")
    kite = product(stage, "Zephyr kite")
    sync(stage)
    stage.approved(
        number="INV-900",
        lines=[
            {"name": "Zephyr kite", "item": int(kite), "quantity": 2, "price": "12.50", "account": "Office Supplies"},
            {"name": "Delivery", "quantity": 1, "price": "5.00", "account": "Office Supplies"},
        ],
    )
    stage.settle()
    lines = [line for line in stage.bills()[0]["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    details = {line["DetailType"]: line[line["DetailType"]] for line in lines}
    assert details["ItemBasedExpenseLineDetail"]["ItemRef"]["value"] == made
    assert details["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == "42"
