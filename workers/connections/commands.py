"""What people do with a connection: pause, resume, refresh, reconnect, and pair entries of its lists."""

from __future__ import annotations

from mappers.counterparts import COUNTERPARTS, subject
from store import history, records, reference
from store.companies import CONNECTED, DISCONNECTED, PAUSED
from store.reference import PRECORO, QUICKBOOKS
from workers import backoff, catch_up, clients
from workers.connections import connect, first_pairs
from workers.errors import NotPausedError
from workers.lookup import connection_named, entry_key
from workers.pair_kinds import PAIR_KINDS
from workers.reference import company
from workers.runtime import Runtime

"""Each kind of pair that a person makes one by one: the kind of its entries in Precoro and in QuickBooks."""


def pause(runtime: Runtime, slug: str, who: str) -> None:
    """Stop working for a connection; events are kept, and what they are about waits."""
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        if connection.state == DISCONNECTED:
            raise NotPausedError(slug)
        connection.state = PAUSED
        history.note(session, moment, who, "pause", slug)


def resume(runtime: Runtime, slug: str, who: str) -> None:
    """Go on after a pause, and end a rest early.

    What changed in QuickBooks during a pause is read before anything is sent: a bill that somebody typed meanwhile would be
    doubled. Raises NotPausedError for a disconnected connection, and RemoteError when QuickBooks does not tell what changed;
    then it stays paused.
    """
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        if connection.state == DISCONNECTED:
            raise NotPausedError(slug)
        both, was_paused = (connection.precoro, connection.qbo), connection.state == PAUSED
    clients.reopen_quotas(runtime, *both)
    if was_paused:
        catch_up.read_changes(runtime, both[1].id)
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        connection.state = CONNECTED
        backoff.end(session, connection.id)
        history.note(session, moment, who, "resume", slug)
    runtime.dispatch()


def refresh(runtime: Runtime, slug: str, who: str) -> tuple[dict[str, int], dict[str, int]]:
    """Read the company and the lists of both sides again and pair equal names; returns what each list has, and new pairs."""
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        connection_id, qbo_id = connection.id, connection.qbo_id
        history.note(session, moment, who, "refresh", slug)
    company.refresh(runtime, qbo_id)
    counted = connect.import_lists(runtime, connection_id)
    paired = first_pairs.pair_equal_names(runtime, connection_id)
    runtime.dispatch()
    return counted, paired


def reconnect(runtime: Runtime, slug: str, code: str, realm: str, *, redirect: str, who: str) -> None:
    """Give a connection fresh permission and go on with what waited. Raises ConnectError and RemoteError."""
    connect.reconnect(runtime, slug, code, realm, redirect=redirect)
    with runtime.write() as (session, moment):
        backoff.end(session, connection_named(session, slug).id)
        history.note(session, moment, who, "reconnect", slug)
    runtime.dispatch()


def pair(runtime: Runtime, slug: str, kind: str, precoro: str, quickbooks: str, who: str) -> int:
    """Pair two entries of lists, each named by its id or its exact name; returns how many held documents that releases.

    `kind` is one of LIST_KINDS. Raises NoSuchEntryError and AmbiguousNameError.
    """
    counterpart = COUNTERPARTS[kind]
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        left = entry_key(session, connection, PRECORO, counterpart.precoro, precoro)
        right = entry_key(session, connection, QUICKBOOKS, counterpart.quickbooks, quickbooks)
        before = reference.pairs(session, connection.id, [(kind, left)]).get((kind, left))
        waiting = records.waiting_for(session, connection.id, subject(kind, left))
        released = PAIR_KINDS[kind].make(session, connection, kind, {left: right}, moment, how="person", who=who)
        history.note(
            session, moment, who, "pair", f"{kind}:{left}", before=before, after=right, waiting=waiting, connection=slug
        )
    runtime.dispatch()
    return released
