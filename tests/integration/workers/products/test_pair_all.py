"""Products: paired by name or SKU over real HTTP, renamed with QuickBooks, never doubled, and sent as item lines."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from outbound.errors import RemoteError
from store import tasks as rows
from store.companies import Connection
from store.history import ActionRow
from store.reference import Pair
from store.tasks import Change
from tests.stage import REALM, Stage
from workers import actions
from workers.connections import commands as connection_commands
from workers.errors import NoSuchEntryError, NotPairedError, UnusableItemError
from workers.ops import views as listings
from workers.products import commands as product_pairs
from workers.products.commands import Listed
from workers.products.pair_all import SYNC
from workers.reference import pairs
from workers.tasks import engine as tasks

SLUG = "widgets-inc"
BUY = {"Type": "NonInventory", "ExpenseAccountRef": {"value": "42"}}


def item(stage: Stage, name: str, **values: Any) -> str:
    """Create a product in QuickBooks as a person would, and return its id."""
    created = stage.quickbooks.post(f"item?realm={REALM}", Name=name, **{**BUY, **values})
    return str(created["Id"])


def product(stage: Stage, name: str, **values: Any) -> str:
    """Create an item of Precoro's catalogue as a person would, and return its id."""
    return str(stage.precoro.post("items", company=1, name=name, **values)["id"])


def sync(stage: Stage, **arguments: Any) -> list[Change]:
    """Sync to the end and return the rows of the plan."""
    task_id = tasks.start(stage.runtime, SLUG, SYNC, arguments, "ann", confirmed=True)
    stage.until(lambda: task(stage, task_id).state in rows.ENDED, "the sync to end", 60)
    assert task(stage, task_id).state == rows.DONE, task(stage, task_id).reason
    with stage.runtime.read() as (session, _):
        return list(listings.changes(session, task_id))


def task(stage: Stage, task_id: int) -> rows.Task:
    with stage.runtime.read() as (session, _):
        return tasks.load(session, task_id)


def about(planned: list[Change], key: str) -> list[tuple[str, str]]:
    return [(one.what, one.sentence) for one in planned if one.subject == f"item:{key}"]


