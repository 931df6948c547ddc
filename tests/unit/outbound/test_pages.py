"""Reading page by page holds one page at a time, for both clients."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest

from outbound.quota import UnlimitedBudget
from outbound.wire import JsonObject
from precoro_client.client import PrecoroClient
from qbo_client.client import QboClient
from qbo_client.query import select
from tests.scripted_server import ScriptedServer, answer

Read = Callable[[str, UnlimitedBudget], Iterator[JsonObject]]
ROWS, PAGES, MARK = 10, 4, "a row of these pages"


class Watch(UnlimitedBudget):
    """A budget that looks, before each request, how many rows of earlier pages are still in memory."""

    def __init__(self) -> None:
        self.alive: list[int] = []

    def take(self, name: str | None = None, weight: int = 1, keep: int = 0) -> None:  # noqa: ARG002 - as a Budget has it
        """Count the rows; each carries an empty list, without which the collector does not know it."""
        gc.collect()
        self.alive.append(sum(type(item) is dict and MARK in item for item in gc.get_objects()))


def precoro(url: str, quota: UnlimitedBudget) -> Iterator[JsonObject]:
    return PrecoroClient(base_url=url, email="ann@widgets.example", key="k", quota=quota, timeout=5).suppliers()


def quickbooks(url: str, quota: UnlimitedBudget) -> Iterator[JsonObject]:
    client = QboClient(base_url=url, realm="1", token=lambda: "t", refresh=lambda stale: stale, quota=quota, timeout=5)
    return client.query_all(select("Vendor"), page=ROWS)


@pytest.mark.parametrize("read", [precoro, quickbooks])
def test_no_two_pages_are_in_memory_at_once(serve: Callable[..., ScriptedServer], read: Read) -> None:
    watch, script = Watch(), []
    for page in range(PAGES):
        ids = range(page * ROWS, (page + 1) * ROWS - (page == PAGES - 1))
        rows = [{"id": number, "Id": str(number), MARK: []} for number in ids]
        more = {"pagination": {"has_next_page": page < PAGES - 1}}
        script.append(answer(200, {"data": rows, "meta": more, "QueryResponse": {"Vendor": rows}}))
    server = serve(*script)
    del rows
    assert sum(1 for _ in read(server.url, watch)) == PAGES * ROWS - 1
    assert len(watch.alive) == PAGES
    # One row may still be in the hands of whoever reads.
    assert max(watch.alive) <= 1
