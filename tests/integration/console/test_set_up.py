"""Set-up on its pages: what is missing, the events of Precoro, what waits, and going live."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.console.conftest import Visitor
from tests.stage import Stage, house
from workers.connections import views

People = Callable[..., Visitor]
SLUG = "widgets-inc"
SET_UP = f"/c/{SLUG}/set-up"
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
LUNCH = {"name": "=HYPERLINK(1)", "quantity": 1, "price": "76.10", "account": "Office Supplies"}


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house that is connected and not live yet."""
    with house(tmp_path, redis_url) as opened:
        opened.begin_connected(live=False)
        yield opened


def test_the_steps_say_what_is_missing_and_where_it_is_done(people: People) -> None:
    page = people("viewer").get(SET_UP).text
    assert "Before going live: " in page
    assert "No account is chosen for lines that name none." in page
    assert f'href="/c/{SLUG}/settings"' in page
    assert ">Go live<" not in page  # a viewer decides nothing


def test_an_event_is_watched_as_it_arrives(stage: Stage, people: People) -> None:
    visitor = people("viewer")
    page = visitor.get(f"{SET_UP}/events").text
    polled = re.search(r'hx-get="([^"]+)"', page)
    assert polled
    assert "for the next event" in visitor.get(polled[1].replace("&amp;", "&")).text
    assert "Nothing came within ten minutes." in visitor.get(f"{SET_UP}/events/next?left=0").text
    stage.approved()
    stage.settle()
    assert "Its events arrive." in visitor.get(polled[1].replace("&amp;", "&")).text


def test_the_address_is_shown_to_an_administrator_who_asks_and_changed_with_an_overlap(
    stage: Stage, people: People
) -> None:
    visitor = people("admin")
    address = views.connection(stage.runtime, SLUG).webhook_address
    assert address not in visitor.get(f"{SET_UP}/events").text
    assert address in visitor.post(f"{SET_UP}/events/address").text
    assert "There is a new address." in visitor.follow(f"{SET_UP}/events/rotate")
    assert "still valid" in visitor.follow(f"{SET_UP}/events/rotate")
    assert views.connection(stage.runtime, SLUG).webhook_address != address
    assert "is no longer valid." in visitor.follow(f"{SET_UP}/events/retire")


def test_whether_the_receiver_is_reached_is_looked_at_when_somebody_asks(people: People) -> None:
    visitor = people("viewer")
    visitor.get(f"{SET_UP}/events")
    assert "Nothing answers at" in visitor.post(f"{SET_UP}/events/reach").text


def test_what_waits_is_a_table_and_a_file_in_which_no_spreadsheet_finds_a_formula(stage: Stage, people: People) -> None:
    stage.approved(number="INV-500", lines=[PAPER])
    stage.approved(number="INV-501", lines=[LUNCH])
    stage.settle()
    visitor = people("viewer")
    page = visitor.get(f"{SET_UP}/preview?from=2026-01-01").text
    assert "INV-500" in page
    assert "USD 540.00" in page
    answer = visitor.get(f"{SET_UP}/preview/waiting.csv?from=2026-01-01")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="waiting.csv"'
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert {row["total"] for row in rows} == {"540.00", "76.10"}
    assert "'=HYPERLINK(1)" in {row["line"] for row in rows}


def test_what_waits_goes_out_once_somebody_goes_live(stage: Stage, people: People) -> None:
    stage.approved(number="INV-500", invoiceNumber="S-500", lines=[PAPER])
    stage.settle()
    assert stage.bills() == []
    visitor = people("accountant")
    page = visitor.get(f"{SET_UP}?from=2026-01-01").text
    assert "<dt>Go out</dt><dd>1</dd>" in page
    assert "USD 540.00" in page
    assert "Widgets Inc" in page
    assert "No older document is new." in visitor.follow(f"{SET_UP}/look-back?from=2031-01-01")
    assert f"{SLUG} is live" in visitor.follow(f"{SET_UP}/go-live?from=2026-01-01")
    stage.settle()
    assert len(stage.bills()) == 1
    assert "has been live since" in visitor.follow(f"{SET_UP}/go-live")


def test_both_companies_are_read_again_when_somebody_asks(people: People) -> None:
    assert "Both companies were read." in people("accountant").follow(f"{SET_UP}/refresh")


def test_a_day_that_cannot_be_read_is_left_out(people: People) -> None:
    visitor = people("viewer")
    assert visitor.get(f"{SET_UP}?from=yesterday").status_code == 200
    assert visitor.get(f"{SET_UP}/preview?from=2026-13-01").status_code == 200


def test_a_connection_is_paused_and_goes_on_on_the_page_that_one_is_on(people: People) -> None:
    otto = people("operator")
    otto.get(SET_UP)
    for act, sentence in (("pause", "widgets-inc is paused."), ("resume", "widgets-inc goes on.")):
        answer = otto.post(f"{SET_UP}/{act}")
        assert answer.location == SET_UP
        assert sentence in otto.get(answer.location).text
