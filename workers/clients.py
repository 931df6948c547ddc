"""Opens both clients for a company, with its address, credentials and quota; they stay open between jobs."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

from outbound.errors import QuotaUnreachable, Throttled
from outbound.quota import MINUTE, Budget, Priority, Quota, WaitingBudget, Window
from precoro_client.client import INTERNATIONAL, UNITED_STATES, PrecoroClient
from qbo_client import client as qbo
from qbo_client.client import QboClient
from qbo_client.oauth import DISCOVERY_PRODUCTION, DISCOVERY_SANDBOX, INTUIT, Endpoints, OAuth, discover
from settings import Settings
from store.companies import PrecoroCompany, QboCompany
from workers.runtime import Runtime
from workers.tokens import CompanyTokens

TASK_PATIENCE = 5.0
"""Seconds that one call of a long action waits for room in the quota."""


def precoro(runtime: Runtime, company: PrecoroCompany, *, urgent: bool = False) -> PrecoroClient:
    """Return Precoro as this company's user sees it; `urgent`: a person waits."""
    return _precoro(runtime, company, Priority.PERSON if urgent else Priority.NORMAL)


def precoro_for_set_up(runtime: Runtime, company: PrecoroCompany) -> PrecoroClient:
    """Return Precoro for set-up, which reads many lists at once: it waits for room in the quota."""
    return _open_precoro(runtime, company, WaitingBudget(precoro_quota(runtime, company).at(Priority.PERSON)))


def precoro_for_catch_up(runtime: Runtime, company: PrecoroCompany) -> PrecoroClient:
    """Return Precoro with the share of its quota that is kept for the periodic check."""
    return _precoro(runtime, company, Priority.CATCH_UP)


def precoro_for_write_back(runtime: Runtime, company: PrecoroCompany) -> PrecoroClient:
    """Return Precoro with the share of its quota that write-backs may use: in a backlog they wait."""
    return _precoro(runtime, company, Priority.BACKLOG)


def precoro_for_task(runtime: Runtime, company: PrecoroCompany, *, live: bool) -> PrecoroClient:
    """Return Precoro for a long action: nearly all of the quota before going live, what documents leave afterwards.

    It waits for room only as long as a step may take; after that the task goes on later.
    """
    return _precoro(runtime, company, Priority.BACKLOG if live else Priority.SET_UP, patience=TASK_PATIENCE)


def quickbooks(runtime: Runtime, company: QboCompany, *, urgent: bool = False) -> QboClient:
    """Return the company in QuickBooks, its tokens refreshed as they are needed; `urgent`: a person waits."""
    return _quickbooks(runtime, company, Priority.PERSON if urgent else Priority.NORMAL)


def quickbooks_for_set_up(runtime: Runtime, company: QboCompany) -> QboClient:
    """Return QuickBooks for set-up, which reads many lists at once: it waits for room in the quota."""
    return _open_quickbooks(runtime, company, WaitingBudget(qbo_quota(runtime, company.realm).at(Priority.PERSON)))


def quickbooks_for_task(runtime: Runtime, company: QboCompany, *, live: bool) -> QboClient:
    """Return QuickBooks for a long action, with the same shares."""
    return _quickbooks(runtime, company, Priority.BACKLOG if live else Priority.SET_UP, patience=TASK_PATIENCE)


def _quickbooks(runtime: Runtime, company: QboCompany, priority: Priority, *, patience: float = 0.0) -> QboClient:
    """Return the kept client of a company and priority, or open one."""
    key = ("quickbooks", company.id, priority.value, patience)
    client = runtime.clients.get(key)
    if not isinstance(client, QboClient):
        quota = qbo_quota(runtime, company.realm).at(priority)
        client = _open_quickbooks(runtime, company, WaitingBudget(quota, patience) if patience else quota)
        runtime.clients[key] = client
    return client


def _open_quickbooks(runtime: Runtime, company: QboCompany, budget: Budget) -> QboClient:
    """Open QuickBooks for a company."""
    settings = runtime.settings
    tokens = CompanyTokens(runtime, company.id, oauth(runtime))
    return QboClient(
        base_url=qbo_address(settings, company.environment),
        realm=company.realm,
        token=tokens.current,
        refresh=tokens.renewed,
        quota=budget,
        on_call=partial(runtime.note_call, company.realm),
        on_throttled=partial(_close_quota, qbo_quota(runtime, company.realm)),
        timeout=settings.qbo_timeout,
        allowed_hosts=qbo_hosts(settings),
    )


def oauth(runtime: Runtime, redirect: str = "") -> OAuth:
    """Return our app at Intuit, or at the stand-in."""
    settings = runtime.settings
    return OAuth(
        client_id=settings.qbo_client_id,
        client_secret=settings.qbo_client_secret,
        redirect_uri=redirect or settings.qbo_redirect_url,
        endpoints=endpoints(settings),
        on_call=partial(runtime.note_call, "sign-in"),
    )


