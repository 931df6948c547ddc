"""Ports are looked at before anything is started."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from firstrun import ports, running
from firstrun.errors import PortInUseError
from settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_with_the_command_that_goes_round_it(taken: int) -> None:
    base = taken // 100 * 100
    with pytest.raises(PortInUseError) as refused:
        ports.check([taken], base)
    sentence = str(refused.value)
    assert sentence.startswith(f"Port {taken} is in use. Choose other ports: TIEOUT_PORT_BASE=")
    assert sentence.endswith(" bin/up")
    suggested = int(sentence.partition("TIEOUT_PORT_BASE=")[2].split()[0])
    assert suggested > base
    assert ports.is_free_block(suggested)


def test_a_port_on_which_every_address_is_listened_counts_as_taken() -> None:
    with socket.create_server(("", 0)) as server:
        assert not ports.is_free(server.getsockname()[1])


def test_free_ports_are_no_obstacle() -> None:
    base = ports.any_base()
    ports.check([base, base + 2, base + 9], base)


def test_a_block_is_free_only_when_all_ten_ports_are(taken: int) -> None:
    assert not ports.is_free_block(taken - 9)


@pytest.mark.parametrize("standins", [False, True])
def test_everything_that_is_looked_at_has_a_port(*, standins: bool) -> None:
    assert all(Settings(port_base=9100).port(name) >= 9100 for name in running.needed_ports(standins=standins))
