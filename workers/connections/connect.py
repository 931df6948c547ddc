"""Connecting a Precoro company with a QuickBooks company: permission, what the company can do, lists, first pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mappers.policy import Policy, dump_policy
from outbound.errors import RemoteError
from outbound.quota import Priority, WaitingBudget
from precoro_client.client import INTERNATIONAL, UNITED_STATES, PrecoroClient
from qbo_client.client import QboClient
from qbo_client.company import CompanyProfile, read_company
from qbo_client.oauth import IssuedTokens
from settings import Settings
from store import companies, history, reference
from store.companies import CONNECTED, DISCONNECTED, Connection, PrecoroCompany, QboCompany
from workers import catch_up, clients
from workers.connections import legal_entities
from workers.connections.first_pairs import pair_equal_names
from workers.errors import (
    CompanyRefusedError,
    KnownCompanyError,
    LegalEntityError,
    NameTakenError,
    OtherEnvironmentError,
    OtherKeyError,
    WrongCompanyError,
)
from workers.lookup import connection_named
from workers.reference import cache
from workers.reference import company as qbo_company
from workers.runtime import Runtime
from workers.tokens import store_tokens

SERVERS = {"international": INTERNATIONAL, "us": UNITED_STATES}
"""The servers that Precoro has."""


@dataclass(frozen=True)
class PrecoroAccess:
    """How to reach a Precoro company: the API's address, and a user who sees everything with his key."""

    host: str
    email: str
    key: str
    legal_entity: str | None = None


@dataclass(frozen=True)
class LinkedCompanies:
    """Two companies that were just linked: for people to read, with the address to paste into Precoro."""

    slug: str
    company: CompanyProfile
    warnings: list[str]
    webhook_address: str


@dataclass(frozen=True)
class NewConnection(LinkedCompanies):
    """A connection that was just made, with how many entries QuickBooks has, and how many new pairs there are."""

    lists: dict[str, int]
    paired: dict[str, int]


def connect(
    runtime: Runtime,
    access: PrecoroAccess,
    code: str,
    realm: str,
    *,
    redirect: str,
    slug: str = "",
    who: str = "operator",
    policy: Policy | None = None,
    entities: Sequence[legal_entities.Row] | None = None,
) -> NewConnection:
    """Link two companies as `link` does, and read the lists of both at once, with the first pairs.

    Raises what `link` does.
    """
    linked = link(runtime, access, code, realm, redirect=redirect, slug=slug, who=who, entities=entities)
    with runtime.read() as (session, _):
        connection = connection_named(session, linked.slug)
    counted = import_lists(runtime, connection.id)
    keep_first_policy(runtime, connection.id, policy or Policy())
    paired = pair_equal_names(runtime, connection.id)
    go_on(runtime, connection.qbo_id)
    return NewConnection(linked.slug, linked.company, linked.warnings, linked.webhook_address, counted, paired)


def link(
    runtime: Runtime,
    access: PrecoroAccess,
    code: str,
    realm: str,
    *,
    redirect: str,
    slug: str = "",
    who: str = "operator",
    entities: Sequence[legal_entities.Row] | None = None,
) -> LinkedCompanies:
    """Link two companies with the code that Intuit's consent page gave; the same pair again keeps everything it has.

    `entities` are those of `ask_precoro`, if it was asked before. Raises ConnectError, or RemoteError when a service does
    not answer; the permission is given back then.
    """
    entities = ask_precoro(runtime, access) if entities is None else entities
    access = _with_entity(runtime, access, entities, realm)
    tokens = clients.oauth(runtime, redirect).exchange(code)
    with _given_back_unless_kept(runtime, realm, tokens):
        company, preferences = _read_company(runtime, realm, tokens)
        if company.refusal:
            raise CompanyRefusedError(company.refusal)
        with runtime.write() as (session, moment):
            connection = _store(session, runtime, access, realm, company, preferences, tokens, moment, slug)
            legal_entities.keep(session, connection.precoro, entities, moment)
            history.note(
                session, moment, who, "connect", connection.slug, realm=realm, legal_entity=access.legal_entity
            )
            address = webhook_address(runtime.settings, connection.precoro.webhook_secret)
            return LinkedCompanies(connection.slug, company, company.warnings, address)


