"""The first look at two companies that were just connected, as a long action: their lists, one a step, then equal names.

It may take minutes for a large company. Whatever it has read stays read, so it goes on where it was after a crash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from store.companies import Connection
from store.tasks import Change
from workers import clients
from workers.connections import connect, first_pairs
from workers.reference import cache
from workers.runtime import Runtime
from workers.tasks import commands as tasks
from workers.tasks.action import Action, Planned, Step

NAME = "first look"
QUICKBOOKS, PRECORO, FIELDS, CHOICES, PAIRS, GO_ON = "quickbooks", "precoro", "fields", "choices", "pairs", "go on"
STEPS: Sequence[tuple[str, str]] = (
    *((QUICKBOOKS, type_) for type_ in cache.QUICKBOOKS),
    *((PRECORO, kind) for kind in cache.PRECORO_LISTS),
    *((FIELDS, level) for level in cache.LEVELS),
    (CHOICES, ""),
    *((PAIRS, kind) for kind in first_pairs.FIRST_KINDS),
    (GO_ON, ""),
)
"""What is done one after the other: what it is, and about which list."""
WORDS: Mapping[str, str] = {
    QUICKBOOKS: "Reading QuickBooks: {}",
    PRECORO: "Reading Precoro: {}",
    FIELDS: "Reading custom fields of Precoro: {}",
    CHOICES: "Choosing default accounts",
    PAIRS: "Pairing equal names: {}",
    GO_ON: "Going on",
}


def start(runtime: Runtime, slug: str, who: str) -> int:
    """Begin the first look at a connection and return the number of its task."""
    return tasks.start(runtime, slug, NAME, {}, who, confirmed=True)


def read(step: Step) -> int | None:
    """Take one step of `STEPS` and return the place of the next one."""
    place = step.cursor or 0
    what, about = STEPS[place]
    step.report(done=place, total=len(STEPS), now=WORDS[what].format(about.replace("_", " ")))
    _take(step.runtime, step.connection, what, about)
    return place + 1 if place + 1 < len(STEPS) else None


def plan(
    _session: Session, _connection: Connection, _arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Plan nothing: a look changes neither side."""
    return iter(())


def apply(_step: Step, _changes: Sequence[Change]) -> None:
    """Apply nothing."""


ACTION = Action(
    "Read both companies for the first time",
    read,
    plan,
    apply,
    ending="Both companies were read, and what has one name on both sides is paired. Set-up shows what is left.",
)


def _take(runtime: Runtime, connection: Connection, what: str, about: str) -> None:
    """Take one step about one list."""
    precoro, quickbooks = connection.precoro, connection.qbo
    if what == QUICKBOOKS:
        client = clients.quickbooks_for_set_up(runtime, quickbooks)
        cache.import_quickbooks_list(runtime.write, client, quickbooks, about)
    elif what == PRECORO:
        cache.import_precoro_list(runtime.write, clients.precoro_for_set_up(runtime, precoro), precoro, about)
    elif what == FIELDS:
        level = next(level for level in cache.LEVELS if level == about)
        cache.import_options(runtime.write, clients.precoro_for_set_up(runtime, precoro), precoro, level)
    elif what == CHOICES:
        connect.keep_first_choices(runtime, connection.id)
    elif what == PAIRS:
        first_pairs.pair_list(runtime, connection.id, about)
    else:
        connect.go_on(runtime, quickbooks.id)
