"""Connecting a Precoro company with a QuickBooks company: permission, what the company can do, lists, first pairs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.policy import Policy, dump_policy
from outbound.quota import Patient, Priority
from precoro_client.client import PrecoroClient
from qbo_client.client import QboClient
from qbo_client.company import Company, read_company
from qbo_client.oauth import Tokens
from store import companies, history, reference
from store.companies import CONNECTED, Connection, PrecoroCompany, QboCompany
from workers import clients, pairs
from workers import company as facts
from workers import reference as lists
from workers.runtime import Runtime
from workers.tokens import store_tokens


class ConnectError(Exception):
    """Connecting cannot go on; the message says why and what to do."""


class CompanyRefusedError(ConnectError):
    """The QuickBooks company cannot be used."""


class WrongCompanyError(ConnectError):
    """Another company was chosen than the one that is to be connected again."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(
            f"QuickBooks company {got} was chosen, but this connection belongs to company {expected}. "
            "Start again and choose the same company; another company needs a connection of its own."
        )


class NameTakenError(ConnectError):
    """A connection has this name already."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is a connection named {slug} already. Choose another name: --name")


@dataclass(frozen=True)
class PrecoroAccess:
    """How to reach a Precoro company: the API's address, and a user who sees everything with his key."""

    host: str
    email: str
    key: str
    legal_entity: str | None = None


@dataclass(frozen=True)
class Connected:
    """What came of connecting: for people to read, and the address to paste into Precoro."""

    slug: str
    company: Company
    warnings: list[str]
    webhook_address: str
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
) -> Connected:
    """Connect with the code that Intuit's consent page gave; connecting the same pair again keeps everything it has.

    Raises ConnectError, or RemoteError when a service does not answer.
    """
    precoro = _open_precoro(runtime, access)
    list(precoro.legal_entities())  # the cheapest call that a wrong key refuses, and none that comes again below
    tokens = clients.oauth(runtime, redirect).exchange(code)
    company, preferences = _look(runtime, realm, tokens)
    if company.refusal:
        raise CompanyRefusedError(company.refusal)
    with runtime.write() as (session, moment):
        kept = _keep(session, runtime, access, realm, company, preferences, tokens, moment, slug)
        action = history.ActionRow(at=moment, who=who, action="connect", subject=kept.slug, details={"realm": realm})
        session.add(action)
        connection_id, name, secret = kept.id, kept.slug, kept.precoro.webhook_secret
    counted = import_lists(runtime, connection_id)
    with runtime.write() as (session, _):
        connection = session.get_one(Connection, connection_id)
        if not connection.policy:
            connection.policy = dump_policy(_first_policy(session, connection, company, policy or Policy()))
    paired = pairs.pair_equal_names(runtime, connection_id)
    address = f"{runtime.settings.receiver_url}/webhooks/precoro/{secret}"
    return Connected(name, company, company.warnings, address, counted, paired)


def reconnect(runtime: Runtime, slug: str, code: str, realm: str, *, redirect: str) -> None:
    """Give a connection fresh permission for the company it has. Raises WrongCompanyError for any other."""
    with runtime.read() as (session, _):
        connection = companies.named(session, slug)
        if connection is None:
            raise ConnectError(f"There is no connection named {slug}. See: tieout connections list")
        expected, company_id = connection.qbo.realm, connection.qbo_id
    if realm != expected:
        raise WrongCompanyError(expected, realm)
    tokens = clients.oauth(runtime, redirect).exchange(code)
    with runtime.write() as (session, moment):
        company = session.get_one(QboCompany, company_id)
        store_tokens(session, company, tokens, moment)
        for each in company.connections:
            each.state = CONNECTED