def ask_precoro(runtime: Runtime, access: PrecoroAccess) -> Sequence[legal_entities.Row]:
    """Return the legal entities of a Precoro company: the cheapest call that a wrong key refuses. Raises RemoteError."""
    return list(_open_precoro(runtime, access).legal_entities())


def webhook_address(settings: Settings, secret: str) -> str:
    """Return the secret address that Precoro is to call."""
    return f"{settings.receiver_url}/webhooks/precoro/{secret}"


def reconnect(runtime: Runtime, slug: str, code: str, realm: str, *, redirect: str) -> None:
    """Give a connection fresh permission for the company it has; what a person paused stays paused.

    What changed in QuickBooks meanwhile is read before anything is sent. Raises WrongCompanyError for any other company,
    OtherEnvironmentError, and RemoteError when QuickBooks does not tell what changed; then the connection stays disconnected.
    The clock reads the company again afterwards.
    """
    environment = runtime.settings.qbo_environment
    with runtime.read() as (session, _):
        expected = connection_named(session, slug).qbo
    if environment != expected.environment:
        raise OtherEnvironmentError(slug, expected.environment, environment)
    if realm != expected.realm:
        raise WrongCompanyError(expected.realm, realm, slug)
    tokens = clients.oauth(runtime, redirect).exchange(code)
    _read_company(runtime, realm, tokens)  # a code says nothing of its company: only with these tokens is it seen
    with runtime.write() as (session, moment):
        company = session.get_one(QboCompany, expected.id)
        store_tokens(session, company, tokens, moment)
        company.checked_at = None
    go_on(runtime, expected.id)


def disconnect(runtime: Runtime, slug: str, who: str) -> list[str]:
    """Give the permission back to Intuit and stop; pairs, settings and history stay. Returns the connections that it ends.

    The permission is the company's: every connection with the same QuickBooks company ends with it. Raises RemoteError when
    Intuit does not answer; then nothing has changed.
    """
    with runtime.read() as (session, _):
        company = connection_named(session, slug).qbo
    if company.refresh_token:
        clients.oauth(runtime).revoke(company.refresh_token)
    with runtime.write() as (session, moment):
        company = session.get_one(QboCompany, company.id)
        company.access_token = company.refresh_token = ""
        for connection in company.connections:
            connection.state = DISCONNECTED
            history.note(session, moment, who, history.DISCONNECT, connection.slug)
        return [connection.slug for connection in company.connections]


def change_key(runtime: Runtime, slug: str, key: str, who: str, email: str = "") -> None:
    """Put a new Precoro key, perhaps of another user, in the place of the old one; everything else stays.

    Raises OtherKeyError, and RemoteError when Precoro refuses the key.
    """
    with runtime.read() as (session, _):
        connected = connection_named(session, slug).precoro
    access = PrecoroAccess(connected.host, email or connected.email, key)
    entities = ask_precoro(runtime, access)
    with runtime.write() as (session, moment):
        company = session.get_one(PrecoroCompany, connected.id)
        if legal_entities.is_other_company(session, company, entities):
            raise OtherKeyError(slug)
        other = legal_entities.company_of_user(session, access.host, access.email)
        if other is not None and other.id != company.id:
            raise KnownCompanyError(other.email, _slug_of(other))
        legal_entities.keep(session, company, entities, moment)
        history.note(session, moment, who, "key", slug, before=company.email, after=access.email)
        company.api_key, company.email = access.key, access.email


def import_lists(runtime: Runtime, connection_id: int) -> dict[str, int]:
    """Read the lists of both sides; returns how many entries each QuickBooks list has."""
    with runtime.read() as (session, _):
        connection = session.get_one(Connection, connection_id)
        precoro, qbo = connection.precoro, connection.qbo
    counted = cache.import_quickbooks(runtime.write, clients.quickbooks_for_set_up(runtime, qbo), qbo)
    cache.import_precoro(runtime.write, clients.precoro_for_set_up(runtime, precoro), precoro)
    _keep_fields(runtime, connection_id)
    return counted


