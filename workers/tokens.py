"""QuickBooks tokens: one process refreshes at a time, and no token is used before it is stored.

Why: docs/explanation/safety.md, One refresher of tokens.
"""

from __future__ import annotations

import hashlib
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import simplejson
import structlog
import tenacity
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from outbound.errors import CallDetails, InvalidGrant, TokenEndpointTrouble
from qbo_client import oauth
from store.base import read_keys
from store.companies import DISCONNECTED, Connection, QboCompany
from workers.runtime import Runtime

log = structlog.get_logger()

BETWEEN_REFUSALS = 60.0
SAVE_SECONDS = 60.0
BETWEEN_ATTEMPTS = 60.0
POLL = 0.2
"""All in seconds."""
UNREADABLE = ".unreadable"
RESCUE_FILES = "rescue-*.token"


class CompanyTokens:
    """The tokens of one company, as its client asks for them."""

    def __init__(self, runtime: Runtime, company_id: int, app: oauth.OAuth) -> None:
        self.runtime = runtime
        self.company_id = company_id
        self.app = app

    def current(self) -> str:
        """Return a valid access token, refreshed when half of its life is over.

        Until then nobody waits for another process's refresh, nor for a sign-in service in trouble.
        """
        with self.runtime.read() as (session, moment):
            company = session.get_one(QboCompany, self.company_id)
        if moment >= company.access_until:
            return self.renewed(company.access_token)
        if moment < company.refresh_from:
            return company.access_token
        return self._renewed_early(company.access_token)

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
                details = CallDetails(service=oauth.SERVICE, text="Another process has been refreshing for too long")
                raise TokenEndpointTrouble(details)
            time.sleep(POLL)

    def _renewed_early(self, valid: str) -> str:
        """Refresh a token that is still valid, if nobody else does so and it goes well."""
        company, ours = self._take(valid)
        if not ours:
            return company.access_token
        try:
            return self._refresh(company)
        except TokenEndpointTrouble as error:
            log.warning("quickbooks tokens could not be refreshed, the old ones still serve", error=str(error))
            return valid

    def _take(self, stale: str) -> tuple[QboCompany, bool]:
        """Take the right to refresh, unless somebody has it or has already refreshed."""
        with self.runtime.write() as (session, moment):
            company = session.get_one(QboCompany, self.company_id, with_for_update=True)
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
        if restore_from_file(self.runtime, self.company_id):
            return self._stored()
        try:
            tokens = self.app.refresh_token(company.refresh_token)
        except InvalidGrant:
            self._refused()
            raise
        except TokenEndpointTrouble:
            self._release()
            raise
        save_or_leave_file(self.runtime, self.company_id, tokens, company.refresh_token)
        return tokens.access

    def _stored(self) -> str:
        """Return the access token that is stored now."""
        with self.runtime.read() as (session, _):
            return session.get_one(QboCompany, self.company_id).access_token

    def _refused(self) -> None:
        """Note a refusal; the second one disconnects every connection of the company."""
        apart = BETWEEN_REFUSALS / self.runtime.settings.speed
        with self.runtime.write() as (session, moment):
            company = session.get_one(QboCompany, self.company_id, with_for_update=True)
            company.refreshing_until = None
            if company.refused_at is None:
                company.refused_at = moment
            elif company.refused_at <= moment - timedelta(seconds=apart):
                log.error("quickbooks no longer accepts the connection", realm=company.realm)
                session.execute(update(Connection).where(Connection.qbo_id == company.id).values(state=DISCONNECTED))

    def _release(self) -> None:
        """Give the right to refresh back; while the old token is valid, the next attempt is a minute away."""
        later = timedelta(seconds=BETWEEN_ATTEMPTS / self.runtime.settings.speed)
        with self.runtime.write() as (session, moment):
            session.execute(
                update(QboCompany)
                .where(QboCompany.id == self.company_id)
                .values(refreshing_until=None, refresh_from=moment + later)
            )


def store_tokens(session: Session, company: QboCompany, tokens: oauth.IssuedTokens, moment: datetime) -> None:
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


