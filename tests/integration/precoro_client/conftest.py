"""A client of Widgets Inc at the Precoro stand-in, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from outbound.quota import UnlimitedBudget
from outbound.session import Call
from precoro_client.client import PrecoroClient
from tests.stand_ins import StandIn


@pytest.fixture
def calls() -> list[Call]:
    """Return the rows that the client of the test leaves."""
    return []


@pytest.fixture
def connect(precoro: StandIn, calls: list[Call]) -> Iterator[Callable[..., PrecoroClient]]:
    """Return a function that gives a client of Widgets Inc."""
    clients: list[PrecoroClient] = []

    def build(**overrides: object) -> PrecoroClient:
        options = {
            "email": "ann@widgets.example",
            "key": "precoro-sandbox-key-1",
            "quota": UnlimitedBudget(),
            **overrides,
        }
        clients.append(PrecoroClient(base_url=precoro.url, on_call=calls.append, **options))  # type: ignore[arg-type]
        return clients[-1]

    yield build
    for client in clients:
        client.close()
