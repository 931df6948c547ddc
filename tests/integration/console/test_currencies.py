"""Currencies on their page: what is missing in QuickBooks is added."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.console.conftest import Visitor
from tests.stage import Stage, house
from workers.tasks import views

People = Callable[..., Visitor]
UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")
CURRENCIES = "/c/widgets-uk-ltd/currencies"


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house whose supplier has a currency that QuickBooks lacks."""
    with house(tmp_path, redis_url) as opened:
        opened.precoro.post("suppliers", company=2, name="Malmö Stål AB", currencies=["SEK"])
        opened.connect(None, *UK)
        yield opened


def test_what_is_missing_is_ticked_and_added(stage: Stage, people: People) -> None:
    visitor = people("accountant")
    page = visitor.get(CURRENCIES).text
    assert "home currency" in page
    assert 'name="code" value="SEK"' in page
    address = visitor.post(f"{CURRENCIES}/add", code="SEK").location
    task = int(address.rpartition("/")[2])
    stage.until(lambda: views.task(stage.runtime, task).state == "planned", "the plan")
    assert "SEK" in visitor.get(address).text
    visitor.follow(f"{address}/apply")
    stage.until(lambda: views.task(stage.runtime, task).state == "done", "the currency")
    assert re.search(r"<td>SEK</td>.*?>ready<", visitor.get(CURRENCIES).text, re.DOTALL)


def test_who_only_looks_ticks_nothing(people: People) -> None:
    assert 'type="checkbox"' not in people("viewer").get(CURRENCIES).text