def save_or_leave_file(runtime: Runtime, company_id: int, tokens: oauth.IssuedTokens, replaced: str) -> None:
    """Store tokens that replaced the old ones for good: keep trying for a minute, then leave an encrypted rescue file.

    `replaced` is the refresh token that they were given for.
    """
    try:
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(SQLAlchemyError),
            wait=tenacity.wait_exponential(multiplier=0.2, max=5),
            stop=tenacity.stop_after_delay(SAVE_SECONDS / runtime.settings.speed),
            reraise=True,
        ):
            with attempt, runtime.write() as (session, moment):
                store_tokens(session, session.get_one(QboCompany, company_id), tokens, moment)
    except SQLAlchemyError:
        path = _leave_rescue_file(runtime, company_id, tokens, replaced)
        log.critical("tokens could not be stored; the next refresh will read the rescue file", file=str(path))
        raise


def restore_from_files(runtime: Runtime) -> int:
    """Store the tokens of rescue files that an earlier process left; returns how many."""
    with runtime.read() as (session, _):
        ids = session.scalars(select(QboCompany.id)).all()
    return sum(restore_from_file(runtime, company_id) for company_id in ids)


def restore_from_file(runtime: Runtime, company_id: int) -> bool:
    """Store the tokens of a rescue file and remove it; False when there is none, or what it replaces has been replaced.

    A file that cannot be read is set aside, for a person to look at, and stops nothing.
    """
    path = _rescue_file(runtime.settings.home, company_id)
    try:
        rescued = simplejson.loads(vault(runtime).decrypt(path.read_bytes()))
    except FileNotFoundError:
        return False
    except (InvalidToken, OSError):
        aside = path.replace(path.with_suffix(UNREADABLE))
        log.critical("a rescue file cannot be read and is set aside", file=str(aside))
        return False
    with runtime.write() as (session, _):
        company = session.get_one(QboCompany, company_id, with_for_update=True)
        is_newer: bool = _digest(company.refresh_token) == rescued["replaces"]
        if is_newer:
            store_tokens(
                session, company, oauth.IssuedTokens(**rescued["tokens"]), datetime.fromisoformat(rescued["issued_at"])
            )
    path.unlink(missing_ok=True)
    return is_newer


def reencrypt_rescue_files(runtime: Runtime) -> int:
    """Write rescue files anew with the newest key; returns how many."""
    return sum(_reencrypt(runtime, path) for path in sorted(runtime.settings.home.glob(RESCUE_FILES)))


def forget_rescue_file(home: Path, company_id: int) -> None:
    """Remove the rescue file of a company that is forgotten, also one that was set aside."""
    path = _rescue_file(home, company_id)
    for left in (path, path.with_suffix(UNREADABLE)):
        left.unlink(missing_ok=True)


def unreadable_rescue_files(home: Path) -> list[Path]:
    """Return the rescue files that were set aside."""
    return sorted(home.glob(f"rescue-*{UNREADABLE}"))


def _reencrypt(runtime: Runtime, path: Path) -> bool:
    try:
        anew = vault(runtime).rotate(path.read_bytes())
    except (InvalidToken, FileNotFoundError):
        return False
    _write_whole(path, anew)
    return True


def _leave_rescue_file(runtime: Runtime, company_id: int, tokens: oauth.IssuedTokens, replaced: str) -> Path:
    """Write the tokens into a file that the next refresh or start reads."""
    rescued = {"replaces": _digest(replaced), "issued_at": datetime.now(UTC).isoformat(), "tokens": vars(tokens)}
    encrypted = vault(runtime).encrypt(simplejson.dumps(rescued).encode())
    return _write_whole(_rescue_file(runtime.settings.home, company_id), encrypted)


def _write_whole(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all, for nobody else to read."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return unfinished.replace(path)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _rescue_file(home: Path, company_id: int) -> Path:
    return home / f"rescue-{company_id}.token"


def vault(runtime: Runtime) -> MultiFernet:
    """Return what encrypts secrets that stand outside the database."""
    settings = runtime.settings
    return MultiFernet([Fernet(key) for key in read_keys(settings.keys, settings.home)])
