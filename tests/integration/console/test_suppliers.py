"""Suppliers on their pages: found, paired one by one and together, created, unpaired, and asked about."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.integration.console.conftest import Visitor
from tests.stage import REALM, Stage
from workers.suppliers import pair_all, views
from workers.tasks import commands
from workers.tasks import views as task_views

People = Callable[..., Visitor]
SLUG = "widgets-inc"
LIST = f"/c/{SLUG}/suppliers"
SCRIPT = '<img src=x onerror="document.title=1">\u202e'


@pytest.fixture
def synced(stage: Stage) -> Stage:
    """Return the house with its suggestions."""
    task = commands.start(stage.runtime, SLUG, pair_all.NAME, {}, "ann", confirmed=True)
    stage.until(lambda: task_views.task(stage.runtime, task).state == "done", "the suggestions")
    return stage


def supplier(stage: Stage, name: str) -> str:
    """Return the id of a supplier that has no pair."""
    (row,) = views.unpaired(stage.runtime, SLUG, views.IN_PRECORO, name)
    return row.id


def test_a_sync_leads_to_its_task(stage: Stage, people: People) -> None:
    visitor = people("accountant")
    visitor.get(LIST)
    for act in ("sync", "import", "create-vendors"):
        answer = visitor.post(f"{LIST}/{act}")
        assert re.fullmatch(rf"/c/{SLUG}/tasks/(\d+)", answer.location)
        commands.cancel(stage.runtime, int(answer.location.rpartition("/")[2]), "ann")


def test_a_second_sync_waits_for_the_first(people: People) -> None:
    visitor = people("accountant")
    visitor.get(LIST)
    visitor.post(f"{LIST}/sync")
    assert "is under way. Wait for it, or cancel it." in visitor.follow(f"{LIST}/import")


@pytest.mark.usefixtures("synced")
def test_every_list_has_its_count_and_is_searched(people: People) -> None:
    visitor = people("viewer")
    page = unescape(visitor.get(LIST).text)
    assert "Baxter & Sons Ltd" in page
    assert "same phone" in page
    assert re.search(r'Paired <span class="hint">28<', page)
    assert "Harbor Property Management" in visitor.get(f"{LIST}?show=quickbooks").text
    assert "Acme Supply" in visitor.get(f"{LIST}?show=paired&text=acme").text
    assert "No pair matches." in visitor.get(f"{LIST}?show=paired&text=nobody").text
    assert "Nothing is asked." in visitor.get(f"{LIST}?show=held&page=x").text
    assert 'name="only"' not in page  # a viewer decides nothing


@pytest.mark.usefixtures("stage")
def test_more_rows_than_a_page_has_go_on_on_the_next(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.filters.PAGE", 10)
    visitor, address, names = people("viewer"), f"{LIST}?show=paired", set[str]()
    while address:
        page = visitor.get(address).text
        names |= set(re.findall(rf'href="{LIST}/(\d+)"', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else ""
    assert len(names) == 28


def test_suggestions_are_paired_at_once_or_said_not_to_be_the_same(synced: Stage, people: People) -> None:
    visitor = people("accountant")
    both = re.findall(r'name="pair" value="([^"]+)"', visitor.get(LIST).text)
    assert len(both) == 3
    assert "No suggestion was ticked." in visitor.follow(f"{LIST}/pair-all")
    assert "1 suggestion is not made again." in visitor.follow(f"{LIST}/refuse-all", only=both[0], pair=both)
    assert "Paired 2." in visitor.follow(f"{LIST}/pair-all", pair=both[1:])
    assert views.counts(synced.runtime, SLUG).suggested == 0
    assert "is paired with" in visitor.follow(
        f"{LIST}/pair-all", only=f"{both[1].partition(':')[0]}:{both[0].partition(':')[2]}"
    )


def test_both_sides_are_compared_and_a_question_is_answered(synced: Stage, people: People) -> None:
    visitor, key = people("accountant"), supplier(synced, "Baxter and Sons")
    page = unescape(visitor.get(f"{LIST}/{key}").text)
    assert "It may be" in page
    assert "Baxter & Sons Ltd" in page
    assert "Paired." in visitor.follow(f"{LIST}/{key}/pair", vendor="59")
    synced.settle()
    page = visitor.get(f"{LIST}/{key}").text
    assert '<tr class="differs"><td>Name' in page
    assert page.count(">guarded<") == 2
    assert "They differ since they were paired." in page
    assert "Baxter" in visitor.get(f"{LIST}?show=held").text
    assert "Answered." in visitor.follow(f"{LIST}/{key}/answer", field="name", side="apart")
    synced.settle()
    assert "Nothing is asked about the city" in visitor.follow(f"{LIST}/{key}/answer", field="city", side="precoro")


def test_a_vendor_of_a_similar_name_can_be_paired_before_anybody_searches(stage: Stage, people: People) -> None:
    page = people("accountant").get(f"{LIST}/{supplier(stage, 'Nguyen Freight Services')}").text
    assert "Nguyen Freight Svcs." in page


def test_a_pair_is_found_by_hand_and_undone(synced: Stage, people: People) -> None:
    visitor, key = people("accountant"), supplier(synced, "Evergreen Catering")
    page = visitor.get(f"{LIST}/{key}?vendor=harbor").text
    vendor = re.search(r'name="vendor" value="(\d+)"', page)
    assert vendor
    assert "Harbor Property Management" in page
    assert "No vendor without a supplier" in visitor.get(f"{LIST}/{key}?vendor=nobody").text
    assert "Paired." in visitor.follow(f"{LIST}/{key}/pair", vendor=vendor[1])
    assert f"Unpaired from vendor {vendor[1]}." in visitor.follow(f"{LIST}/{key}/unpair")
    assert "Noted: they are not the same" in visitor.follow(f"{LIST}/{key}/refuse", vendor="59")
    assert "is not paired." in visitor.follow(f"{LIST}/{key}/unpair", undo="on")


def test_a_vendor_for_another_currency_has_to_be_kept_in_it(synced: Stage, people: People) -> None:
    visitor, key = people("accountant"), supplier(synced, "Evergreen Catering")
    visitor.get(f"{LIST}/{key}")
    assert "is kept in USD, not in EUR." in visitor.follow(f"{LIST}/{key}/pair", vendor="59", currency="eur")
    assert "is not paired." in visitor.follow(f"{LIST}/{key}/unpair-currency", currency="EUR")


def test_what_is_similar_holds_a_new_vendor_back_until_a_person_says_otherwise(synced: Stage, people: People) -> None:
    visitor, key = people("accountant"), supplier(synced, "Evergreen Catering")
    visitor.get(f"{LIST}/{key}")
    assert "A similar one holds it back" in visitor.follow(f"{LIST}/{key}/create")
    synced.settle()
    page = visitor.get(f"{LIST}/{key}").text
    assert "Create it all the same" in page
    assert f"{key}/create" in page
    assert "Left as it is" in visitor.follow(f"{LIST}/{key}/leave", why="not needed")
    visitor.follow(f"{LIST}/{key}/create", anyway="on")
    synced.settle()
    assert "Evergreen Catering" in visitor.get(f"{LIST}?show=paired&text=evergreen").text
    assert "Open the vendor in QuickBooks" in visitor.get(f"{LIST}/{key}").text


@pytest.mark.usefixtures("stage")
def test_a_supplier_that_there_is_not_is_not_found(people: People) -> None:
    assert people("viewer").get(f"{LIST}/999999").status_code == 404


def test_names_that_are_scripts_are_shown_as_they_are(stage: Stage, people: People) -> None:
    made = stage.precoro.post("suppliers", company=1, name=SCRIPT)
    stage.quickbooks.post(f"vendor?realm={REALM}", DisplayName="Script <svg onload=1>")
    task = commands.start(stage.runtime, SLUG, pair_all.NAME, {}, "ann", confirmed=True)
    stage.until(lambda: task_views.task(stage.runtime, task).state == "done", "the lists")
    visitor = people("viewer")
    for path in ("?show=precoro", f"/{made['id']}", "?show=quickbooks"):
        page = visitor.get(f"{LIST}{path}").text
        assert "<img src=x" not in page
        assert "<svg" not in page
        assert "\u202e" not in page
        assert "&lt;" in page
