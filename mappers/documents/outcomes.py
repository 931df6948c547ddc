"""What planning comes to: a change, nothing, a hold, or a read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import simplejson

from mappers.problems import Note, Problem

Body = dict[str, Any]
"""A QuickBooks entity: JSON with Decimal for every number that is money."""


def digest(body: Mapping[str, Any]) -> str:
    """Return the fingerprint of a mapped body.

    A later mapping is compared with it. Links to orders are left out: what becomes of an order changes no document.
    """
    lines = [{name: value for name, value in line.items() if name != "LinkedTxn"} for line in body.get("Line", [])]
    text = simplejson.dumps(
        {**body, "Line": lines} if lines else body, use_decimal=True, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Create:
    """Create this entity.

    `line_keys` are the Precoro line keys in the order of body["Line"], `total` is payable. `allow_duplicate` says that a person
    decided to send it although QuickBooks may hold it already. `unlinked_orders` are the orders in QuickBooks that it bills without
    a link, `sources` what the coding follows from in Precoro.
    """

    type: str
    body: Body
    total: Decimal
    notes: tuple[Note, ...] = ()
    line_keys: tuple[str, ...] = ()
    allow_duplicate: bool = False
    unlinked_orders: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def mapped(self) -> Body:
        """Return the body to keep as `Sent.body`: the one that is sent."""
        return self.body

    @property
    def digest(self) -> str:
        """Return the fingerprint to keep as `Sent.digest`."""
        return digest(self.mapped)


@dataclass(frozen=True, slots=True)
class Update:
    """Send the entity that was just read, with our fields laid over it.

    `body` is sent; `mapped`, our own fields, is kept as `Sent.body`. `again` says that the approved version is planned again
    afterwards, because this update does not bring it. `kept` says that a person keeps figures there that are not Precoro's.
    """

    type: str
    id: str
    body: Body
    mapped: Body
    total: Decimal
    notes: tuple[Note, ...] = ()
    line_keys: tuple[str, ...] = ()
    again: bool = False
    allow_duplicate: bool = False
    kept: bool = False
    unlinked_orders: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return the fingerprint to keep as `Sent.digest`."""
        return digest(self.mapped)


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete this entity.

    `again` says that a create follows, because the revision needs another vendor or currency.
    """

    type: str
    id: str
    sync_token: str
    notes: tuple[Note, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Adopt:
    """Link the record to an entity that stands for it already.

    `mapped` and `line_keys` are what would have been sent: they are kept as `Sent.body` and for the line ids. `marked` is the
    entity with our marker, which is written if it is not there; nothing else is sent. `kept` says that a person takes figures
    that are not Precoro's.
    """

    type: str
    id: str
    entity: Body
    notes: tuple[Note, ...] = ()
    mapped: Body = field(default_factory=dict)
    line_keys: tuple[str, ...] = ()
    marked: Body | None = None
    kept: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)

    def update(self, marked: Body) -> Update:
        """Return the update that writes our marker."""
        total = Decimal(self.entity["TotalAmt"])
        update = Update(self.type, self.id, marked, self.mapped, total, self.notes, self.line_keys, kept=self.kept)
        return replace(update, sources=self.sources)

    @property
    def digest(self) -> str:
        """Return the fingerprint to keep as `Sent.digest`."""
        return digest(self.mapped)


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to send; `state` is where the record stands then.

    `settled` says that this approved version is what stands in QuickBooks: it may be recorded as such. `kept` says that a
    person keeps other figures there for this version. `problems` are what a document that is ready would be held for, or what
    an open one waits for; `then` is sent once nothing is left to wait for. `mapped` are our own fields where QuickBooks has come to
    hold others than were sent, without a write; with `line_keys` they are what we would have sent in place of others, line by line.
    """

    state: Literal["open", "ready", "synced", "removed", "never"]
    reason: str
    notes: tuple[Note, ...] = ()
    settled: bool = False
    kept: bool = False
    problems: tuple[Problem, ...] = ()
    mapped: Body | None = None
    then: Create | None = None
    line_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Send nothing: a person must decide, and sees every problem at once."""

    problems: tuple[Problem, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """Read one entity.

    The answer is its JSON, or None when it is not there any more.
    """

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class RateLookup:
    """Look up how many home units one unit of `currency` is worth.

    The answer is a Decimal or None.
    """

    currency: str
    date: date


@dataclass(frozen=True, slots=True)
class Search:
    """Find the entities of a vendor whose PrivateNote carries `marker`.

    The answer is a tuple of JSON objects.
    """

    type: str
    vendor_id: str
    marker: str
    since: date | None


Need = Read | RateLookup | Search
Answers = Mapping[Need, Any]
Plan = Create | Update | Delete | Adopt | Nothing | Hold | Need


def until_live(live_plan: Plan) -> Plan:
    """Return the plan of a connection that is not live yet: nothing is done.

    The document is ready. What it would be held for is kept: it is the preview of going live.
    """
    if isinstance(live_plan, Read | RateLookup | Search) or (isinstance(live_plan, Nothing) and not live_plan.problems):
        return live_plan
    problems = live_plan.problems if isinstance(live_plan, Hold) else ()
    return Nothing("ready", "The connection is not live yet.", live_plan.notes, problems=problems)


@dataclass(frozen=True, slots=True)
class Sent:
    """What we know of our last write, or of the entity adopted.

    `body` is the `mapped` of the plan, `answer` QuickBooks' own object, `line_ids` line key -> Line.Id; `revised` says that status 7 was seen since, `kept` that a
    person keeps other figures in QuickBooks for this version; `first_rate` is the exchange rate of the create; `doubled_by` is the id of
    what people entered beside it later; `sources` are what its coding followed from in Precoro.
    """

    type: str
    id: str
    sync_token: str
    body: Body
    answer: Body
    version: str | None = None
    digest: str = ""
    line_ids: Mapping[str, str] = field(default_factory=dict)
    revised: bool = False
    first_rate: Decimal | None = None
    kept: bool = False
    doubled_by: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
