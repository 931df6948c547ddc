"""Lists of QuickBooks in Precoro's custom fields: imported, updated, kept fresh, and never doubled."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from store import tasks as rows
from store.companies import Connection
from store.reference import Pair
from store.tasks import Change
from tests.stage import REALM, Stage, house
from workers import actions
from workers.connections import commands as connection_commands
from workers.errors import ListNotOfferedError
from workers.lists import commands as list_choices
from workers.lists import mirror as lists
from workers.ops import views as listings
from workers.tasks import engine as tasks

SLUG = "widgets-inc"
ACCOUNTS, CLASSES, CUSTOMERS, LOCATIONS = 17030, 17031, 17032, 2100
FRESH = {"fresh": {"vendors": 40, "accounts": 90, "suppliers": 5}}
PENS = {"name": "Pens", "quantity": 10, "price": "5.40"}


@pytest.fixture
def first_day(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house whose Precoro has custom fields without options."""
    with house(tmp_path, redis_url) as opened:
        opened.precoro.post("reset", seed=FRESH)
        opened.quickbooks.post("reset", seed=FRESH)
        opened.connect()
        yield opened


def run(stage: Stage, adds: str, *names: str) -> list[Change]:
    """Run an import (adds all) or an update (nothing) to its end and return the rows of its plan."""
    action = lists.IMPORT if adds == "all" else lists.REFRESH
    given = lists.arguments(stage.runtime, SLUG, names, adds)
    return until_done(stage, tasks.start(stage.runtime, SLUG, action, given, "ann", confirmed=True))


def until_done(stage: Stage, task_id: int) -> list[Change]:
    stage.until(lambda: task(stage, task_id).state in rows.ENDED, f"task {task_id} to end", 60)
    assert task(stage, task_id).state == rows.DONE, task(stage, task_id).reason
    return changes(stage, task_id)


def task(stage: Stage, task_id: int) -> rows.Task:
    with stage.runtime.read() as (session, _):
        return tasks.load(session, task_id)


def changes(stage: Stage, task_id: int) -> list[Change]:
    with stage.runtime.read() as (session, _):
        return list(listings.changes(session, task_id))


def words(planned: list[Change]) -> Counter[str]:
    return Counter(one.what for one in planned)


def options(stage: Stage, field: int = ACCOUNTS) -> dict[str, dict[str, Any]]:
    """Return the options of a custom field in Precoro by name."""
    state = stage.precoro.get("state")["companies"]["1"]
    fields = [*state["itemcustomfields"], *state["documentcustomfields"]]
    ours = next(one["options"] for one in fields if one["id"] == field)
    assert len({(str(one["parent"]), one["name"]) for one in ours}) == len(ours), "doubled"
    return {one["name"]: one for one in ours}


def account(stage: Stage, name: str, **values: Any) -> dict[str, Any]:
    """Create an account in QuickBooks as a person would."""
    given = {"AccountType": "Expense", "AccountSubType": "Travel", **values}
    created: dict[str, Any] = stage.quickbooks.post(f"account?realm={REALM}", Name=name, **given)
    return created


def writes(stage: Stage, service: str) -> list[tuple[str, str]]:
    requests = getattr(stage, service).get("requests")
    return [(one["method"], one["path"]) for one in requests if one["method"] in {"POST", "PUT", "PATCH"}]


def test_an_import_on_the_first_day_brings_every_list_with_its_levels_codes_and_ids(first_day: Stage) -> None:
    planned = run(first_day, "all")
    assert words(planned)["problem"] == 0
    accounts = options(first_day)
    assert accounts["Office Supplies"]["code"] == "6660"
    assert accounts["Office Supplies"]["externalId"] == f"qbo:{REALM}:account:42"
    assert accounts["Office Supplies"]["parent"] == {"id": accounts["Office Expenses"]["id"]}
    assert not {"Checking", "Accounts Payable (A/P)", "Accounts Receivable (A/R)", "Fax Line"} & set(accounts)
    assert options(first_day, CUSTOMERS)["Store 14"]["externalId"] == f"qbo:{REALM}:customer:2"
    assert set(options(first_day, LOCATIONS)) == {"East", "West", "Head Office", "Warehouse Austin"}
    assert len(options(first_day, CLASSES)) == 12


def test_importing_twice_changes_nothing_the_second_time(first_day: Stage) -> None:
    run(first_day, "all", "classes", "locations")
    first_day.precoro.delete("requests")
    again = run(first_day, "all", "classes", "locations")
    assert words(again) == {"unchanged": 16}
    assert writes(first_day, "precoro") == []


