"""The receiver over real HTTP, served as in production."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import requests
from redis import Redis

from tests.conftest import free_port
from tests.integration.webhooks.conftest import PING, House, close, open_house
from tests.rows import FERNET_KEY, SECRET
from tests.stage import environment

ROOT = Path(__file__).parents[3]


@pytest.fixture
def served(tmp_path: Path, redis: Redis, redis_url: str) -> Iterator[tuple[str, Path, House]]:
    """Serve the receiver as in production; give its address, its log and what it has kept."""
    house, port = open_house(tmp_path, redis, redis_url), free_port()
    variables = environment(tmp_path, redis_url, TIEOUT_KEYS=FERNET_KEY, TIEOUT_PORT_BASE=str(port))
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "webhooks"], cwd=ROOT, env={**os.environ, **variables}, stdout=log, stderr=log
        )
        try:
            _wait_until_open(port)
            yield f"http://127.0.0.1:{port}", tmp_path / "log", house
        finally:
            process.terminate()
            assert process.wait(20) == 0
            close(house)


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_over_real_http_a_chunked_body_is_limited_as_any_other(served: tuple[str, Path, House]) -> None:
    address, log, house = served

    def chunks(number: int) -> Iterator[bytes]:
        yield b'{"id":1,"type":2,"action":0,"x":"'
        for _ in range(number):
            yield b"x" * 8192
        yield b'"}'

    url = f"{address}/webhooks/precoro/{SECRET}"
    assert requests.post(url, data=chunks(1), timeout=10).status_code == 200
    refused = [requests.post(to, data=chunks(256), timeout=10) for to in (url, f"{address}/webhooks/quickbooks")]
    assert [(answer.status_code, bool(answer.json()["error"])) for answer in refused] == [(413, True), (413, True)]
    assert requests.post(f"{url}x", json=PING, timeout=10).status_code == 401
    assert requests.post(url, data=b"?", timeout=10).status_code == 400
    assert len(house.events()) == 1
    assert SECRET not in log.read_text()


BEGUN = {
    "a header": b"POST /webhooks/quickbooks HTTP/1.1\r\nHo",
    "a body": b"POST /webhooks/quickbooks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
    "a chunk": b"POST /webhooks/quickbooks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_slow_senders_do_not_hold_up_the_others(served: tuple[str, Path, House], begun: bytes) -> None:
    address, _, house = served
    port = int(address.rpartition(":")[2])
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)).sendall(begun)
        time.sleep(0.2)
        assert requests.post(f"{address}/webhooks/precoro/{SECRET}", json=PING, timeout=3).status_code == 200
        assert requests.get(f"{address}/healthz", timeout=3).ok
    assert len(house.events()) == 1


@pytest.mark.parametrize("chunk", [b"-1\r\n", b"zz\r\n", b"2\r\nabcd\r\n"])
def test_a_bad_chunk_is_refused_before_anybody_is_asked_who_speaks(
    served: tuple[str, Path, House], chunk: bytes
) -> None:
    address, log, _ = served
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=10) as sender:
        sender.sendall(b"POST /webhooks/quickbooks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
        assert sender.recv(1000).startswith(b"HTTP/1.1 400 ")
    assert "Traceback" not in log.read_text()
