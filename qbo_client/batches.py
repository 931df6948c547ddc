"""Up to thirty writes in one call, which counts once: for backlogs of reference data.

Items are independent: some land while others are refused. A request id covers the whole call, so it is made of the keys of the
items: the same items sent again are the same call, whose first answer QuickBooks repeats.

What QuickBooks does: docs/reference/quickbooks.md, Batches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from outbound.errors import CallDetails, Landed, RemoteError, ServerTrouble, Throttled, WrongRecord
from outbound.wire import JsonObject
from qbo_client.client import SERVICE, QboClient

Operation: TypeAlias = Literal["create", "update", "delete"]
Outcome: TypeAlias = JsonObject | RemoteError


@dataclass(frozen=True, kw_only=True)
class BatchItem:
    """One write of a batch.

    `key` is the caller's own name for it, `options` as in "void" or "allowduplicatedocnum".
    """

    key: str
    kind: str
    body: Mapping[str, object]
    operation: Operation = "create"
    options: str | None = None


def send(client: QboClient, items: Sequence[BatchItem]) -> dict[str, Outcome]:
    """Send up to thirty writes; returns the entity or the error of each by its key.

    What QuickBooks throttled while others went through did not land, and is sent once more. What may have landed is never sent
    under another id: its error says `landed` MAYBE, and the caller looks. A call that fails as a whole raises.
    """
    outcomes = _call(client, items, attempt=1)
    throttled = [item for item in items if isinstance(outcomes[item.key], Throttled)]
    if 0 < len(throttled) < len(items):
        outcomes |= _resend(client, throttled)
    return outcomes


def request_id(keys: Sequence[str], attempt: int = 1) -> str:
    """Return the request id of a call, at most 36 characters: the same items always have the same."""
    return hashlib.sha256("\n".join([*keys, str(attempt)]).encode()).hexdigest()[:32]


def _resend(client: QboClient, throttled: Sequence[BatchItem]) -> dict[str, Outcome]:
    """Send throttled items again; when the call itself fails, that is the error of each."""
    try:
        return _call(client, throttled, attempt=2)
    except RemoteError as error:
        return {item.key: error for item in throttled}


def _call(client: QboClient, items: Sequence[BatchItem], *, attempt: int) -> dict[str, Outcome]:
    call_id = request_id([item.key for item in items], attempt)
    answered = client.batch([_entry(number, item) for number, item in enumerate(items)], request_id=call_id)
    return {item.key: _outcome(answered.get(str(number)), item, call_id) for number, item in enumerate(items)}


def _entry(number: int, item: BatchItem) -> JsonObject:
    """Return an item as the call carries it; `bId` is short, because QuickBooks takes ten characters."""
    entry: JsonObject = {"bId": str(number), "operation": item.operation, item.kind: item.body}
    return {**entry, "optionsData": item.options} if item.options else entry


def _outcome(answered: Outcome | None, item: BatchItem, call_id: str) -> Outcome:
    """Return the entity of an item or its error; one that the answer leaves out may have landed."""
    if isinstance(answered, RemoteError):
        return answered
    entity = (answered or {}).get(item.kind)
    if not isinstance(entity, dict):
        text = "The answer says nothing about this part of the batch."
        return ServerTrouble(CallDetails(service=SERVICE, request_id=call_id, text=text), landed=Landed.MAYBE)
    if "Id" in item.body and str(entity.get("Id")) != str(item.body["Id"]):
        text = f"Asked for {item.kind} {item.body['Id']}."
        return WrongRecord(CallDetails(service=SERVICE, request_id=call_id, text=text))
    return entity