def keep_first_choices(runtime: Runtime, connection_id: int) -> None:
    """Keep which lists the custom fields stand for, once all are read, and choose default accounts."""
    _keep_fields(runtime, connection_id)
    keep_first_policy(runtime, connection_id, Policy())


def keep_first_policy(runtime: Runtime, connection_id: int, policy: Policy) -> None:
    """Choose default accounts for a connection about which nothing is decided yet."""
    with runtime.write() as (session, _):
        connection = session.get_one(Connection, connection_id)
        if not connection.policy:
            connection.policy = dump_policy(_first_policy(session, connection, policy))


def _keep_fields(runtime: Runtime, connection_id: int) -> None:
    """Keep which lists the custom fields stand for, and that both sides were read until now."""
    with runtime.write() as (session, moment):
        connection = session.get_one(Connection, connection_id)
        connection.fields = cache.fields_of(session, connection)
        cache.note_changed(session, connection, [f"field:{field_id}" for field_id in connection.fields], moment)
        connection.qbo.changes_since = moment


def _slug_of(company: PrecoroCompany) -> str | None:
    """Return the name of a connection of a Precoro company, if it has any."""
    return company.connections[0].slug if company.connections else None


def _with_entity(
    runtime: Runtime, access: PrecoroAccess, entities: Sequence[legal_entities.Row], realm: str
) -> PrecoroAccess:
    """Return the access with the id of its legal entity. Raises LegalEntityError and KnownCompanyError."""
    with runtime.read() as (session, _):
        same = legal_entities.same_company(session, access.host, access.email, entities)
        if same:
            raise KnownCompanyError(same.email, _slug_of(same))
        everything = legal_entities.serving_all(session, access.host, access.email, realm)
    if access.legal_entity is None:
        if everything:
            raise LegalEntityError(
                f"{everything.slug} serves all legal entities of this Precoro company.",
                legal_entities.choices(entities),
            )
        return access
    entity = legal_entities.id_of_choice(entities, access.legal_entity)
    if entity is None:
        raise LegalEntityError(
            f"Precoro shows no legal entity {access.legal_entity}.", legal_entities.choices(entities)
        )
    return replace(access, legal_entity=entity)


def go_on(runtime: Runtime, qbo_id: int) -> None:
    """Let the connections of a company go on that had lost their permission, once it is known what changed meanwhile.

    A bill that somebody typed while nothing was read would be doubled.
    """
    lost = Connection.qbo_id == qbo_id, Connection.state == DISCONNECTED
    with runtime.read() as (session, _):
        if session.scalars(select(Connection.id).where(*lost).limit(1)).first() is None:
            return
    catch_up.read_changes(runtime, qbo_id)
    with runtime.write() as (session, _):
        session.execute(update(Connection).where(*lost).values(state=CONNECTED))


def _open_precoro(runtime: Runtime, access: PrecoroAccess) -> PrecoroClient:
    """Open Precoro with credentials that are not stored yet."""
    company = PrecoroCompany(id=0, host=access.host, email=access.email, api_key=access.key)
    return clients.precoro_for_set_up(runtime, company)


@contextmanager
def _given_back_unless_kept(runtime: Runtime, realm: str, tokens: IssuedTokens) -> Iterator[None]:
    """Give a permission that led nowhere back to Intuit, unless another connection lives on the same company."""
    try:
        yield
    except Exception:
        with runtime.read() as (session, _):
            is_in_use = session.scalar(select(QboCompany.id).where(QboCompany.realm == realm)) is not None
        if not is_in_use:
            with suppress(RemoteError):  # the first error is the one to tell
                clients.oauth(runtime).revoke(tokens.refresh)
        raise


