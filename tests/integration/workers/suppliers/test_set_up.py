"""Importing, syncing, pairing and creating suppliers over real HTTP, and going on after a death in the middle."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from store.companies import Connection
from store.reference import NOT_THE_SAME, OPEN, Pair, Suggestion
from tests.integration.workers.long_actions import KilledError, expire_lease, finish
from tests.integration.workers.suppliers.both_sides import (
    ACME,
    SLUG,
    VENDOR,
    change_supplier,
    in_step,
    record,
    run,
    state_of,
    subjects_by_word,
    supplier,
    vendor,
)
from tests.stage import REALM, Stage
from workers.errors import CurrencyError
from workers.reference import suggestions as suggestions_kept
from workers.suppliers import commands as supplier_acts
from workers.suppliers import import_from_quickbooks as supplier_import
from workers.suppliers import views
from workers.tasks import commands as task_commands

Rows = list[dict[str, Any]]


def vendors(stage: Stage) -> Rows:
    rows: Rows = stage.quickbooks.rows(REALM, "vendor")
    return rows


def suppliers(stage: Stage) -> Rows:
    rows: Rows = stage.precoro.rows("1", "suppliers")
    return rows


def new_supplier(stage: Stage, **values: Any) -> str:
    made = stage.precoro.post("suppliers", company=1, **values)
    return str(made["id"])


def vendor_named(stage: Stage, name: str) -> dict[str, Any] | None:
    return next((row for row in vendors(stage) if row["DisplayName"] == name), None)


def pairs(stage: Stage) -> dict[str, str]:
    with stage.runtime.read() as (session, _):
        columns = select(Pair.precoro_key, Pair.qbo_key).where(Pair.kind == "supplier")
        return {left: right for left, right in session.execute(columns)}  # noqa: C416 - rows are no pairs to mypy


def suggestions(stage: Stage) -> dict[tuple[str, str], str]:
    with stage.runtime.read() as (session, _):
        columns = select(Suggestion.precoro_key, Suggestion.qbo_key, Suggestion.state)
        return {(left, right): state for left, right, state in session.execute(columns)}


def policy(stage: Stage, *, live: bool = True, **values: Any) -> None:
    with stage.runtime.write() as (session, moment):
        connection = session.get_one(Connection, 1)
        connection.policy = {**connection.policy, **values}
        connection.live_at = moment if live else None


# Import


def test_an_import_makes_suppliers_of_the_vendors_that_precoro_does_not_have(stage: Stage) -> None:
    before = len(suppliers(stage))
    stage.quickbooks.delete("requests")
    stage.precoro.delete("requests")
    rows = run(stage, "suppliers import")
    plan = subjects_by_word(rows)
    made = suppliers(stage)[before:]
    assert len(made) == len(plan["add"]) > 0
    for row in made:
        twin = vendor(stage, row["externalId"].rpartition(":")[2])
        assert (row["name"], row["externalId"]) == (twin["DisplayName"], f"qbo:{REALM}:vendor:{twin['Id']}")
        assert (row["currencies"], row["city"]) == (["USD"], twin.get("BillAddr", {}).get("City"))
        assert pairs(stage)[str(row["id"])] == twin["Id"]
        assert ", ".join(contact["email"] for contact in row["contacts"]) == twin.get("PrimaryEmailAddr", {}).get(
            "Address", ""
        )
    reads = [request for request in stage.quickbooks.get("requests") if request["metered"]]
    assert len(reads) <= 2


def test_an_import_leaves_a_vendor_that_may_be_a_supplier_already_to_a_person(stage: Stage) -> None:
    before = len(suppliers(stage))
    problems = [row.sentence for row in run(stage, "suppliers import") if row.what == "problem"]
    assert any("Baxter & Sons Ltd may be supplier Baxter and Sons (id 9004" in sentence for sentence in problems)
    assert not any(row["name"] == "Baxter & Sons Ltd" for row in suppliers(stage)[before:])
    with stage.runtime.write() as (session, moment):
        connection = session.get_one(Connection, 1)
        for supplier_id, vendor_id in (("9004", "59"), ("9012", "67")):
            suggestions_kept.refuse(session, connection, "supplier", supplier_id, vendor_id, "ann", moment)
    run(stage, "suppliers import")
    assert [row["name"] for row in suppliers(stage) if row["name"].startswith("Baxter")] == [
        "Baxter and Sons",
        "Baxter & Sons Ltd",
    ]
    run(stage, "suppliers import", anyway=True)
    assert any(row["name"] == "Nguyen Freight Svcs." for row in suppliers(stage))


def test_an_import_makes_nothing_twice_and_leaves_inactive_vendors_alone(stage: Stage) -> None:
    stage.quickbooks.post(f"vendor/88?realm={REALM}", do="deactivate")
    run(stage, "suppliers import")
    count = len(suppliers(stage))
    stage.settle()
    again = run(stage, "suppliers import")
    assert set(subjects_by_word(again)) <= {"unchanged", "problem"}
    assert len(suppliers(stage)) == count
    assert not any(row["name"].startswith("Harbor") for row in suppliers(stage))


def test_what_was_imported_echoes_neither_way(stage: Stage) -> None:
    run(stage, "suppliers import")
    stage.settle()
    stage.precoro.delete("requests")
    stage.quickbooks.delete("requests")
    stage.settle()
    both = [*stage.precoro.get("requests"), *stage.quickbooks.get("requests")]
    assert [request for request in both if request["method"] != "GET"] == []
    with stage.runtime.read() as (session, _):
        imported = set(session.scalars(select(Pair.precoro_key).where(Pair.how == "import")))
    assert imported
    assert {record.state for record in stage.all_records() if record.precoro_id in imported} == {"synced"}


def test_an_import_killed_in_the_middle_goes_on_without_a_double(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    before, died, record = len(suppliers(stage)), [0], supplier_import._record  # noqa: SLF001 - where it dies

    def die(*arguments: Any) -> None:
        died[0] += 1
        if died[0] == 2:
            raise KilledError
        record(*arguments)

    number = task_commands.start(stage.runtime, SLUG, supplier_import.NAME, {}, "ann", confirmed=True)
    monkeypatch.setattr(supplier_import, "_record", die)
    with pytest.raises(KilledError):
        finish(stage, number)
    expire_lease(stage, number)
    finish(stage, number)
    assert_no_doubles(suppliers(stage)[before:])


def test_an_import_whose_answers_are_lost_makes_nothing_twice(stage: Stage) -> None:
    before = len(suppliers(stage))
    stage.precoro.post("faults", match={"method": "POST", "path": "/suppliers"}, fault="drop_after_commit", times=2)
    run(stage, "suppliers import")
    assert_no_doubles(suppliers(stage)[before:])


def assert_no_doubles(made: Rows) -> None:
    assert len(made) == len({row["externalId"] for row in made}) == len({row["name"] for row in made}) > 2


def test_the_currency_of_an_imported_supplier_is_its_vendors(stage: Stage) -> None:
    stage.quickbooks.post(f"preferences/1?realm={REALM}", set={"CurrencyPrefs.MultiCurrencyEnabled": True})
    stage.quickbooks.post(f"companycurrency?realm={REALM}", Code="EUR")
    stage.quickbooks.post(f"vendor?realm={REALM}", DisplayName="Papier Schmidt", CurrencyRef={"value": "EUR"})
    run(stage, "suppliers import")
    made = next(row for row in suppliers(stage) if row["name"] == "Papier Schmidt")
    assert made["currencies"] == ["EUR"]


# Sync


def test_a_sync_pairs_what_is_the_same_and_suggests_what_is_less_certain(stage: Stage) -> None:
    same = new_supplier(stage, name="Harbor  Property Management.")
    near = new_supplier(stage, name="Acme Supply Eastern")
    rows = run(stage, "suppliers sync")
    assert pairs(stage)[same] == "88"
    assert suggestions(stage)[near, "87"] == OPEN
    (row,) = [
        entry
        for entry in rows
        if entry.what == "suggest" and entry.body["supplier"] == near and entry.body["vendor"] == "87"
    ]
    assert row.body["score"] >= 50
    assert row.body["evidence"]


def test_a_new_pair_has_its_blanks_filled_and_its_differences_asked_about(stage: Stage) -> None:
    key = new_supplier(stage, name="Harbor Property Management", accountNumber="UNIT 99")
    run(stage, "suppliers sync")
    stage.until(lambda: supplier(stage, key)["phone"] == "+1 512 555 0191", "the blanks to be filled")
    both = ["supplier_differs", "supplier_differs"]  # the account number, and the e-mail that Precoro does not have
    stage.until(lambda: state_of(stage, key) == ("held", both), "the questions")
    assert supplier(stage, key)["accountNumber"] == "UNIT 99"
    assert vendor(stage, "88")["AcctNum"] == "UNIT 12"


def test_a_sync_adopts_what_precoro_names_when_the_name_agrees(stage: Stage) -> None:
    key = new_supplier(stage, name="Harbor Property Management", externalId=f"qbo:{REALM}:vendor:88")
    other = new_supplier(stage, name="Nobody We Know", externalId=f"qbo:{REALM}:vendor:87")
    rows = run(stage, "suppliers sync")
    assert pairs(stage)[key] == "88"
    assert other not in pairs(stage)
    assert f"supplier:{other}" in subjects_by_word(rows)["problem"]


def test_suppliers_with_several_currencies_are_not_paired_by_themselves_but_by_hand(stage: Stage) -> None:
    key = new_supplier(stage, name="Harbor Property Management", currencies=["USD", "EUR"])
    run(stage, "suppliers sync")
    assert key not in pairs(stage)
    supplier_acts.pair(stage.runtime, SLUG, key, "88", "ann")
    assert pairs(stage)[key] == "88"
    foreign = new_supplier(stage, name="Euro Only", currencies=["EUR"])
    run(stage, "suppliers sync")
    with pytest.raises(CurrencyError):
        supplier_acts.pair(stage.runtime, SLUG, foreign, "87", "ann")


def test_what_a_person_said_is_not_the_same_never_comes_back(stage: Stage) -> None:
    near = new_supplier(stage, name="Acme Supply Eastern")
    run(stage, "suppliers sync")
    supplier_acts.refuse(stage.runtime, SLUG, near, "87", "ann")
    run(stage, "suppliers sync")
    assert suggestions(stage)[near, "87"] == NOT_THE_SAME
    suggested = views.suggestions(stage.runtime, SLUG)
    assert (near, "87") not in [(row.supplier, row.vendor) for row in suggested]
    assert near in [row.id for row in views.unpaired(stage.runtime, SLUG, views.IN_PRECORO)]


# Pair and unpair


def test_unpairing_is_for_good_and_takes_the_external_id_back(stage: Stage) -> None:
    in_step(stage)
    assert supplier(stage)["externalId"] == f"qbo:{REALM}:vendor:{VENDOR}"
    supplier_acts.unpair(stage.runtime, SLUG, ACME, "ann")
    stage.settle()
    assert not supplier(stage)["externalId"]
    run(stage, "suppliers sync")
    assert ACME not in pairs(stage)
    change_supplier(stage, phone="+1 512 555 4444")
    stage.settle()
    assert vendor(stage)["PrimaryPhone"] == {"FreeFormNumber": "+1 512 555 0100"}


def test_undoing_a_pair_gives_both_sides_back_what_they_had(stage: Stage) -> None:
    key = new_supplier(stage, name="Harbor Property Managers", city="Austin")
    run(stage, "suppliers sync")
    supplier_acts.pair(stage.runtime, SLUG, key, "88", "ann")
    stage.until(lambda: supplier(stage, key)["phone"] == "+1 512 555 0191", "the blanks to be filled")
    stage.settle()
    supplier_acts.answer(stage.runtime, SLUG, key, "name", "precoro", "ann")
    stage.until(lambda: vendor(stage, "88")["DisplayName"] == "Harbor Property Managers", "the answer to go out")
    stage.settle()
    supplier_acts.unpair(stage.runtime, SLUG, key, "ann", undo=True)
    stage.until(lambda: key not in pairs(stage), "the pair to end")
    stage.settle()
    assert vendor(stage, "88")["DisplayName"] == "Harbor Property Management"
    assert (supplier(stage, key)["phone"], supplier(stage, key)["city"]) == (None, "Austin")


def test_pairing_by_hand_sends_exactly_the_documents_that_waited(stage: Stage) -> None:
    key = new_supplier(stage, name="Harbor Rents")
    pens = {"name": "Pens", "quantity": 1, "price": "5.00", "account": "Office Supplies"}
    invoice = stage.approved(number="INV-710", invoiceNumber="S-710", supplier="Harbor Rents", lines=[pens])
    stage.until_state(invoice, "held")
    run(stage, "suppliers sync")
    assert supplier_acts.pair(stage.runtime, SLUG, key, "88", "ann") == 1
    stage.until_state(invoice, "synced")
    assert [bill["VendorRef"]["value"] for bill in stage.bills()] == ["88"]


# Create


def test_a_new_approved_supplier_gets_its_vendor_by_itself_when_the_policy_says_so(stage: Stage) -> None:
    policy(stage, create_missing_vendors=True)
    key = new_supplier(stage, name="Zephyr Wind: Tools", city="Waco", phone="+1 254 555 0100", accountNumber="Z-1")
    stage.until(lambda: key in pairs(stage), "the vendor to be created")
    stage.settle()
    made = vendor(stage, pairs(stage)[key])
    assert (made["DisplayName"], made["AcctNum"], made["BillAddr"]["City"]) == ("Zephyr Wind Tools", "Z-1", "Waco")
    assert state_of(stage, key) == ("synced", [])
    assert supplier(stage, key)["externalId"] == f"qbo:{REALM}:vendor:{made['Id']}"


@pytest.mark.parametrize("why", ["policy", "not live", "not approved"])
def test_no_vendor_is_created_by_itself_otherwise(stage: Stage, why: str) -> None:
    policy(stage, create_missing_vendors=why != "policy", live=why != "not live")
    stage.precoro.post("settings", supplier_status=1 if why == "not approved" else 2)
    before = len(vendors(stage))
    key = str(
        stage.precoro.post("suppliers", company=1, name="Zephyr Tools", status=1 if why == "not approved" else 2)["id"]
    )
    stage.settle()
    assert len(vendors(stage)) == before
    assert key not in pairs(stage)


def test_a_near_duplicate_holds_the_creation_and_a_person_may_create_it_anyway(stage: Stage) -> None:
    policy(stage, create_missing_vendors=True)
    key = new_supplier(stage, name="Harbor Property Management LLC")
    stage.until(lambda: state_of(stage, key) == ("held", ["similar_vendor"]), "the question")
    before = len(vendors(stage))
    supplier_acts.create(stage.runtime, SLUG, key, "ann", anyway=True)
    stage.until(lambda: key in pairs(stage), "the vendor to be created")
    assert len(vendors(stage)) == before + 1


@pytest.mark.parametrize("name", ["Zephyr Tools", "Zakład Głowno"])
def test_a_name_taken_by_a_customer_holds_the_creation_and_another_name_goes(stage: Stage, name: str) -> None:
    policy(stage, create_missing_vendors=True)
    stage.quickbooks.post(f"customer?realm={REALM}", DisplayName=name)
    key = new_supplier(stage, name=name)
    stage.until(lambda: state_of(stage, key) == ("held", ["vendor_name_taken"]), "the choice")
    held = record(stage, key)
    assert held is not None
    assert "customer" in held.problems[0].sentence
    assert f"{name} - Vendor" in held.problems[0].remedy.words
    assert {"supplier": key, "name": f"{name} - Vendor"} in [act.arguments for act in held.problems[0].remedy.acts]
    supplier_acts.create(stage.runtime, SLUG, key, "ann", name=f"{name} - Vendor")
    stage.until(lambda: key in pairs(stage), "the vendor to be created")
    stage.settle()
    assert vendor_named(stage, f"{name} - Vendor") is not None
    assert supplier(stage, key)["name"] == name


def test_vendors_for_many_suppliers_are_created_thirty_a_call(stage: Stage) -> None:
    names = [f"{word} {kind}" for word in ("Ash", "Birch", "Cedar", "Dogwood", "Elm") for kind in KINDS]
    for name in names:
        new_supplier(stage, name=name)
    stage.quickbooks.post(f"customer?realm={REALM}", DisplayName=names[0])
    stage.settle()
    stage.quickbooks.delete("requests")
    rows = run(stage, "suppliers create", anyway=True)
    batches = [request for request in stage.quickbooks.get("requests") if request["path"].endswith("/batch")]
    assert len(batches) == 2
    applied = {row.sentence for row in rows if row.what == "add" and row.state == "applied"}
    assert applied >= {*names[1:]}
    assert names[0] not in applied
    (refused,) = [row for row in rows if row.state == "refused" and row.sentence == names[0]]
    assert "customer" in str(refused.outcome)
    assert len(pairs(stage)) == len({*pairs(stage).values()})


KINDS = ("Tooling", "Legal", "Catering", "Freight", "Roofing", "Dental", "Optics", "Glass")


def test_one_company_with_two_connections_keeps_both_vendors_in_step_with_one_read(stage: Stage) -> None:
    with stage.runtime.write() as (session, moment):
        first = session.get_one(Connection, 1)
        second = Connection(
            slug="second", precoro_id=first.precoro_id, qbo_id=first.qbo_id, legal_entity="77", policy=first.policy, fields={},
            created_at=moment, reference_version=1, backoffs=0, state="connected", lists={},
        )  # fmt: skip
        session.add(second)
        session.flush()
        session.add(
            Pair(
                connection_id=second.id, kind="supplier", precoro_key=ACME, qbo_key="88", how="person", paired_at=moment
            )
        )
    change_supplier(stage, phone="+1 512 555 0100", note="x")
    stage.settle()
    stage.precoro.delete("requests")
    change_supplier(stage, phone="+1 512 555 6666")
    stage.settle(40)
    assert vendor(stage)["PrimaryPhone"] == {"FreeFormNumber": "+1 512 555 6666"}
    assert (
        len(
            [
                request
                for request in stage.precoro.get("requests")
                if request["method"] == "GET" and request["path"] == f"/suppliers/{ACME}"
            ]
        )
        <= 2
    )
    with stage.runtime.read() as (session, _):
        counted = select(func.count()).select_from(Pair).where(Pair.precoro_key == ACME, Pair.kind == "supplier")
        assert session.scalar(counted) == 2