def endpoints(settings: Settings) -> Endpoints:
    """Return where the sign-in of Intuit, or of the stand-in, lives."""
    return Endpoints.at(settings.qbo_url) if settings.qbo_url else INTUIT


def discovered_endpoints(runtime: Runtime) -> Endpoints:
    """Return where Intuit says at this moment that its sign-in lives; TokenEndpointTrouble when it does not say."""
    settings = runtime.settings
    intuit = DISCOVERY_SANDBOX if settings.qbo_environment == "sandbox" else DISCOVERY_PRODUCTION
    url = settings.qbo_url + urlsplit(intuit).path if settings.qbo_url else intuit
    return discover(url, on_call=partial(runtime.note_call, "sign-in"))


def qbo_address(settings: Settings, environment: str) -> str:
    """Return where a company's API is: a stand-in's address, or that of its environment."""
    return settings.qbo_url or (qbo.SANDBOX if environment == "sandbox" else qbo.PRODUCTION)


def qbo_hosts(settings: Settings) -> set[str]:
    """Return the hosts to which the tokens of a company may go."""
    return _hosts(qbo.SANDBOX, qbo.PRODUCTION, settings.qbo_url)


def _hosts(*addresses: str) -> set[str]:
    return {host for address in addresses if (host := urlsplit(address).hostname)}


def qbo_windows(settings: Settings) -> tuple[Window, ...]:
    """Return how many calls to QuickBooks are made for one company in which time."""
    return Window(settings.qbo_second, settings.second), Window(settings.qbo_minute, settings.minute)


def precoro_windows(settings: Settings) -> tuple[Window, ...]:
    """Return how many calls to Precoro are made with one key in which time."""
    return (
        Window(settings.precoro_minute, settings.minute),
        Window(settings.precoro_hour, settings.hour),
        Window(settings.precoro_day, settings.day),
    )


def same_request_windows(settings: Settings) -> tuple[Window, ...]:
    """Return how many times the identical request is made to Precoro in which time."""
    return (
        Window(settings.precoro_same_minute, settings.reread_after),
        Window(settings.precoro_same_hour, settings.hour),
    )


def qbo_quota(runtime: Runtime, realm: str) -> Quota:
    """Return the windows of a QuickBooks company, shared by all workers."""
    settings = runtime.settings
    return Quota(
        runtime.redis,
        f"tieout:quota:quickbooks:{realm}",
        qbo_windows(settings),
        service="QuickBooks",
        same=(Window(settings.qbo_batches, settings.minute),),
    )


def precoro_quota(runtime: Runtime, company: PrecoroCompany) -> Quota:
    """Return the windows of a Precoro key, shared by all workers."""
    settings = runtime.settings
    user = hashlib.sha256(f"{company.host} {company.email}".encode()).hexdigest()
    return Quota(
        runtime.redis,
        f"tieout:quota:precoro:{user}",  # no e-mail address stands in Redis
        precoro_windows(settings),
        service="Precoro",
        same=same_request_windows(settings),
    )


def _precoro(runtime: Runtime, company: PrecoroCompany, priority: Priority, *, patience: float = 0.0) -> PrecoroClient:
    """Return the kept client of a company and priority, or open one; a new key opens a new one."""
    key = ("precoro", company.id, priority.value, patience, company.api_key)
    client = runtime.clients.get(key)
    if not isinstance(client, PrecoroClient):
        quota = precoro_quota(runtime, company).at(priority)
        client = _open_precoro(runtime, company, WaitingBudget(quota, patience) if patience else quota)
        runtime.clients[key] = client
    return client


def _open_precoro(runtime: Runtime, company: PrecoroCompany, budget: Budget) -> PrecoroClient:
    """Open Precoro for a company."""
    settings = runtime.settings
    return PrecoroClient(
        base_url=settings.precoro_url or company.host,
        email=company.email,
        key=company.api_key,
        quota=budget,
        on_call=partial(runtime.note_call, str(company.id)),
        on_throttled=partial(_close_quota, precoro_quota(runtime, company)),
        timeout=settings.precoro_timeout,
        allowed_hosts=_hosts(INTERNATIONAL, UNITED_STATES, settings.precoro_url),
        file_hosts=settings.file_hosts,
    )


def reopen_quotas(runtime: Runtime, precoro: PrecoroCompany, quickbooks: QboCompany) -> None:
    """Let both companies be called again though a service told us to wait: a person asks for it."""
    for quota in (precoro_quota(runtime, precoro), qbo_quota(runtime, quickbooks.realm)):
        with suppress(QuotaUnreachable):  # then nobody remembers the wait either
            quota.open()


def _close_quota(quota: Quota, error: Throttled) -> None:
    """Let every caller of this company wait as long as the service told one of them to."""
    with suppress(QuotaUnreachable):  # without Redis nothing is called anyway, and the service says it again
        quota.close(error.retry_after or MINUTE, error.details.text)
