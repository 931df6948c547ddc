"""One refresher at a time, and no token that Intuit gave is ever lost; against the stand-in of QuickBooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from outbound.errors import InvalidGrant, TokenEndpointTrouble
from store.base import Base, now
from store.companies import CONNECTED, DISCONNECTED, Connection, QboCompany
from tests.integration.workers import crowd
from tests.rows import AN_HOUR, FERNET_KEY, LONG_AGO, change, connected
from tests.stage import REALM, environment, load_settings
from tests.stand_ins import StandIn
from workers import clients, tokens
from workers.ops import database
from workers.runtime import Runtime

ENDPOINT = "/oauth2/v1/tokens/bearer"
VALID = {"refresh_from": LONG_AGO}
"""Half of the token's life is over."""
OVER = {"refresh_from": LONG_AGO, "access_until": LONG_AGO}
"""All of it is."""


class Company:
    """A connected company, with tokens of the stand-in."""

    def __init__(self, variables: dict[str, str], stand_in: StandIn) -> None:
        self.variables = variables
        self.runtime = Runtime(load_settings(variables))
        self.stand_in = stand_in
        self.tokens = tokens.CompanyTokens(self.runtime, 1, clients.oauth(self.runtime))

    def row(self) -> QboCompany:
        """Return the company as it is stored."""
        with self.runtime.store.read() as session:
            return session.get_one(QboCompany, 1)

    def state(self) -> str:
        """Return the state of the connection."""
        with self.runtime.store.read() as session:
            return session.scalars(select(Connection.state)).one()

    def is_now(self, **values: object) -> str:
        """Change the stored company; returns its access token."""
        change(self.runtime.store, QboCompany, 1, **values)
        return self.row().access_token

    def moments_ago(self, seconds: float) -> object:
        """Return a time of the database's clock that has passed."""
        with self.runtime.store.read() as session:
            return now(session) - timedelta(seconds=seconds)

    def refreshes(self) -> int:
        """Return how often Intuit was asked for tokens."""
        return len([request for request in self.stand_in.requests() if request["path"] == ENDPOINT])

    def is_accepted(self, token: str) -> bool:
        """Say whether Intuit takes an access token."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        answer = self.stand_in._http.get(  # noqa: SLF001 - a bare request, as nobody's client
            f"{self.stand_in.url}/v3/company/{REALM}/companyinfo/{REALM}", headers=headers, timeout=10
        )
        return answer.status_code == 200


@pytest.fixture
def company(tmp_path: Path, redis_url: str, quickbooks: StandIn, database_url: str) -> Iterator[Company]:
    """Connect a company with tokens of the stand-in, which give new refresh tokens every time."""
    quickbooks.control("POST", "settings", {"rotation": "always"})
    issued = quickbooks.control("POST", "tokens", {"realm": REALM})
    variables = environment(
        tmp_path, redis_url, TIEOUT_KEYS=FERNET_KEY, TIEOUT_QBO_URL=quickbooks.url, DATABASE_URL=database_url
    )
    company = Company(variables, quickbooks)
    Base.metadata.create_all(company.runtime.store.engine)
    connected(company.runtime.store)
    company.is_now(access_token=issued["access_token"], refresh_token=issued["refresh_token"])
    quickbooks.control("DELETE", "requests")
    yield company
    company.runtime.close()


def test_a_young_token_is_used_as_it_is(company: Company) -> None:
    assert company.tokens.current() == company.row().access_token
    assert company.refreshes() == 0


def test_at_half_of_its_life_a_token_is_refreshed_and_the_new_refresh_token_stored(company: Company) -> None:
    before = company.row()
    company.is_now(**VALID)
    fresh = company.tokens.current()
    after = company.row()
    assert fresh == after.access_token != before.access_token
    assert after.refresh_token != before.refresh_token
    assert after.access_until - after.refresh_from == AN_HOUR / 2
    assert after.refreshing_until is None
    assert company.is_accepted(fresh)
    assert company.tokens.current() == fresh
    assert company.refreshes() == 1


def test_refresh_tokens_rotate_many_times_without_a_break(company: Company) -> None:
    refresh_tokens = {company.row().refresh_token}
    for _ in range(5):
        company.is_now(**OVER)
        assert company.is_accepted(company.tokens.current())
        refresh_tokens.add(company.row().refresh_token)
    assert (len(refresh_tokens), company.refreshes()) == (6, 5)


@pytest.mark.parametrize("age", [VALID, OVER])
def test_of_twenty_processes_at_once_one_refreshes_and_nobody_is_left_without_a_token(
    company: Company, age: dict[str, object]
) -> None:
    before = company.row().refresh_token
    company.is_now(**age)
    tokens = crowd.current_of(company.variables, 20)
    assert all(company.is_accepted(token) for token in set(tokens))
    assert company.refreshes() == 1
    assert company.row().refresh_token != before
    assert company.state() == CONNECTED


def test_a_token_that_quickbooks_refused_is_refreshed_once_for_all_who_saw_it(company: Company) -> None:
    stale = company.row().access_token
    assert company.tokens.renewed(stale) == company.tokens.renewed(stale) != stale
    assert company.refreshes() == 1


def test_while_another_process_refreshes_a_valid_token_is_used_without_waiting(company: Company) -> None:
    token = company.is_now(**VALID, refreshing_until=company.moments_ago(-50))
    assert company.tokens.current() == token
    assert company.refreshes() == 0


def test_a_refresher_that_died_is_replaced_when_its_lease_is_over(company: Company) -> None:
    token = company.is_now(**OVER, refreshing_until=company.moments_ago(0.001))
    assert company.tokens.current() != token


@pytest.mark.parametrize("fault", ["429", "503", "500", "html_502", "reset"])
def test_trouble_at_the_token_endpoint_never_disconnects(company: Company, fault: str) -> None:
    company.is_now(**OVER)
    company.stand_in.fault(fault, path=ENDPOINT, times=50)
    for _ in range(3):
        with pytest.raises(TokenEndpointTrouble):
            company.tokens.current()
        change(company.runtime.store, QboCompany, 1, refused_at=None)
    assert (company.state(), company.row().refused_at, company.row().refreshing_until) == (CONNECTED, None, None)
    company.stand_in.control("DELETE", "faults")
    assert company.is_accepted(company.tokens.current())


def test_while_the_token_endpoint_is_in_trouble_a_valid_token_serves_on(company: Company) -> None:
    token = company.is_now(**VALID)
    company.stand_in.fault("503", path=ENDPOINT, times=50)
    assert [company.tokens.current() for _ in range(3)] == [token] * 3
    assert company.refreshes() == 1
    company.stand_in.control("DELETE", "faults")
    company.is_now(**VALID)
    assert company.tokens.current() != token


def test_one_refusal_does_not_disconnect_nor_does_a_second_one_right_after(company: Company) -> None:
    company.is_now(**OVER)
    company.runtime.settings = replace(company.runtime.settings, speed=1.0)  # a minute is no second, on a busy machine
    company.stand_in.fault("invalid_grant", path=ENDPOINT, times=2)
    for _ in range(2):
        with pytest.raises(InvalidGrant):
            company.tokens.current()
    assert company.state() == CONNECTED
    assert company.is_accepted(company.tokens.current())
    assert company.row().refused_at is None


def test_two_refusals_a_minute_apart_disconnect(company: Company) -> None:
    company.is_now(**OVER, refused_at=company.moments_ago(1.1))
    company.stand_in.fault("invalid_grant", path=ENDPOINT)
    with pytest.raises(InvalidGrant):
        company.tokens.current()
    assert company.state() == DISCONNECTED


def _break_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("UPDATE qbo_companies", None, Exception("disk I/O error"))

    monkeypatch.setattr(tokens, "store_tokens", fail)


def test_when_saving_fails_the_tokens_are_rescued_by_the_next_refresh(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = company.row()
    company.is_now(**OVER)
    with monkeypatch.context() as broken:
        _break_commits(broken)
        with pytest.raises(OperationalError):
            company.tokens.current()
    (file,) = company.runtime.settings.home.glob("rescue-*")
    assert file.stat().st_mode & 0o077 == 0
    assert before.refresh_token.encode() not in file.read_bytes()
    company.is_now(refreshing_until=None)
    assert company.is_accepted(company.tokens.current())
    assert company.row().refresh_token != before.refresh_token
    assert company.refreshes() == 1
    assert not file.exists()


def test_when_saving_fails_the_tokens_are_rescued_at_the_next_start(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.is_now(**OVER)
    with monkeypatch.context() as broken:
        _break_commits(broken)
        with pytest.raises(OperationalError):
            company.tokens.current()
    assert (tokens.restore_from_files(company.runtime), tokens.restore_from_files(company.runtime)) == (1, 0)
    company.is_now(**OVER)
    assert company.is_accepted(company.tokens.current())


def test_a_rescue_file_does_not_replace_what_a_person_connected_since(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.is_now(**OVER)
    with monkeypatch.context() as broken:
        _break_commits(broken)
        with pytest.raises(OperationalError):
            company.tokens.current()
    anew = company.stand_in.control("POST", "tokens", {"realm": REALM})
    company.is_now(access_token=anew["access_token"], refresh_token=anew["refresh_token"])
    assert tokens.restore_from_files(company.runtime) == 0
    assert company.row().refresh_token == anew["refresh_token"]
    assert not list(company.runtime.settings.home.glob("rescue-*"))


@pytest.mark.parametrize(
    "content",
    [b"", b"not encrypted", Fernet(Fernet.generate_key()).encrypt(b"{}")],
    ids=["empty", "not encrypted", "of another key"],
)
def test_a_rescue_file_that_cannot_be_read_is_set_aside_and_stops_nothing(company: Company, content: bytes) -> None:
    home = company.runtime.settings.home
    (home / "rescue-1.token").write_bytes(content)
    assert tokens.restore_from_files(company.runtime) == 0
    assert tokens.unreadable_rescue_files(home) == [home / "rescue-1.unreadable"]
    assert (home / "rescue-1.unreadable").read_bytes() == content
    company.is_now(**OVER)
    assert company.is_accepted(company.tokens.current())


def test_a_rescue_file_can_be_read_after_the_old_key_was_taken_out(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.is_now(**OVER)
    with monkeypatch.context() as broken:
        _break_commits(broken)
        with pytest.raises(OperationalError):
            company.tokens.current()
    newer = Fernet.generate_key().decode()
    rotating = Runtime(load_settings({**company.variables, "TIEOUT_KEYS": f"{newer},{FERNET_KEY}"}))
    assert database.reencrypt(rotating) >= 1
    rotating.close()
    rotated = Runtime(load_settings({**company.variables, "TIEOUT_KEYS": newer}))
    assert tokens.restore_from_files(rotated) == 1
    rotated.close()


def test_a_save_that_fails_once_is_tried_again(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.is_now(**OVER)
    store_tokens = tokens.store_tokens
    failed: list[bool] = []

    def fail_once(*arguments: object) -> None:
        if not failed:
            failed.append(True)
            raise OperationalError("UPDATE qbo_companies", None, Exception("database is locked"))
        store_tokens(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(tokens, "store_tokens", fail_once)
    assert company.is_accepted(company.tokens.current())
    assert not list(company.runtime.settings.home.glob("rescue-*"))


def test_tokens_stand_encrypted_in_the_database(company: Company) -> None:
    with company.runtime.store.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT refresh_token FROM qbo_companies").scalar_one()
    assert stored != company.row().refresh_token
    assert MultiFernet([Fernet(FERNET_KEY)]).decrypt(stored).decode() == company.row().refresh_token
