"""Up to thirty writes in one call, which counts once.

Items are independent: some land while others are refused. A request id covers the whole call, so it is made of the keys of the
items: the same items sent again are the same call, whose first answer QuickBooks repeats.

For backlogs of reference data. What QuickBooks does: docs/reference/quickbooks.md, Batches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from outbound.errors import Landed, RemoteError, Reply, ServerTrouble, Throttled
from outbound.wire import JsonObject

if TYPE_CHECKING:
    from qbo_client.client import QboClient

MOST_ITEMS = 30

Operation: TypeAlias = Literal["create", "update", "delete"]
Outcome: TypeAlias = JsonObject | RemoteError


@dataclass(frozen=True, kw_only=True)
class Item:
    """One write; `key` is the caller's own name for it, `options` as in "void" or "allowduplicatedocnum"."""

    key: str
    kind: str
    body: Mapping[str, Any]
    operation: Operation = "create"
    options: str | None = None


def send(client: QboClient, items: Sequence[Item]) -> dict[str, Outcome]:
    """Send up to thirty writes and return, by key, the entity that each left or the error that each met.

    What QuickBooks throttled while others went through did not land, and is sent once more. What may have landed is never sent
    under another id: its error says `landed` MAYBE, and the caller looks. A call that fails as a whole raises.
    """
    outcomes = _call(client, items, attempt=1)
    throttled = [item for item in items if isinstance(outcomes[item.key], Throttled)]
    if 0 < len(throttled) < len(items):
        outcomes |= _once_more(client, throttled)
    return outcomes


def request_id(keys: Sequence[str], attempt: int = 1) -> str:
    """Return the id of a call with these items, at most 36 characters: the same items always have the same id."""
    return hashlib.sha256("\n".join([*keys, str(attempt)]).encode()).hexdigest()[:32]


def _once_more(client: QboClient, throttled: Sequence[Item]) -> dict[str, Outcome]:
    """Send what was throttled again; when the call itself fails, each item has met that error."""
    try:
        return _call(client, throttled, attempt=2)
    except RemoteError as error:
        return {item.key: error for item in throttled}


def _call(client: QboClient, items: Sequence[Item], *, attempt: int) -> dict[str, Outcome]:
    given = request_id([item.key for item in items], attempt)
    answered = client.batch([_entry(number, item) for number, item in enumerate(items)], request_id=given)
    return {item.key: _outcome(answered.get(str(number)), item, given) for number, item in enumerate(items)}


def _entry(number: int, item: Item) -> JsonObject:
    """Return an item as the call has it; with a request id, QuickBooks takes a `bId` of at most ten characters."""
    entry: JsonObject = {"bId": str(number), "operation": item.operation, item.kind: item.body}
    return {**entry, "optionsData": item.options} if item.options else entry


def _outcome(answered: Outcome | None, item: Item, given: str) -> Outcome:
    """Return the entity that an item left, or its error; of an item that the answer leaves out nobody knows."""
    if isinstance(answered, RemoteError):
        return answered
    entity = (answered or {}).get(item.kind)
    if isinstance(entity, dict):
        return entity
    text = "The answer says nothing about this part of the batch."
    return ServerTrouble(Reply(service="QuickBooks", request_id=given, text=text), landed=Landed.MAYBE)
