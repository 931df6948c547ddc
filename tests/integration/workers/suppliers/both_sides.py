"""Both sides of suppliers in a house, as tests look at them and change them."""

from __future__ import annotations

from typing import Any

from store.records import SUPPLIER, Record
from store.tasks import Change
from tests.integration.workers import long_actions
from tests.stage import REALM, Stage

SLUG, ACME, VENDOR = "widgets-inc", "9001", "56"


def vendor(stage: Stage, vendor_id: str = VENDOR) -> dict[str, Any]:
    rows: list[dict[str, Any]] = stage.quickbooks.rows(REALM, "vendor")
    return next(row for row in rows if row["Id"] == vendor_id)


def supplier(stage: Stage, key: str = ACME) -> dict[str, Any]:
    rows = stage.precoro.rows(str(stage.company), "suppliers")
    return next(row for row in rows if str(row["id"]) == key)


def change_supplier(stage: Stage, key: str = ACME, **values: Any) -> None:
    stage.precoro.post(f"suppliers/{key}", company=stage.company, set=values)


def change_vendor(stage: Stage, vendor_id: str = VENDOR, **values: Any) -> None:
    stage.quickbooks.post(f"vendor/{vendor_id}?realm={REALM}", set=values)


def record(stage: Stage, key: str = ACME) -> Record | None:
    return next(iter(stage.all_records(Record.kind == SUPPLIER, Record.precoro_id == key)), None)


def state_of(stage: Stage, key: str = ACME) -> tuple[str, list[str]]:
    stored = record(stage, key)
    return (stored.state, [problem.code for problem in stored.problems]) if stored else ("none", [])


def in_step(stage: Stage, key: str = ACME) -> None:
    """Let the first contact of a pair happen."""
    change_supplier(stage, key, note="looked at")
    stage.until(lambda: state_of(stage, key)[0] == "synced", "the first contact")
    stage.settle()
    stage.precoro.delete("requests")
    stage.quickbooks.delete("requests")


def writes(stage: Stage) -> list[tuple[str, str]]:
    requests = [*stage.precoro.get("requests"), *stage.quickbooks.get("requests")]
    return [(request["method"], request["path"]) for request in requests if request["method"] != "GET"]


def run(stage: Stage, action: str, **arguments: Any) -> list[Change]:
    """Plan and apply a long action; returns its rows."""
    return long_actions.run(stage, SLUG, action, **arguments)


def subjects_by_word(rows: list[Change]) -> dict[str, list[str]]:
    """Return the subjects of a plan by what is to be done with them."""
    subjects: dict[str, list[str]] = {}
    for row in rows:
        subjects.setdefault(row.what, []).append(row.subject)
    return subjects