def test_an_import_after_connecting_reads_no_list_of_quickbooks_again(first_day: Stage) -> None:
    run(first_day, "all", "locations")
    paths = [one["path"] for one in first_day.quickbooks.get("requests")]
    assert {path.rpartition("/")[2] for path in paths} == {"cdc"}


def test_options_that_are_there_are_taken_over_by_name_and_get_the_id(stage: Stage) -> None:
    before = options(stage, LOCATIONS)
    planned = run(stage, "all", "locations")
    after = options(stage, LOCATIONS)
    assert {name: one["id"] for name, one in after.items()} == {name: one["id"] for name, one in before.items()}
    assert after["East"]["externalId"] == f"qbo:{REALM}:department:1"
    assert after["Head Office"]["externalId"] == "3", "a bare id is accepted"
    assert words(planned) == {"update": 3, "unchanged": 1}


def test_an_update_brings_names_codes_places_and_what_is_inactive_and_adds_nothing(stage: Stage) -> None:
    run(stage, "all", "accounts")
    account(stage, "Visas")
    stage.quickbooks.post(f"account/22?realm={REALM}", set={"Name": "Journeys", "AcctNum": "6851"})
    stage.quickbooks.post(f"account/104?realm={REALM}", set={"ParentRef": {"value": "12"}, "SubAccount": True})
    stage.quickbooks.post(f"account/103?realm={REALM}", do="deactivate")
    planned = run(stage, "nothing", "accounts")
    told = {one.subject: one.sentence for one in planned if one.what == "update"}
    assert told == {
        "account:22": "Account 6851 Journeys: name Travel becomes Journeys; code 6850 becomes 6851.",
        "account:104": "Account 6860 Lodging: moved under Legal and Professional Fees.",
        "account:103": "Account 6800 Training: switched off.",
    }
    found = options(stage)
    assert (found["Journeys"]["code"], found["Training"]["enable"], "Visas" in found) == ("6851", False, False)
    assert found["Lodging"]["parent"] == {"id": found["Legal and Professional Fees"]["id"]}
    stage.quickbooks.post(f"account/103?realm={REALM}", do="activate")
    run(stage, "nothing", "accounts")
    assert options(stage)["Training"]["enable"] is True


def test_the_option_of_a_merged_account_is_switched_off_and_that_of_the_other_stays(first_day: Stage) -> None:
    run(first_day, "all", "accounts")
    first_day.quickbooks.post(f"account/42?realm={REALM}", do="merge", into="100")
    first_day.until(lambda: "42" not in pairs_of(first_day, "account").values(), "the pair to move")
    planned = run(first_day, "nothing", "accounts")
    assert [one.sentence for one in planned if one.what == "update"] == [
        "Switch off Office Supplies: it was merged into Postage and Courier in QuickBooks."
    ]
    found = options(first_day)
    assert (found["Office Supplies"]["enable"], found["Postage and Courier"]["enable"]) == (False, True)
    assert words(run(first_day, "all", "accounts")).keys() == {"unchanged"}


def pairs_of(stage: Stage, kind: str) -> dict[str, str]:
    with stage.runtime.read() as (session, _):
        found = session.scalars(select(Pair).where(Pair.kind == kind))
        return {one.precoro_key: one.qbo_key for one in found}


def test_what_a_person_deleted_in_precoro_comes_back_only_by_an_import(stage: Stage) -> None:
    run(stage, "all", "locations")
    stage.precoro.post(f"options/{options(stage, LOCATIONS)['West']['id']}", do="delete")
    run(stage, "nothing", "locations")
    assert "West" not in options(stage, LOCATIONS)
    planned = run(stage, "all", "locations")
    assert [one.sentence for one in planned if one.what == "add"] == [
        "Add location West, which a person deleted in Precoro."
    ]
    assert options(stage, LOCATIONS)["West"]["externalId"] == f"qbo:{REALM}:department:2"


def test_a_document_that_was_held_for_an_option_goes_out_when_it_is_imported(stage: Stage) -> None:
    account(stage, "Visas", AcctNum="6870")
    stage.precoro.post("options", field="QuickBooks Accounts", name="Visas", code="6870")
    invoice = stage.approved(number="INV-410", invoiceNumber="S-410", lines=[{**PENS, "account": "Visas"}])
    stage.until_state(invoice, "held")
    run(stage, "all", "accounts")
    stage.until_state(invoice, "synced")
    with stage.runtime.read() as (session, _):
        how = session.scalars(select(Pair.how).where(Pair.kind == "account").distinct())
        assert set(how) == {"connect", "import"}


