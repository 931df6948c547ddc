"""QuickBooks tokens: one refresher at a time, and nothing is used before it is stored (design rule 8)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import simplejson
import structlog
import tenacity
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from outbound.errors import InvalidGrant, Reply, TokenEndpointTrouble
from qbo_client import oauth
from store.base import read_keys
from store.companies import DISCONNECTED, Connection, QboCompany
from workers.runtime import Runtime

log = structlog.get_logger()

TWICE_APART = 60.0
SAVE_FOR = 60.0
POLL = 0.2


class Tokens:
    """The tokens of one company, as its client asks for them."""

    def __init__(self, runtime: Runtime, company_id: int, app: oauth.OAuth) -> None:
        self.runtime = runtime
        self.company_id = company_id
        self.app = app

    def current(self) -> str:
        """Return a valid access token, refreshed when half of its life is over."""
        with self.runtime.read() as (session, moment):
            company = session.get_one(QboCompany, self.company_id)
            if moment < company.refresh_from:
                return company.access_token
        return self.renewed(company.access_token)

    def renewed(self, stale: str) -> str:
        """Return a token other than the stale one: another process's, or our own refresh."""
        waited_until = time.monotonic() + self.runtime.settings.refresh_lease
        while True:
            company, ours = self._take(stale)
            if company.access_token != stale:
                return company.access_token
            if ours:
                return self._refresh(company)
            if time.monotonic() > waited_until:
                reply = Reply(service=oauth.SERVICE, text="Another process has been refreshing for too long")
                raise TokenEndpointTrouble(reply)
            time.sleep(POLL)

    def _take(self, stale: str) -> tuple[QboCompany, bool]:
        """Take the right to refresh, unless somebody has it or has already refreshed."""
        with self.runtime.write() as (session, moment):
            company = session.get_one(QboCompany, self.company_id)
            if company.access_token != stale:
                return company, False
            free = or_(QboCompany.refreshing_until.is_(None), QboCompany.refreshing_until <= moment)
            lease = moment + timedelta(seconds=self.runtime.settings.refresh_lease)
            taken = session.execute(
                update(QboCompany)
                .where(QboCompany.id == self.company_id, free)
                .values(refreshing_until=lease)
                .returning(QboCompany.id)
            )
            return company, taken.first() is not None

    def _refresh(self, company: QboCompany) -> str:
        """Refresh and store. A refusal counts only when it comes twice, a minute apart, on unchanged tokens."""
        try:
            tokens = self.app.refresh_token(company.refresh_token)
        except InvalidGrant:
            self._refused()
            raise
        except TokenEndpointTrouble:
            self._give_back()
            raise
        save_at_any_price(self.runtime, self.company_id, tokens)
        return tokens.access

    def _refused(self) -> None:
        """Note a refusal; the second one disconnects."""
        apart = TWICE_APART / self.runtime.settings.speed
        with self.runtime.write() as (session, moment):
            company = session.get_one(QboCompany, self.company_id)
            company.refreshing_until = None
            if company.refused_at is None:
                company.refused_at = moment
            elif company.refused_at <= moment - timedelta(seconds=apart):
                log.error("quickbooks no longer accepts the connection", realm=company.realm)
                session.execute(update(Connection).where(Connection.qbo_id == company.id).values(state=DISCONNECTED))

    def _give_back(self) -> None:
        """Let another process try."""
        with self.runtime.write() as (session, _):
            session.execute(update(QboCompany).where(QboCompany.id == self.company_id).values(refreshing_until=None))


def store_tokens(session: Session, company: QboCompany, tokens: oauth.Tokens, moment: datetime) -> None:
    """Put new tokens in the place of the old ones."""
    company.access_token = tokens.access
    company.refresh_token = tokens.refresh
    company.access_until = moment + timedelta(seconds=tokens.expires_in)
    company.refresh_from = moment + timedelta(seconds=tokens.expires_in / 2)
    company.refresh_until = moment + timedelta(seconds=tokens.refresh_expires_in)
    if tokens.hard_expires_in is not None:
        company.hard_until = moment + timedelta(seconds=tokens.hard_expires_in)
    company.refused_at = None
    company.refreshing_until = None
    session.add(company)


def save_at_any_price(runtime: Runtime, company_id: int, tokens: oauth.Tokens) -> None:
    """Store tokens that replaced the old ones for good: keep trying for a minute, then leave an encrypted rescue file."""
    try:
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(SQLAlchemyError),
            wait=tenacity.wait_exponential(multiplier=0.2, max=5),
            stop=tenacity.stop_after_delay(SAVE_FOR),
            reraise=True,
        ):
            with attempt, runtime.write() as (session, moment):
                store_tokens(session, session.get_one(QboCompany, company_id), tokens, moment)
    except SQLAlchemyError:
        path = _rescue_file(runtime.settings.home, company_id)
        path.write_bytes(_vault(runtime).encrypt(simplejson.dumps(vars(tokens)).encode()))
        log.critical("tokens could not be stored; start-up will read the rescue file", file=str(path))
        raise


def rescue(runtime: Runtime) -> int:
    """Store the tokens of rescue files that an earlier process left; returns how many."""
    saved = 0
    with runtime.read() as (session, _):
        ids = session.scalars(select(QboCompany.id)).all()
    for company_id in ids:
        path = _rescue_file(runtime.settings.home, company_id)
        if path.exists():
            tokens = oauth.Tokens(**simplejson.loads(_vault(runtime).decrypt(path.read_bytes())))
            with runtime.write() as (session, moment):
                store_tokens(session, session.get_one(QboCompany, company_id), tokens, moment)
            path.unlink()
            saved += 1
    return saved


def _rescue_file(home: Path, company_id: int) -> Path:
    return home / f"rescue-{company_id}.token"


def _vault(runtime: Runtime) -> MultiFernet:
    settings = runtime.settings
    return MultiFernet([Fernet(key) for key in read_keys(settings.keys, settings.home)])
