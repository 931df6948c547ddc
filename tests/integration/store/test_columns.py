"""Times, money and secrets come back from both databases as they went in."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from store import intents
from store.base import NoKeyError, OpenKeysError, Store, described, now, read_keys
from store.companies import PrecoroCompany
from store.intents import Intent
from store.records import Record
from tests.rows import FERNET_KEY, change, connected, fetch, record

BODY = {"Line": [{"Amount": Decimal("0.10"), "Text": "Zoë"}], "Many": Decimal("1E+3"), "Flag": None}


@pytest.mark.parametrize("amount", ["540.00", "-0.01", "0", "1234567890123.45", "0.0000000001", "1.1", "92.3456789012"])
def test_an_amount_keeps_its_very_digits(store: Store, amount: str) -> None:
    stored = fetch(store, record(store, connected(store), amount=Decimal(amount))).amount
    assert (str(stored), type(stored)) == (str(Decimal(amount)), Decimal) or stored == Decimal(amount)


def test_a_time_is_utc_and_aware_whatever_zone_it_came_in(store: Store) -> None:
    kiev = timezone(timedelta(hours=2))
    moment = datetime(2026, 11, 2, 1, 30, 0, 123456, tzinfo=kiev)
    stored = fetch(store, record(store, connected(store), read_at=moment)).read_at
    assert stored == moment
    assert stored is not None
    assert stored.tzinfo is UTC or stored.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    connection_id = connected(store)
    with pytest.raises(StatementError, match="no time zone"):
        record(store, connection_id, read_at=datetime(2026, 11, 2))  # noqa: DTZ001 - the point of the test


def test_the_databases_clock_is_that_of_this_machine(store: Store) -> None:
    with store.read() as session:
        moment = now(session)
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)
    assert moment.utcoffset() == timedelta(0)


def test_the_databases_clock_goes_on_within_a_transaction(store: Store) -> None:
    with store.read() as session:
        first = now(session)
        while now(session) == first:
            pass
        assert now(session) > first


def test_bodies_are_encrypted_and_their_numbers_exact(store: Store) -> None:
    record_id = record(store, connected(store))
    with store.write() as session:
        intents.begin(
            session, record_id, now(session), operation="create", type_="Bill", entity_id=None, body=BODY, plan={}
        )
    with store.read() as session:
        intent = session.scalars(select(Intent)).one()
    assert intent.body == BODY
    assert isinstance(intent.body["Line"][0]["Amount"], Decimal)
    with store.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT body FROM intents").scalar_one()
    assert '"Amount"' not in stored


def test_after_a_rotation_old_secrets_are_read_and_new_ones_written_with_the_new_key(
    store: Store, database_url: str
) -> None:
    connected(store)
    newer = Fernet.generate_key().decode()
    rotated = Store(database_url, [newer, FERNET_KEY])
    with rotated.read() as session:
        assert session.get_one(PrecoroCompany, 1).api_key == "precoro-key"
    change(rotated, PrecoroCompany, 1, api_key="another-key")
    rotated.close()
    with store.read() as session, pytest.raises(NoKeyError, match="old key back"):
        session.get_one(PrecoroCompany, 1)


def test_two_stores_in_one_process_keep_to_their_own_keys(store: Store, database_url: str) -> None:
    connected(store)
    stranger = Store(database_url, [Fernet.generate_key().decode()])
    with stranger.read() as session, pytest.raises(NoKeyError):
        session.get_one(PrecoroCompany, 1)
    with store.read() as session:
        assert session.get_one(PrecoroCompany, 1).api_key == "precoro-key"
    stranger.close()


def test_keys_come_from_the_setting_or_from_the_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    with pytest.raises(FileNotFoundError):
        read_keys("", home)
    keys = home / "keys"
    keys.write_text("newest\nolder\n\n")
    keys.chmod(0o600)
    assert read_keys("", home) == ["newest", "older"]
    assert read_keys(" a , b,", home) == ["a", "b"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_keys_that_others_can_read_are_refused_with_what_to_do(
    tmp_path_factory: pytest.TempPathFactory, mode: int
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / "keys").touch()
    (home / "keys").chmod(mode)
    with pytest.raises(OpenKeysError, match=f"chmod 600 {home}/keys"):
        read_keys("", home)
    assert read_keys("a", home) == ["a"]


def test_an_error_of_the_database_quotes_no_value(store: Store) -> None:
    connection_id = connected(store)
    values = {"number": "Secret Person Ltd", "precoro_id": "77001"}
    record(store, connection_id, **values)
    with pytest.raises(IntegrityError) as failure:
        record(store, connection_id, **values)
    shown = "".join(traceback.format_exception(failure.value))
    assert not [value for value in values.values() if value in shown]
    assert described(failure.value).startswith("IntegrityError: ")
    assert "INSERT" not in described(failure.value)


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    connection_id = connected(store)

    def fail() -> None:
        with store.write() as session:
            session.add(Record(precoro_company_id=1, connection_id=connection_id, kind="invoice", precoro_id="1"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.read() as session:
        assert session.scalars(select(Record)).all() == []
