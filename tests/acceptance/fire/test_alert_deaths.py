"""Killed with -9 at every step of telling people: each message arrives, and twice only if it was sent and nobody noted that."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.fire.house import DyingProcesses
from tests.acceptance.fire.matrix import sides
from tests.acceptance.forks import ForkServer
from tests.integration.workers.alerts.conftest import MINUTE, Installation
from tests.integration.workers.alerts.receivers import WebhookServer, running
from tests.stage import environment, load_settings
from workers.alerts import commands, delivery
from workers.runtime import Runtime

ONE_MESSAGE = ("commit alerts.delivery._taken", "commit alerts.delivery._send")
BOUNDARIES = sides(["commit alerts.duty.tell", *ONE_MESSAGE, *ONE_MESSAGE])
"""People are told by the file, then by the channel."""
SENT_AND_NOT_NOTED = {4: (2, 1), 8: (1, 2)}
"""How many messages there are, in the file and in the channel, when somebody died between sending and noting that."""


@pytest.fixture
def house(
    tmp_path: Path, redis_url: str, database_url: str, fork_server: ForkServer
) -> Iterator[tuple[Installation, DyingProcesses, WebhookServer]]:
    """Return an installation with a channel, and a cause that people are to be told of."""
    variables = environment(
        tmp_path, redis_url, DATABASE_URL=database_url, TIEOUT_SPEED="1", TIEOUT_ALERT_HOSTS="127.0.0.1"
    )
    channel = WebhookServer()
    with closing(Runtime(load_settings(variables))) as runtime, running(channel):
        installation = Installation(runtime)
        commands.add_channel(runtime, "ops", channel.address, "ann")
        installation.hold(1)
        assert installation.look() == []
        installation.pass_time(4 * MINUTE)
        yield installation, DyingProcesses(fork_server, tmp_path, variables), channel


@pytest.mark.parametrize("number", range(len(BOUNDARIES)), ids=BOUNDARIES)
def test_whatever_dies_when_people_are_told_people_are_told(
    house: tuple[Installation, DyingProcesses, WebhookServer], number: int
) -> None:
    installation, processes, channel = house
    status, reached = processes.run("teller", kill_at=number)
    assert (status, reached) == (-signal.SIGKILL, BOUNDARIES[: number + 1])
    installation.look()
    installation.look(after=delivery.LEASE)
    installation.look(after=delivery.LEASE)
    assert (len(installation.messages()), len(channel.bodies)) == SENT_AND_NOT_NOTED.get(number, (1, 1))


def test_nobody_dies_anywhere_else(house: tuple[Installation, DyingProcesses, WebhookServer]) -> None:
    installation, processes, channel = house
    assert processes.run("teller") == (0, BOUNDARIES)
    assert (len(installation.messages()), len(channel.bodies)) == (1, 1)
