"""What happens in a month at a company, decided by its seed before it begins, and what the tie-out report must show of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from mappers.tie_out.buckets import Bucket

Amount: TypeAlias = Literal["first", "second", "nothing"] | None
"""What a side holds of a document in the end: one of its two amounts, 0.00, or no document at all."""

FREIGHT = Decimal("85.37")
SUPPLIERS = ("Acme Supply", "Vista Laptop Outlet", "Georgetown Packaging", "Rio Grande Aluminum", "Allied Fasteners")
UNPAIRED_SUPPLIER = "Evergreen Catering"
MERGED_SUPPLIER = "Kilgore Machine Repair"
ACCOUNTS = ("6650", "5040", "6520")
RETIRED_ACCOUNT = "6760"
CLOSED_DAYS, DAYS = 20, 30
"""Days of the period, and of its first part, whose books are closed in the end."""
BACKUP, RESTORE, CLOSING, END = 0.3, 0.55, 0.75, 1.0
"""When the database is backed up, when that copy replaces it, and when the books are closed: parts of the month."""
MERGE = 0.65
KILLED: Final[Mapping[str, int]] = {"kill a worker": 25, "kill all workers": 100}
"""Documents for each kill, on average; every kind dies once at least."""


@dataclass(frozen=True)
class Story:
    """What happens to one document, and what must come of it.

    Args:
        share: documents of a hundred; at least one in every month
        acts: what happens, in this order
        bucket: where the report must show it; None for a document that nobody expects any more
        precoro, quickbooks: what each side holds of it in the end
        beside: the bucket of what people have entered in QuickBooks beside it
        begins, ends: the parts of the month in which it happens
        is_closed: whether it is dated in the days that are closed in the end; None where that does not matter
        decided_after: the part of the month from which on its last act happens; after the restore for what nobody can tell a
            restored database: what people decided in Tieout, and what became of what it has forgotten sending
    """

    share: float
    acts: tuple[str, ...]
    bucket: Bucket | None = "agrees"
    precoro: Amount = "first"
    quickbooks: Amount = "first"
    beside: Bucket | None = None
    supplier: str | None = None
    account: str | None = None
    begins: float = 0.0
    ends: float = CLOSING
    is_closed: bool | None = True
    decided_after: float = 0.0


STORIES: Final[Mapping[str, Story]] = {
    "revised": Story(8, ("approve", "revise"), precoro="second", quickbooks="second"),
    "cancelled": Story(6, ("approve", "cancel"), None, None, None),
    "ordered": Story(6, ("order", "bill")),
    "credited": Story(4, ("approve", "credit")),
    "with a file": Story(4, ("attach and approve",)),
    "paid": Story(5, ("approve", "pay")),
    "paid in part": Story(3, ("approve", "pay a part")),
    "payment voided": Story(2, ("approve", "pay a part", "void the payment")),
    "revised once paid": Story(2, ("approve", "pay a part", "revise"), "held", "second"),
    "cancelled once paid": Story(2, ("approve", "pay a part", "cancel"), "held", None),
    "of no vendor": Story(3, ("approve",), "held", quickbooks=None, supplier=UNPAIRED_SUPPLIER),
    "ignored": Story(
        2, ("approve", "ignore"), "ignored", quickbooks=None, supplier=UNPAIRED_SUPPLIER, decided_after=RESTORE
    ),
    "edited": Story(3, ("approve", "edit"), "different", quickbooks="second", decided_after=RESTORE),
    "coded anew": Story(3, ("approve", "code anew")),
    "bill voided": Story(2, ("approve", "void"), "different", quickbooks="nothing", decided_after=RESTORE),
    "bill deleted": Story(2, ("approve", "delete"), "missing", quickbooks=None, decided_after=RESTORE),
    "of a merged vendor": Story(3, ("approve",), supplier=MERGED_SUPPLIER),
    "of the vendor that stayed": Story(
        2, ("approve",), supplier=MERGED_SUPPLIER, begins=CLOSING, ends=END, is_closed=False
    ),
    "coded before": Story(2, ("approve",), account=RETIRED_ACCOUNT),
    "coded to an inactive account": Story(
        2, ("approve",), "held", quickbooks=None, account=RETIRED_ACCOUNT, begins=CLOSING, ends=END, is_closed=False
    ),
    "approved after the closing": Story(2, ("approve",), "held", quickbooks=None, begins=CLOSING, ends=END),
    "revised after the closing": Story(2, ("approve", "revise"), "held", "second", decided_after=CLOSING, ends=END),
    "typed": Story(3, ("type",), None, None, None, "entered_directly"),
    "typed again": Story(3, ("approve", "type again"), beside="suspected_duplicate"),
    "copied": Story(2, ("approve", "copy"), beside="stray"),
    "poisoned": Story(2, ("poison and approve",), "failed", quickbooks=None, is_closed=False),
    "plain, in the new month": Story(8, ("approve",), begins=CLOSING, ends=END, is_closed=False),
}
"""What may happen, beside plain invoices, by what people would call it."""
PLAIN: Final = Story(0, ("approve",))


@dataclass(frozen=True)
class MonthAct:
    """One thing that happens: to a document, or to the whole company or its installation (`document` is then -1).

    `day` counts from the first of the period; `amount` is what the act makes of the document.
    """

    name: str
    document: int = -1
    supplier: str = ""
    account: str = ""
    day: int = 0
    amount: Decimal = Decimal(0)
    pause: float = 0.0


@dataclass(frozen=True)
class PlannedRow:
    """A row that the report must show: its bucket, and QuickBooks' amount less Precoro's."""

    bucket: str
    difference: Decimal


@dataclass(frozen=True)
class MonthPlan:
    """The acts of a month in their order, the rows of its report by name, and the story of each document."""

    acts: Sequence[MonthAct]
    rows: Mapping[str, PlannedRow]
    stories: Sequence[str]


def plan(documents: int, seed: int) -> MonthPlan:
    """Return what happens to so many documents, and around them."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    stories = _stories(documents, chance)
    moments, rows = list(_around(documents, chance)), dict[str, PlannedRow]()
    for number, name in enumerate(stories):
        story, amounts = STORIES.get(name, PLAIN), _amounts(number, chance)
        moments += _acts(story, number, amounts, chance)
        rows |= _rows(story, number, amounts)
    return MonthPlan([act for _, act in sorted(moments, key=lambda item: item[0])], rows, stories)