def in_precoro(stage: Stage, key: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = stage.precoro.get("state")["companies"]["1"]["items"]
    return next(one for one in found if str(one["id"]) == key)


def twin(stage: Stage, key: str) -> str | None:
    with stage.runtime.read() as (session, _):
        return pairs.paired(session, session.get_one(Connection, 1), "item").get(key)


def listed(stage: Stage, key: str) -> Listed:
    return next(one for one in product_pairs.listed(stage.runtime, SLUG) if one.key == key)


def writes(stage: Stage) -> list[tuple[str, str]]:
    requests = stage.precoro.get("requests")
    return [(one["method"], one["path"]) for one in requests if one["method"] in {"POST", "PUT", "PATCH"}]


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
    assert set(Counter(one.what for one in sync(stage))) <= {"unchanged", "problem"}
    assert writes(stage) == []
    paths = [one["path"].rpartition("/")[2] for one in stage.quickbooks.get("requests")]
    assert set(paths) == {"cdc"}


def test_all_products_are_read_again_when_asked(stage: Stage) -> None:
    sync(stage, all=True)
    paths = [one["path"].rpartition("/")[2] for one in stage.quickbooks.get("requests")]
    assert "query" in paths


def test_a_dry_run_writes_nothing(stage: Stage) -> None:
    item(stage, "Zephyr kite")
    kite = product(stage, "Zephyr kite")
    stage.precoro.delete("requests")
    task_id = tasks.start(stage.runtime, SLUG, SYNC, {}, "ann")
    stage.until(lambda: task(stage, task_id).state == rows.PLANNED, "the plan")
    assert writes(stage) == []
    assert twin(stage, kite) is None


def test_the_estimate_is_what_the_sync_then_calls(stage: Stage) -> None:
    sync(stage)
    for number in range(3):
        item(stage, f"Zephyr kite {number}")
        product(stage, f"Zephyr kite {number}")
    task_id = tasks.start(stage.runtime, SLUG, SYNC, {}, "ann")
    stage.until(lambda: task(stage, task_id).state == rows.PLANNED, "the plan")
    cost = actions.estimate(stage.runtime, task_id).calls
    stage.precoro.delete("requests")
    tasks.go_on(stage.runtime, task_id, "ann")
    stage.until(lambda: task(stage, task_id).state == rows.DONE, "the sync to end")
    assert cost.precoro == len(stage.precoro.get("requests")) == 3
    assert cost.quickbooks == 0


def test_a_rename_in_quickbooks_comes_to_precoro_and_leaves_all_else_as_it_was(stage: Stage) -> None:
    made = item(stage, "Zephyr kite", Sku="ZK-1")
    kite = product(stage, "Zephyr kite", sku="ZK-1", description="For beginners", price=Decimal("12.50"), unit="box")
    sync(stage)
    before = in_precoro(stage, kite)
    stage.quickbooks.post(f"item/{made}?realm={REALM}", set={"Name": "Zephyr kite, large", "Sku": "ZK-2"})
    planned = sync(stage)
    told = "Zephyr kite gets the name Zephyr kite, large and sku ZK-2 from QuickBooks"
    assert about(planned, kite) == [("rename", told)]
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


def test_near_matches_are_suggested_and_paired_by_hand(stage: Stage) -> None:
    made = item(stage, "Zephyr kite, large")
    kite = product(stage, "Zephyr kite (large)")
    sync(stage)
    found = listed(stage, kite)
    assert found.state == "suggested"
    assert (found.suggestions[0]["item"], found.suggestions[0]["evidence"]) == (
        made,
        ["the same name but for accents and marks"],
    )
    product_pairs.pair(stage.runtime, SLUG, "Zephyr kite (large)", "Zephyr kite, large", "ann")
    assert listed(stage, kite) == Listed(kite, "Zephyr kite (large)", "", "paired", made, "Zephyr kite, large")
    assert in_precoro(stage, kite)["externalId"] == f"qbo:{REALM}:item:{made}"
    with stage.runtime.read() as (session, _):
        pair = session.scalars(select(Pair).where(Pair.precoro_key == kite)).one()
        assert (pair.who, (pair.before or {})["precoro"]["name"]) == ("ann", "Zephyr kite (large)")
        assert session.scalars(select(ActionRow.subject).where(ActionRow.action == "pair")).all() == [f"item:{kite}"]


def test_what_a_person_unpaired_is_not_paired_or_suggested_again(stage: Stage) -> None:
    made = item(stage, "Zephyr kite")
    kite = product(stage, "Zephyr kite")
    sync(stage)
    assert product_pairs.unpair(stage.runtime, SLUG, kite, "ann") == made
    assert not in_precoro(stage, kite)["externalId"]
    sync(stage)
    assert (twin(stage, kite), listed(stage, kite).state) == (None, "not in QuickBooks")
    with pytest.raises(NotPairedError):
        product_pairs.unpair(stage.runtime, SLUG, kite, "ann")
    product_pairs.pair(stage.runtime, SLUG, kite, made, "ann")
    assert twin(stage, kite) == made


def test_what_cannot_be_bought_is_not_paired_by_hand_either(stage: Stage) -> None:
    with pytest.raises(UnusableItemError, match="a bundle: cannot be bought on a bill"):
        product_pairs.pair(stage.runtime, SLUG, "Pallet", "Gift box", "ann")
    with pytest.raises(NoSuchEntryError):
        product_pairs.pair(stage.runtime, SLUG, "Pallet", "Flying carpet", "ann")


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
    task_id = tasks.start(stage.runtime, SLUG, SYNC, {}, "ann")
    stage.until(lambda: task(stage, task_id).state == rows.PLANNED, "the plan")
    product_pairs.pair(stage.runtime, SLUG, kite, other, "bo")
    tasks.go_on(stage.runtime, task_id, "ann")
    stage.until(lambda: task(stage, task_id).state == rows.DONE, "the sync to end")
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
    lines = [one for one in stage.bills()[0]["Line"] if one["DetailType"] != "SubTotalLineDetail"]
    details = {one["DetailType"]: one[one["DetailType"]] for one in lines}
    assert details["ItemBasedExpenseLineDetail"]["ItemRef"]["value"] == made
    assert details["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == "42"


def test_pairing_an_outage_away_keeps_the_pair_and_the_next_sync_writes_the_id(stage: Stage) -> None:
    made, kite = item(stage, "Box kite"), product(stage, "Zephyr kite")
    sync(stage)
    stage.precoro.post("faults", match={"method": "PATCH", "path": f"/items/{kite}"}, fault="503", times=5)
    with pytest.raises(RemoteError):
        product_pairs.pair(stage.runtime, SLUG, kite, made, "ann")
    stage.precoro.delete("faults")
    assert twin(stage, kite) == made
    assert about(sync(stage), kite) == [("tag", "Zephyr kite gets the id of Box kite in QuickBooks")]
    assert in_precoro(stage, kite)["externalId"] == f"qbo:{REALM}:item:{made}"


def test_connecting_pairs_by_sku_too_and_later_renames_are_followed(stage: Stage) -> None:
    made = item(stage, "Zephyr kite", Sku="ZK-1")
    kite = product(stage, "Our kite", sku="ZK-1")
    connection_commands.refresh(stage.runtime, SLUG, "ann")
    assert twin(stage, kite) == made
    assert about(sync(stage), kite) == [("tag", "Our kite gets the id of Zephyr kite in QuickBooks")]
    stage.quickbooks.post(f"item/{made}?realm={REALM}", set={"Name": "Zephyr kite II"})
    assert about(sync(stage), kite) == [("rename", "Our kite gets the name Zephyr kite II from QuickBooks")]
