"""What the receiver answers to odd requests, and what neither its answers nor its logs ever hold."""

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
import structlog
from redis import Redis

from tests.conftest import free_port
from tests.integration.webhooks.conftest import PING, House, close, open_house
from tests.rows import FERNET_KEY, SECRET
from tests.signing import signed
from tests.stage import VERIFIER, environment, load_settings
from webhooks import precoro
from webhooks.app import create_app

ROOT = Path(__file__).parents[3]
MEGABYTE = 1_048_576
ROUTES = (f"/webhooks/precoro/{SECRET}", "/webhooks/quickbooks")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("route", ROUTES)
def test_an_event_is_only_ever_posted(house: House, route: str, method: str) -> None:
    answer = house.client.open(route, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert house.is_empty()


@pytest.mark.parametrize(
    "path", ["/", "/webhooks/precoro/", f"/webhooks/precoro/{SECRET}/", f"//webhooks/precoro/{SECRET}", "/x" * 3000]
)
def test_an_address_that_does_not_exist_is_not_echoed(house: House, path: str) -> None:
    answer = house.client.post(path, json=PING)
    assert answer.status_code == 404
    assert answer.get_json()["error"]
    assert SECRET not in answer.text
    assert house.is_empty()


def test_a_ping_of_16_kilobytes_is_taken_and_one_byte_more_is_not(house: House) -> None:
    start = b'{"id":1,"type":2,"action":0,"x":"'
    fits = start + b"x" * (precoro.LONGEST_BODY - len(start) - 2) + b'"}'
    assert [house.ping(fits).status_code, house.ping(fits + b" ").status_code] == [200, 413]
    assert len(house.events()) == 1


def test_a_notification_of_a_megabyte_is_taken_and_one_byte_more_is_not(house: House) -> None:
    assert house.notify(b" " * MEGABYTE).status_code == 200
    large = b" " * (MEGABYTE + 1)
    headers = {"intuit-signature": signed(large, VERIFIER)}
    refused = house.client.post("/webhooks/quickbooks", data=large, headers=headers)
    assert (refused.status_code, bool(refused.get_json()["error"])) == (413, True)
    assert len(house.events()) == 1


def test_an_unexpected_error_shows_neither_the_secret_nor_where_it_was_raised(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(precoro, "read", fail)
    with structlog.testing.capture_logs() as logged:
        answer = house.ping()
    assert answer.status_code == 500
    assert "a bug" not in answer.text
    assert [line["event"] for line in logged] == ["the receiver failed"]
    assert "a bug" in logged[0]["traceback"]
    assert SECRET not in f"{logged} {answer.text}"


def test_the_receiver_takes_events_without_any_key(house: House, tmp_path: Path, redis_url: str) -> None:
    without_key = environment(tmp_path, redis_url, DATABASE_URL=house.settings.database, TIEOUT_KEYS="")
    other = create_app(load_settings(without_key))
    client = other.test_client()
    assert client.post(f"/webhooks/precoro/{SECRET}", json=PING).status_code == 200
    other.extensions["tieout"].close()


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


def test_there_are_no_files_to_be_had(house: House) -> None:
    assert {rule.endpoint for rule in house.app.url_map.iter_rules()} == {
        "from_precoro",
        "from_quickbooks",
        "healthz",
        "readyz",
    }


def test_a_refusal_is_logged_with_its_sender_and_without_the_secret(house: House) -> None:
    with structlog.testing.capture_logs() as lines:
        house.ping(secret="guessed", environ_base={"REMOTE_ADDR": "192.0.2.7"})
        house.client.get("/nowhere", environ_base={"REMOTE_ADDR": "192.0.2.8"})
    sender = {"address": "192.0.2.7", "route": "/webhooks/precoro/<secret>"}
    assert lines[0].items() >= {"status": 401, **sender}.items()
    assert lines[1].items() >= {"status": 404, "address": "192.0.2.8", "route": None}.items()
    assert "guessed" not in str(lines)


def test_others_are_told_only_whether_it_is_ready(house: House) -> None:
    answer = house.client.get("/readyz", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert (answer.status_code, answer.get_json()) == (503, {"ready": False})
    assert house.client.get("/readyz").get_json()["reasons"]