def test_classes_go_to_the_level_that_quickbooks_has_them_on(stage: Stage) -> None:
    stage.quickbooks.post("settings", preferences={"AccountingInfoPrefs.ClassTrackingPerTxnLine": False})
    refresh_preferences(stage)
    with pytest.raises(ListNotOfferedError, match="Classes are off in QuickBooks"):
        lists.arguments(stage.runtime, SLUG, ["classes"], "all")
    assert "classes" not in lists.arguments(stage.runtime, SLUG, [], "all")["lists"]
    stage.quickbooks.post("settings", preferences={"AccountingInfoPrefs.ClassTrackingPerTxn": True})
    refresh_preferences(stage)
    planned = run(stage, "all", "classes")
    assert [one.subject for one in planned] == ["list:classes"]
    assert planned[0].sentence.startswith("Precoro has no document custom field for classes. Create a drop-down")


def refresh_preferences(stage: Stage) -> None:
    """Let our copy of QuickBooks' preferences be what QuickBooks has."""
    with stage.runtime.read() as (session, _):
        connection = session.get_one(Connection, 1)
        company = connection.qbo
    found = stage.quickbooks.get("state")["companies"][REALM]["preferences"][0]
    with stage.runtime.write() as (session, _):
        session.merge(company).preferences = found


def test_a_new_account_is_added_once_though_the_answer_was_lost(stage: Stage) -> None:
    account(stage, "Visas", AcctNum="6870")
    stage.precoro.post("faults", match={"method": "POST", "path": "options"}, fault="drop_after_commit", times=1)
    planned = run(stage, "all", "accounts")
    assert [one.state for one in planned if one.what == "add"] == ["applied"]
    assert options(stage)["Visas"]["externalId"].startswith(f"qbo:{REALM}:account:")


class KilledError(BaseException):
    """Stands for kill -9: nothing after it runs."""


def test_a_worker_killed_between_precoro_and_the_store_doubles_no_option(
    first_day: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = lists.arguments(first_day.runtime, SLUG, ["locations"], "all")
    task_id = tasks.start(first_day.runtime, SLUG, lists.IMPORT, given, "ann", confirmed=True)
    original, kept = lists._keep, Counter[str]()  # noqa: SLF001 - the place to die at

    def die_once(*args: Any) -> None:
        entry = args[2]["entry"]
        kept[entry] += 1
        if kept[entry] == 1:
            raise KilledError
        original(*args)

    monkeypatch.setattr(lists, "_keep", die_once)
    for _ in range(40):
        try:
            actions.work(first_day.runtime, task_id)
        except KilledError:
            with first_day.runtime.write() as (session, moment):
                session.get_one(rows.Task, task_id).lease_until = moment
        if task(first_day, task_id).state == rows.DONE:
            break
    assert task(first_day, task_id).state == rows.DONE
    assert set(options(first_day, LOCATIONS)) == {"East", "West", "Head Office", "Warehouse Austin"}
    assert all(count == 2 for count in kept.values())


def test_a_list_that_is_kept_fresh_takes_changes_by_itself_and_never_brings_back_what_was_deleted(
    first_day: Stage,
) -> None:
    run(first_day, "all", "locations")
    first_day.precoro.post(f"options/{options(first_day, LOCATIONS)['West']['id']}", do="delete")
    list_choices.set_refresh(first_day.runtime, SLUG, "locations", "new", "ann")
    first_day.quickbooks.post(f"department?realm={REALM}", Name="North")
    first_day.quickbooks.post(f"department/1?realm={REALM}", set={"Name": "Far East"})
    first_day.until(lambda: "North" in options(first_day, LOCATIONS), "the new location", 60)
    assert set(options(first_day, LOCATIONS)) == {"Far East", "Head Office", "Warehouse Austin", "North"}


def test_a_list_kept_fresh_as_known_adds_nothing(first_day: Stage) -> None:
    run(first_day, "all", "locations")
    first_day.quickbooks.post(f"department?realm={REALM}", Name="North")
    list_choices.set_refresh(first_day.runtime, SLUG, "locations", "known", "ann")
    task_id = lists.refresh(first_day.runtime, 1)
    assert task_id is not None
    assert words(until_done(first_day, task_id)) == {"unchanged": 4}
    assert task(first_day, task_id).who == "schedule"


def test_the_schedule_does_not_replace_a_plan_that_a_person_is_looking_at(first_day: Stage) -> None:
    list_choices.set_refresh(first_day.runtime, SLUG, "locations", "new", "ann")
    given = lists.arguments(first_day.runtime, SLUG, ["locations"], "all")
    task_id = tasks.start(first_day.runtime, SLUG, lists.IMPORT, given, "ann")
    first_day.until(lambda: task(first_day, task_id).state == rows.PLANNED, "the plan")
    assert lists.refresh(first_day.runtime, 1) is None
    assert task(first_day, task_id).state == rows.PLANNED


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
