"""`lists import` and `lists update`: lists of QuickBooks in Precoro's custom fields, never doubled."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from store.reference import Pair
from store.tasks import DONE, PLANNED
from tests.integration.workers.lists.both_sides import (
    CLASSES,
    CUSTOMERS,
    LOCATIONS,
    SLUG,
    account,
    import_lists,
    options,
    pairs_of,
    update_lists,
    words,
)
from tests.integration.workers.long_actions import KilledError, expire_lease, finish, task
from tests.stage import REALM, Stage
from workers import actions
from workers.lists import commands, mirror
from workers.tasks import commands as task_commands

PENS = {"name": "Pens", "quantity": 10, "price": "5.40"}


def writes(stage: Stage, service: str) -> list[tuple[str, str]]:
    requests = getattr(stage, service).get("requests")
    return [
        (request["method"], request["path"]) for request in requests if request["method"] in {"POST", "PUT", "PATCH"}
    ]


def test_an_import_on_the_first_day_brings_every_list_with_its_levels_codes_and_ids(first_day: Stage) -> None:
    planned = import_lists(first_day)
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
    import_lists(first_day, "classes", "locations")
    first_day.precoro.delete("requests")
    again = import_lists(first_day, "classes", "locations")
    assert words(again) == {"unchanged": 16}
    assert writes(first_day, "precoro") == []


def test_options_that_are_there_are_taken_over_by_name_and_get_the_id(stage: Stage) -> None:
    before = options(stage, LOCATIONS)
    planned = import_lists(stage, "locations")
    after = options(stage, LOCATIONS)
    assert {name: row["id"] for name, row in after.items()} == {name: row["id"] for name, row in before.items()}
    assert after["East"]["externalId"] == f"qbo:{REALM}:department:1"
    assert after["Head Office"]["externalId"] == "3", "a bare id is accepted"
    assert words(planned) == {"update": 3, "unchanged": 1}


def test_an_update_brings_names_codes_places_and_what_is_inactive_and_adds_nothing(stage: Stage) -> None:
    import_lists(stage, "accounts")
    account(stage, "Visas")
    stage.quickbooks.post(f"account/22?realm={REALM}", set={"Name": "Journeys", "AcctNum": "6851"})
    stage.quickbooks.post(f"account/104?realm={REALM}", set={"ParentRef": {"value": "12"}, "SubAccount": True})
    stage.quickbooks.post(f"account/103?realm={REALM}", do="deactivate")
    planned = update_lists(stage, "accounts")
    sentences = {change.subject: change.sentence for change in planned if change.what == "update"}
    assert sentences == {
        "account:22": "Account 6851 Journeys: name Travel becomes Journeys; code 6850 becomes 6851.",
        "account:104": "Account 6860 Lodging: moved under Legal and Professional Fees.",
        "account:103": "Account 6800 Training: switched off.",
    }
    after = options(stage)
    assert (after["Journeys"]["code"], after["Training"]["enable"], "Visas" in after) == ("6851", False, False)
    assert after["Lodging"]["parent"] == {"id": after["Legal and Professional Fees"]["id"]}
    stage.quickbooks.post(f"account/103?realm={REALM}", do="activate")
    update_lists(stage, "accounts")
    assert options(stage)["Training"]["enable"] is True


def test_the_option_of_a_merged_account_is_switched_off_and_that_of_the_other_stays(first_day: Stage) -> None:
    import_lists(first_day, "accounts")
    first_day.quickbooks.post(f"account/42?realm={REALM}", do="merge", into="100")
    first_day.until(lambda: "42" not in pairs_of(first_day, "account").values(), "the pair to move")
    planned = update_lists(first_day, "accounts")
    assert [change.sentence for change in planned if change.what == "update"] == [
        "Switch off Office Supplies: it was merged into Postage and Courier in QuickBooks."
    ]
    after = options(first_day)
    assert (after["Office Supplies"]["enable"], after["Postage and Courier"]["enable"]) == (False, True)
    assert words(import_lists(first_day, "accounts")).keys() == {"unchanged"}


def test_what_a_person_deleted_in_precoro_comes_back_only_by_an_import(stage: Stage) -> None:
    import_lists(stage, "locations")
    stage.precoro.post(f"options/{options(stage, LOCATIONS)['West']['id']}", do="delete")
    update_lists(stage, "locations")
    assert "West" not in options(stage, LOCATIONS)
    planned = import_lists(stage, "locations")
    assert [change.sentence for change in planned if change.what == "add"] == [
        "Add location West, which a person deleted in Precoro."
    ]
    assert options(stage, LOCATIONS)["West"]["externalId"] == f"qbo:{REALM}:department:2"


def test_a_document_that_was_held_for_an_option_goes_out_when_it_is_imported(stage: Stage) -> None:
    account(stage, "Visas", AcctNum="6870")
    stage.precoro.post("options", field="QuickBooks Accounts", name="Visas", code="6870")
    invoice = stage.approved(number="INV-410", invoiceNumber="S-410", lines=[{**PENS, "account": "Visas"}])
    stage.until_state(invoice, "held")
    import_lists(stage, "accounts")
    stage.until_state(invoice, "synced")
    with stage.runtime.read() as (session, _):
        how = session.scalars(select(Pair.how).where(Pair.kind == "account").distinct())
        assert set(how) == {"connect", "import"}


def test_a_new_account_is_added_once_though_the_answer_was_lost(stage: Stage) -> None:
    account(stage, "Visas", AcctNum="6870")
    stage.precoro.post("faults", match={"method": "POST", "path": "options"}, fault="drop_after_commit", times=1)
    planned = import_lists(stage, "accounts")
    assert [change.state for change in planned if change.what == "add"] == ["applied"]
    assert options(stage)["Visas"]["externalId"].startswith(f"qbo:{REALM}:account:")


def test_a_worker_killed_between_precoro_and_the_store_doubles_no_option(
    first_day: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = mirror.arguments(first_day.runtime, SLUG, ["locations"], "all")
    task_id = task_commands.start(first_day.runtime, SLUG, mirror.IMPORT, arguments, "ann", confirmed=True)
    original, kept = mirror._keep, Counter[str]()  # noqa: SLF001 - the place to die at

    def die_once(*args: Any) -> None:
        entry = args[2]["entry"]
        kept[entry] += 1
        if kept[entry] == 1:
            raise KilledError
        original(*args)

    monkeypatch.setattr(mirror, "_keep", die_once)
    for _ in range(40):
        try:
            actions.work(first_day.runtime, task_id)
        except KilledError:
            expire_lease(first_day, task_id)
        if task(first_day, task_id).state == DONE:
            break
    assert task(first_day, task_id).state == DONE
    assert set(options(first_day, LOCATIONS)) == {"East", "West", "Head Office", "Warehouse Austin"}
    assert all(count == 2 for count in kept.values())


def test_a_list_that_is_kept_fresh_takes_changes_by_itself_and_never_brings_back_what_was_deleted(
    first_day: Stage,
) -> None:
    import_lists(first_day, "locations")
    first_day.precoro.post(f"options/{options(first_day, LOCATIONS)['West']['id']}", do="delete")
    commands.set_refresh(first_day.runtime, SLUG, "locations", "new", "ann")
    first_day.quickbooks.post(f"department?realm={REALM}", Name="North")
    first_day.quickbooks.post(f"department/1?realm={REALM}", set={"Name": "Far East"})
    first_day.until(lambda: "North" in options(first_day, LOCATIONS), "the new location", 60)
    assert set(options(first_day, LOCATIONS)) == {"Far East", "Head Office", "Warehouse Austin", "North"}


def test_a_list_kept_fresh_as_known_adds_nothing(first_day: Stage) -> None:
    import_lists(first_day, "locations")
    first_day.quickbooks.post(f"department?realm={REALM}", Name="North")
    commands.set_refresh(first_day.runtime, SLUG, "locations", "known", "ann")
    task_id = mirror.update_on_schedule(first_day.runtime, 1)
    assert task_id is not None
    assert words(finish(first_day, task_id)) == {"unchanged": 4}
    assert task(first_day, task_id).who == "schedule"


def test_the_schedule_does_not_replace_a_plan_that_a_person_is_looking_at(first_day: Stage) -> None:
    commands.set_refresh(first_day.runtime, SLUG, "locations", "new", "ann")
    arguments = mirror.arguments(first_day.runtime, SLUG, ["locations"], "all")
    task_id = task_commands.start(first_day.runtime, SLUG, mirror.IMPORT, arguments, "ann")
    first_day.until(lambda: task(first_day, task_id).state == PLANNED, "the plan")
    assert mirror.update_on_schedule(first_day.runtime, 1) is None
    assert task(first_day, task_id).state == PLANNED
