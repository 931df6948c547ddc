"""The open parts a command works with, who gives it, and what it finds by name."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import settings as settings_module
from cli.errors import CouldNotRunError, NotFoundError
from store.companies import Connection
from store.records import Record
from workers import lookup
from workers.errors import NoSuchDocumentError
from workers.ops import doctor as checks
from workers.ops import views as listings
from workers.runtime import Runtime


@contextmanager
def opened() -> Iterator[Runtime]:
    """Open settings, database and queue for one command. Raises CouldNotRunError or WrongSettingsError."""
    settings = settings_module.load()
    keys = checks.keys(settings)
    if not keys.ok:
        raise CouldNotRunError(f"{keys.sentence} {keys.remedy}")
    try:
        runtime = Runtime(settings)
    except ValueError as error:
        raise CouldNotRunError(f"REDIS_URL cannot be used: {error}") from error
    try:
        yield runtime
    finally:
        runtime.close()


def who() -> str:
    """Return who gives the command, for the history."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"


def chosen(runtime: Runtime, slug: str | None) -> str:
    """Return the slug of the connection that is named, or of the only one there is.

    Raises NotFoundError, and what `workers.lookup.connection_named` raises.
    """
    if slug:
        return connection_named(runtime, slug).slug
    with runtime.read() as (session, _):
        names = [one.slug for one in listings.connections(session)]
    if len(names) != 1:
        there = f"There are several connections. Name one of: {', '.join(names)}"
        raise NotFoundError(there if names else "There is no connection yet. See: tieout connections add")
    return names[0]


def connection_named(runtime: Runtime, slug: str) -> Connection:
    """Return the connection of this name with both companies. Raises NoSuchConnectionError and AmbiguousNameError."""
    with runtime.read() as (session, _):
        return lookup.connection_named(session, slug)


def document_named(runtime: Runtime, text: str, connection: str | None) -> Record:
    """Return the one document of this name. Raises NoSuchDocumentError, and NotFoundError when the name is not enough."""
    found = documents_named(runtime, text, connection)
    if not found:
        raise NoSuchDocumentError(text)
    return found


def documents_named(runtime: Runtime, text: str, connection: str | None) -> Record | None:
    """Return the document of this name, or None. Raises NotFoundError when several have it."""
    with runtime.read() as (session, _):
        found = listings.named(session, listings.Name.read(text), connection)
    if len(found) > 1:
        names = ", ".join(f"{one.kind}:{one.idn} --connection {one.connection.slug}" for one in found)
        raise NotFoundError(f"More than one document goes by {text}. Name one of: {names}")
    return found[0] if found else None