def _read_company(runtime: Runtime, realm: str, tokens: IssuedTokens) -> tuple[CompanyProfile, dict[str, Any]]:
    """Read what the company is and can do, with tokens that are not stored yet."""
    settings = runtime.settings
    client = QboClient(
        base_url=clients.qbo_address(settings, settings.qbo_environment),
        realm=realm,
        token=lambda: tokens.access,
        refresh=lambda stale: stale,
        quota=WaitingBudget(clients.qbo_quota(runtime, realm).at(Priority.PERSON)),
        on_call=partial(runtime.note_call, realm),
        timeout=settings.qbo_timeout,
        allowed_hosts=clients.qbo_hosts(settings),
    )
    preferences = client.preferences()
    company = read_company(client.company_info(), preferences)
    client.close()
    return company, preferences


def _store(
    session: Session,
    runtime: Runtime,
    access: PrecoroAccess,
    realm: str,
    company: CompanyProfile,
    preferences: dict[str, Any],
    tokens: IssuedTokens,
    moment: datetime,
    slug: str,
) -> Connection:
    """Store both companies and their connection, or bring them up to date."""
    qbo = _quickbooks(session, runtime.settings.qbo_environment, realm)
    qbo_company.keep_profile(session, qbo, company, preferences, moment)
    store_tokens(session, qbo, tokens, moment)
    precoro = _store_precoro(session, access, moment)
    session.flush()
    same = (
        Connection.precoro_id == precoro.id,
        Connection.qbo_id == qbo.id,
        Connection.legal_entity.is_(None)
        if access.legal_entity is None
        else Connection.legal_entity == access.legal_entity,
    )
    connection = session.scalar(select(Connection).where(*same))
    if connection is None:
        name = slug or _slug(company.name)
        if companies.connection_named(session, name) is not None:
            raise NameTakenError(name)
        connection = Connection(
            slug=name, precoro=precoro, qbo=qbo, legal_entity=access.legal_entity, policy={}, fields={}, created_at=moment,
            state=CONNECTED, reference_version=1, backoffs=0,
        )  # fmt: skip
        session.add(connection)
    session.flush()
    return connection


def _quickbooks(session: Session, environment: str, realm: str) -> QboCompany:
    """Return the QuickBooks company, new or known."""
    same = select(QboCompany).where(QboCompany.realm == realm, QboCompany.environment == environment)
    return session.scalar(same) or QboCompany(realm=realm, environment=environment)


def _store_precoro(session: Session, access: PrecoroAccess, moment: datetime) -> PrecoroCompany:
    """Store how the Precoro company is reached; its webhook address stays what it was."""
    company = legal_entities.company_of_user(session, access.host, access.email)
    if company is None:
        secret = companies.new_secret()
        company = PrecoroCompany(
            host=access.host,
            email=access.email,
            webhook_secret=secret,
            webhook_digest=companies.digest(secret),
            webhook_made_at=moment,
            modified_read_until={},
        )
        session.add(company)
    company.api_key = access.key
    return company


def _first_policy(session: Session, connection: Connection, policy: Policy) -> Policy:
    """Choose default accounts."""
    accounts = session.scalars(
        select(reference.Entry)
        .where(
            reference.Entry.side == reference.QUICKBOOKS,
            reference.Entry.company_id == connection.qbo_id,
            reference.Entry.kind == "account",
            reference.Entry.active,
        )
        .order_by(reference.Entry.id)
    ).all()
    payable: dict[str, str] = {}
    for account in accounts:
        if account.data.get("kind") == "Accounts Payable":
            payable.setdefault(account.data.get("currency") or connection.qbo.home_currency, account.key)
    uncategorised = [account.key for account in accounts if "uncategorized expense" in account.name.casefold()]
    return replace(
        policy,
        payable_accounts={**payable, **policy.payable_accounts},
        default_line_account=policy.default_line_account or next(iter(uncategorised), None),
    )


def _slug(name: str) -> str:
    """Make a connection's name from the company's: short, for markers and commands."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:30] or "company"
