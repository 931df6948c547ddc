"""Who notices that the clock has stopped: a worker, and whoever listens to the clock's sign of life."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select

from outbound.errors import RemoteError
from store import duties
from store.alerts import AlertRow
from store.duties import Duty
from tests.integration.workers.alerts.conftest import MINUTE, Installation
from tests.integration.workers.alerts.receivers import WebhookServer, running
from workers import clock
from workers.alerts import clock_watch, ping
from workers.alerts.clock_watch import ClockWatch, tell_instead_of_clock


@pytest.fixture
def listener() -> Iterator[WebhookServer]:
    """Return a server that listens to the sign of life."""
    server = WebhookServer()
    with running(server):
        yield server


def _let_pass(installation: Installation, passed: timedelta) -> None:
    """Let time pass without a tick."""
    with installation.runtime.write() as (session, _):
        for row in session.scalars(select(Duty)):
            row.begun_at = row.begun_at and row.begun_at - passed
        for alert in session.scalars(select(AlertRow)):
            alert.begun_at -= passed
            alert.gone_at = alert.gone_at and alert.gone_at - passed


def test_a_worker_tells_that_the_clock_has_stopped_and_the_clock_that_it_ticks_again(
    installation: Installation,
) -> None:
    runtime = installation.runtime
    clock.tick(runtime)
    assert not tell_instead_of_clock(runtime)
    _let_pass(installation, 9 * MINUTE)
    assert not tell_instead_of_clock(runtime)
    _let_pass(installation, 2 * MINUTE)
    assert tell_instead_of_clock(runtime)
    assert not tell_instead_of_clock(runtime)  # another worker would do it too early
    _let_pass(installation, 4 * MINUTE)
    assert tell_instead_of_clock(runtime)
    titles = [message["title"] for message in installation.messages()]
    assert any("The clock has stopped" in message["body"] for message in installation.messages()), titles
    installation.look()
    assert "The clock has stopped" in installation.look(after=11 * MINUTE)[0]["body"].partition("Solved:")[2]


def test_a_worker_process_watches_from_its_beginning_to_its_end_whatever_happens(installation: Installation) -> None:
    looks = threading.Semaphore(0)

    def fail(_: object) -> None:
        looks.release()
        raise KeyError("a row like no other")

    with (
        patch.object(clock_watch, "EVERY", 0.01),
        patch.object(clock_watch, "tell_instead_of_clock", fail),
        ClockWatch(installation.runtime.settings) as watch,
    ):
        assert looks.acquire(timeout=10)
        assert looks.acquire(timeout=10)
    watch._thread.join(10)  # noqa: SLF001 - that it ends is the point
    assert not watch._thread.is_alive()  # noqa: SLF001


def test_the_clock_gives_a_sign_of_life(installation: Installation, listener: WebhookServer) -> None:
    address = f"http://127.0.0.1:{listener.server_port}/ping/hush-hush"
    runtime = installation.runtime
    runtime.settings = replace(runtime.settings, ping_url=address)
    clock.tick(runtime)
    clock.tick(runtime)
    assert listener.paths == ["/ping/hush-hush"]
    listener.status = 500
    with pytest.raises(RemoteError) as refused:
        ping.ping(address)
    assert "hush" not in str(refused.value)
    with runtime.read() as (session, _):
        assert "ping" in duties.begun_at(session)
