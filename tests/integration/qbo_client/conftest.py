"""A client of a company at the QuickBooks stand-in, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from outbound.quota import UnlimitedBudget
from outbound.session import Call
from qbo_client.client import QboClient
from tests.integration.qbo_client.company import WIDGETS, our_app, tokens_for
from tests.stand_ins import StandIn


@pytest.fixture
def calls() -> list[Call]:
    """Return the rows that the client of the test leaves."""
    return []


@pytest.fixture
def connect(quickbooks: StandIn, calls: list[Call]) -> Iterator[Callable[..., QboClient]]:
    """Return a function that gives a client of a company."""
    clients: list[QboClient] = []

    def build(realm: str = WIDGETS, **overrides: object) -> QboClient:
        wallet = [tokens_for(quickbooks, realm)]

        def refresh(stale: str) -> str:
            assert stale == wallet[-1].access
            wallet.append(our_app(quickbooks).refresh_token(wallet[-1].refresh))
            return wallet[-1].access

        options = {"quota": UnlimitedBudget(), "timeout": 10.0, **overrides}
        clients.append(
            QboClient(
                base_url=quickbooks.url,
                realm=realm,
                token=lambda: wallet[-1].access,
                refresh=refresh,
                on_call=calls.append,
                **options,  # type: ignore[arg-type]
            )
        )
        return clients[-1]

    yield build
    for client in clients:
        client.close()