def import_lists(runtime: Runtime, connection_id: int) -> dict[str, int]:
    """Read the lists of both sides; returns how many entries each QuickBooks list has."""
    with runtime.read() as (session, _):
        connection = session.get_one(Connection, connection_id)
        precoro, qbo = connection.precoro, connection.qbo
    counted = lists.import_quickbooks(runtime.write, clients.quickbooks_for_set_up(runtime, qbo), qbo)
    lists.import_precoro(runtime.write, clients.precoro_for_set_up(runtime, precoro), precoro)
    with runtime.write() as (session, moment):
        connection = session.get_one(Connection, connection_id)
        connection.fields = lists.fields_of(session, connection)
        lists.release(session, connection, [f"field:{field_id}" for field_id in connection.fields], moment)
        session.get_one(QboCompany, qbo.id).changes_since = moment
    return counted


def _open_precoro(runtime: Runtime, access: PrecoroAccess) -> PrecoroClient:
    """Open Precoro with credentials that are not stored yet."""
    company = PrecoroCompany(id=0, host=access.host, email=access.email, api_key=access.key)
    return clients.precoro_for_set_up(runtime, company)


def _look(runtime: Runtime, realm: str, tokens: Tokens) -> tuple[Company, dict[str, Any]]:
    """Read what the company is and can do, with tokens that are not stored yet."""
    settings = runtime.settings
    client = QboClient(
        base_url=clients.qbo_address(settings, settings.qbo_environment),
        realm=realm,
        token=lambda: tokens.access,
        refresh=lambda stale: stale,
        quota=Patient(clients.qbo_quota(runtime, realm).at(Priority.PERSON)),
        on_call=partial(runtime.note_call, realm),
        timeout=settings.qbo_timeout,
    )
    preferences = client.preferences()
    company = read_company(client.company_info(), preferences)
    client.close()
    return company, preferences


def _keep(
    session: Session,
    runtime: Runtime,
    access: PrecoroAccess,
    realm: str,
    company: Company,
    preferences: dict[str, Any],
    tokens: Tokens,
    moment: datetime,
    slug: str,
) -> Connection:
    """Store both companies and their connection, or bring them up to date."""
    qbo = _quickbooks(session, runtime.settings.qbo_environment, realm)
    facts.keep(session, qbo, company, preferences, moment)
    store_tokens(session, qbo, tokens, moment)
    precoro = _keep_precoro(session, access)
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
        if companies.named(session, name) is not None:
            raise NameTakenError(name)
        connection = Connection(
            slug=name, precoro=precoro, qbo=qbo, legal_entity=access.legal_entity, policy={}, fields={}, created_at=moment,
            reference_version=1, rests=0,
        )  # fmt: skip
        session.add(connection)
    connection.state = CONNECTED
    session.flush()
    return connection


def _quickbooks(session: Session, environment: str, realm: str) -> QboCompany:
    """Return the QuickBooks company, new or known."""
    found = select(QboCompany).where(QboCompany.realm == realm, QboCompany.environment == environment)
    return session.scalar(found) or QboCompany(realm=realm, environment=environment)


def _keep_precoro(session: Session, access: PrecoroAccess) -> PrecoroCompany:
    """Store how the Precoro company is reached; its webhook address stays what it was."""
    found = select(PrecoroCompany).where(PrecoroCompany.host == access.host, PrecoroCompany.email == access.email)
    company = session.scalar(found)
    if company is None:
        secret = companies.new_secret()
        company = PrecoroCompany(
            host=access.host,
            email=access.email,
            webhook_secret=secret,
            webhook_digest=companies.digest(secret),
            read_until={},
        )
        session.add(company)
    company.api_key = access.key
    return company


def _first_policy(session: Session, connection: Connection, company: Company, policy: Policy) -> Policy:
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
            payable.setdefault(account.data.get("currency") or company.home_currency, account.key)
    uncategorised = [one.key for one in accounts if "uncategorized expense" in one.name.casefold()]
    return replace(
        policy,
        payable_accounts={**payable, **policy.payable_accounts},
        default_line_account=policy.default_line_account or next(iter(uncategorised), None),
    )


def _slug(name: str) -> str:
    """Make a connection's name from the company's: short, for markers and commands."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:30] or "company"
