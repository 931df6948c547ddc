"""Settings: every name, type, default and meaning, and all that is wrong said at once."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from settings import Settings, WrongSettingsError, variable
from tests.stage import load_settings


def test_without_any_variable_the_defaults_hold() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert settings.database == f"sqlite:///{Path('var').absolute() / 'tieout.db'}"
    assert settings.redis == f"unix://{settings.home.absolute()}/redis/redis.sock"
    assert settings.receiver_url == "http://127.0.0.1:8700"
    assert settings.retries == (30, 120, 600, 3600, 21600, 86400)


@pytest.mark.parametrize("name", [item.name for item in fields(Settings)])
def test_every_setting_says_what_it_means(name: str) -> None:
    (item,) = [field for field in fields(Settings) if field.name == name]
    assert len(item.metadata["meaning"]) > 10


def test_shared_names_stand_as_they_are_and_all_others_begin_with_tieout() -> None:
    names = {variable(item) for item in fields(Settings)}
    assert {name for name in names if not name.startswith("TIEOUT_")} == {"DATABASE_URL", "REDIS_URL"}


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = {
        "TIEOUT_PORT_BASE": "eighty",
        "TIEOUT_SPEED": "0",
        "TIEOUT_LOG_LEVEL": "LOUD",
        "TIEOUT_QBO_ENVIRONMENT": "test",
        "TIEOUT_QUEUE": "no spaces",
        "TIEOUT_WORKER_COUNT": "-1",
        "TIEOUT_SPEDE": "60",
    }
    with pytest.raises(WrongSettingsError) as raised:
        load_settings(wrong)
    assert set(raised.value.reasons) == set(wrong)
    assert all(name in str(raised.value) for name in wrong)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "", "1e400"])
def test_a_speed_that_is_no_positive_number_is_refused(value: str) -> None:
    with pytest.raises(WrongSettingsError, match="TIEOUT_SPEED"):
        load_settings({"TIEOUT_SPEED": value})


def test_a_lease_must_outlast_a_job_and_a_job_a_call() -> None:
    for wrong in ({"TIEOUT_LEASE": "100"}, {"TIEOUT_JOB_TIMEOUT": "60"}, {"TIEOUT_QBO_TIMEOUT": "241"}):
        with pytest.raises(WrongSettingsError, match="TIEOUT_LEASE"):
            load_settings(wrong)


@pytest.mark.parametrize("waits", ["", "30;60", "soon", "30,,60", "-5"])
def test_waits_that_are_no_numbers_are_refused(waits: str) -> None:
    with pytest.raises(WrongSettingsError, match="TIEOUT_RETRY_WAITS"):
        load_settings({"TIEOUT_RETRY_WAITS": waits})


def test_speed_shortens_what_waits_and_nothing_else() -> None:
    real, quick = load_settings({}), load_settings({"TIEOUT_SPEED": "60"})
    scaled = {item.name for item in fields(Settings) if item.metadata["scaled"]}
    for item in fields(Settings):
        before, after = getattr(real, item.name), getattr(quick, item.name)
        if item.name in scaled:
            assert after == pytest.approx(before / 60)
        elif item.name != "speed":
            assert after == before
    assert quick.retries == pytest.approx([wait / 60 for wait in real.retries])
    assert {"minute", "reread_after", "backoff_min", "catch_up"} <= scaled
    assert not {"lease", "job_timeout", "qbo_timeout", "clock_alarm"} & scaled


def test_every_process_has_a_port_of_its_own() -> None:
    settings = load_settings({"TIEOUT_PORT_BASE": "9000"})
    names = ("receiver", "console", "precoro", "quickbooks", "metrics")
    assert [settings.port(name) for name in names] == [9000, 9001, 9002, 9003, 9004]


def test_the_public_address_is_used_without_its_last_slash() -> None:
    assert load_settings({"TIEOUT_PUBLIC_URL": "https://hooks.example/"}).receiver_url == "https://hooks.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://ann@db/tieout"),
        ("DATABASE_URL", "mysql://db/tieout"),
        ("DATABASE_URL", "tieout.db"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
    ],
)
def test_an_address_of_another_kind_is_refused_with_the_kinds_that_are_taken(name: str, value: str) -> None:
    with pytest.raises(WrongSettingsError, match=f"{name}: Must begin with"):
        load_settings({name: value})


@pytest.mark.parametrize("value", ["", "sqlite:///x.db", "postgresql://ann@db/t", "postgresql+psycopg://ann@db/t"])
def test_both_kinds_of_database_are_taken(value: str) -> None:
    assert load_settings({"DATABASE_URL": value}).database_url == value


@pytest.mark.parametrize(
    "variables",
    [
        {"TIEOUT_CONSOLE_BIND": "192.0.2.7"},
        {"TIEOUT_CONSOLE_BIND": "10.0.0.7"},
        {"TIEOUT_CONSOLE_URL": "http://tieout.example"},
        {"TIEOUT_CONSOLE_URL": "tieout.example", "TIEOUT_CONSOLE_BIND": "192.0.2.7"},
    ],
)
def test_a_console_that_others_can_reach_needs_an_https_address(variables: dict[str, str]) -> None:
    with pytest.raises(WrongSettingsError, match="TIEOUT_CONSOLE"):
        load_settings(variables)


def test_the_console_is_reached_at_its_own_port_or_where_the_setting_says() -> None:
    assert load_settings({}).console_address == "http://127.0.0.1:8701"
    public = {"TIEOUT_CONSOLE_URL": "https://tieout.example/", "TIEOUT_CONSOLE_BIND": "192.0.2.7"}
    assert load_settings(public).console_address == "https://tieout.example"