def differences(planned: Mapping[str, PlannedRow], reported: Mapping[str, PlannedRow]) -> dict[str, str]:
    """Say of each row in which a report shows something else than was planned what it shows."""
    return {
        name: f"{_shown(reported.get(name))} in place of {_shown(planned.get(name))}"
        for name in sorted(planned.keys() | reported.keys())
        if planned.get(name) != reported.get(name)
    }


def document_name(number: int) -> str:
    """Return the name of a document in Precoro."""
    return f"M-{number}"


def order_name(number: int) -> str:
    """Return the name of the order that a document bills."""
    return f"MO-{number}"


def credit_name(number: int) -> str:
    """Return the name of the credit note for a document."""
    return f"MC-{number}"


def entry_name(number: int) -> str:
    """Return what a plan calls the entry that people make in QuickBooks beside a document."""
    return f"T-{number}"


def _stories(documents: int, chance: random.Random) -> list[str]:
    """Return the story of each document: at least one of each, all others are plain."""
    stories = [name for name, story in STORIES.items() for _ in range(max(1, round(story.share * documents / 100)))]
    stories += ["plain"] * (documents - len(stories))
    chance.shuffle(stories)
    return stories


def _amounts(number: int, chance: random.Random) -> tuple[Decimal, Decimal]:
    """Return two amounts that no other document has."""
    first, second = (Decimal(10_000 + 200 * number + half + chance.randrange(100)) / 100 for half in (0, 100))
    return first, second


def _acts(
    story: Story, number: int, amounts: tuple[Decimal, Decimal], chance: random.Random
) -> Iterator[tuple[float, MonthAct]]:
    """Yield what happens to a document, each act at its part of the month."""
    supplier, account = story.supplier or chance.choice(SUPPLIERS), story.account or chance.choice(ACCOUNTS)
    day = chance.randrange(CLOSED_DAYS) if story.is_closed else chance.randrange(CLOSED_DAYS, DAYS)
    ends = story.ends if story.begins >= CLOSING else CLOSING
    moments = sorted(chance.uniform(story.begins, ends) for _ in story.acts)
    if story.decided_after:
        moments[-1] = chance.uniform(max(story.decided_after, *moments), story.ends)
    for place, (moment, name) in enumerate(zip(moments, story.acts, strict=True)):
        amount = amounts[1] if place and name in {"revise", "edit"} else amounts[0]
        yield moment, MonthAct(name, number, supplier, account, day, amount)


def _around(documents: int, chance: random.Random) -> Iterator[tuple[float, MonthAct]]:
    """Yield what happens to the company and to its installation."""
    yield BACKUP, MonthAct("back up")
    yield RESTORE, MonthAct("restore", pause=round(chance.uniform(0.5, 2), 2))
    yield MERGE, MonthAct("merge vendors")
    yield CLOSING, MonthAct("close the books")
    for name, each in KILLED.items():
        for _ in range(max(1, documents // each)):
            yield chance.random(), MonthAct(name, pause=round(chance.uniform(0.1, 2), 2))


def _rows(story: Story, number: int, amounts: tuple[Decimal, Decimal]) -> Iterator[tuple[str, PlannedRow]]:
    """Yield the rows that the report must show of a document and of what goes with it."""
    nothing = Decimal("0.00")
    figures = {"first": amounts[0], "second": amounts[1], "nothing": nothing, None: nothing}
    if story.bucket:
        difference = figures[story.quickbooks] - figures[story.precoro]
        yield document_name(number), PlannedRow(story.bucket, difference)
    if story.beside:
        yield entry_name(number), PlannedRow(story.beside, amounts[0])
    if "order" in story.acts:
        yield order_name(number), PlannedRow("agrees", nothing)
    if "credit" in story.acts:
        yield credit_name(number), PlannedRow("agrees", nothing)


def _shown(row: PlannedRow | None) -> str:
    return f"{row.bucket} {row.difference}" if row else "nothing"
