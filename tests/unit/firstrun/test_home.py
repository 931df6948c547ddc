"""One bin/up in each home; the key is kept, and --reset deletes only what belongs to the stand-ins."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from firstrun import home
from firstrun.errors import HomeInUseError, ResetRefusedError, UnusableHomeError
from settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "var")
    home.logs(made.home).mkdir(parents=True)
    return made


def test_the_first_key_is_usable_readable_by_its_owner_only_and_stays(settings: Settings) -> None:
    assert home.ensure_key(settings)
    path = settings.home / home.KEYS
    key = path.read_text()
    Fernet(key.strip())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not home.ensure_key(settings)
    assert path.read_text() == key


def test_no_key_is_made_when_keys_are_set(settings: Settings) -> None:
    assert not home.ensure_key(Settings(home=settings.home, keys="given"))
    assert not (settings.home / home.KEYS).exists()


def test_a_second_one_in_the_same_home_is_told_how_to_run_beside_the_first(settings: Settings) -> None:
    advice = r"TIEOUT_HOME=\S+-2 TIEOUT_PORT_BASE=\d+ bin/up"
    with home.locked(settings), pytest.raises(HomeInUseError, match=advice), home.locked(settings):
        pass
    with home.locked(settings):
        pass


def test_nobody_else_may_enter_a_home_and_git_never_takes_it_up(settings: Settings) -> None:
    settings.home.chmod(0o755)
    with home.locked(settings):
        assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
        assert (settings.home / ".gitignore").read_text() == "*\n"


def test_a_home_that_cannot_be_written_is_said_in_one_sentence_with_what_helps(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(UnusableHomeError, match=r"\(Not a directory\)\. .*TIEOUT_HOME=DIR bin/up$"),
        home.locked(Settings(home=tmp_path / "file" / "var")),
    ):
        pass


def test_reset_deletes_the_state_and_keeps_the_key(settings: Settings) -> None:
    home.ensure_key(settings)
    for name in ("tieout.db", "precoro.json", home.STORY):
        (settings.home / name).touch()
    (settings.home / "redis").mkdir()
    home.reset(settings, standins=True)
    assert sorted(path.name for path in settings.home.iterdir()) == [home.KEYS, "log"]


@pytest.mark.parametrize(("standins", "database"), [(False, ""), (True, "postgresql://books")])
def test_reset_never_touches_real_companies_or_a_database_of_others(
    settings: Settings, database: str, *, standins: bool
) -> None:
    kept = settings.home / "tieout.db"
    kept.touch()
    with pytest.raises(ResetRefusedError, match=r"Nothing was deleted\."):
        home.reset(Settings(home=settings.home, database_url=database), standins=standins)
    assert kept.exists()
