"""What needs attention: by cause, mended on the page, and seen to go out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.integration.console.conftest import Visitor
from tests.stage import Stage
from workers.tasks import commands as tasks

People = Callable[..., Visitor]
LUNCH = {"name": "Lunch", "quantity": 1, "price": "76.10", "account": "Office Supplies"}
LIST = "/c/widgets-inc/attention"


@pytest.fixture
def three_wait(stage: Stage) -> Stage:
    """Return a house in which three invoices of a supplier without a pair wait."""
    for _ in range(3):
        stage.approved(supplier="Evergreen Catering", lines=[LUNCH])
    stage.settle()
    return stage


def cause_of(page: str) -> str:
    """Return the address of the first cause on the page."""
    address = re.search(r'class="button main" href="([^"]+)"', page)
    assert address
    return address[1].replace("&amp;", "&")


def form_of(page: str, word: str) -> str:
    """Return where a form of the page is sent."""
    action = re.search(rf'action="([^"]+/{word}\?[^"]*)"', page)
    assert action
    return action[1].replace("&amp;", "&")


def test_nothing_waits_at_first(stage: Stage, people: People) -> None:  # noqa: ARG001 - the house
    assert "Nothing waits for a person." in people("viewer").get(LIST).text


@pytest.mark.usefixtures("three_wait")
def test_documents_that_wait_for_the_same_are_one_cause_with_their_money(people: People) -> None:
    page = people("viewer").get(LIST).text
    assert "3 documents, USD 228.30 for Evergreen Catering" in page
    assert '<span class="count" aria-label="1 wait">1</span>' in page


def test_a_pair_made_on_the_page_sends_all_that_waited_and_the_page_shows_it(three_wait: Stage, people: People) -> None:
    ann = people("accountant")
    page = ann.get(cause_of(ann.get(LIST).text) + "&vendor=evergreen").text
    assert "Evergreen Catering Company LLC" in page
    vendor = re.search(r'name="vendor" value="(\d+)"', page)
    supplier = re.search(r'name="supplier" value="(\d+)"', page)
    assert vendor
    assert supplier
    answer = ann.post(form_of(page, "pair"), supplier=supplier[1], vendor=vendor[1])
    page = ann.get(answer.location).text
    assert "Paired. 3 documents go on as soon as a worker is free." in page
    three_wait.settle()
    live = re.search(r'hx-get="([^"]+)"', page)
    assert live
    fragment = ann.get(live[1].replace("&amp;", "&")).text
    assert "3 of 3 went out, USD 228.30." in fragment
    assert "hx-get" not in fragment  # nothing more to wait for
    assert "documents" not in ann.get(LIST).text.partition("<main")[2]
    assert len(three_wait.bills()) == 3


def test_a_vendor_with_the_name_of_the_supplier_is_shown_before_anybody_searches(
    three_wait: Stage,  # noqa: ARG001 - the house
    people: People,
) -> None:
    ann = people("accountant")
    assert "Evergreen Catering Company LLC" in ann.get(cause_of(ann.get(LIST).text)).text


def test_a_similar_vendor_that_holds_back_a_new_one_is_asked_about_on_the_same_page(
    three_wait: Stage, people: People
) -> None:
    ann = people("accountant")
    cause = cause_of(ann.get(LIST).text)
    ann.post(form_of(ann.get(cause).text, "create"), supplier="9012")
    three_wait.settle()
    assert "which may be supplier Evergreen Catering." in ann.get(cause).text


def test_a_suggestion_that_is_refused_does_not_come_again(three_wait: Stage, people: People) -> None:
    ann = people("accountant")
    tasks.start(three_wait.runtime, "widgets-inc", "suppliers sync", {}, "ann", confirmed=True)
    three_wait.settle()
    page = ann.get(cause_of(ann.get(LIST).text)).text
    assert "may be Evergreen Catering" in page
    vendor = re.search(r'name="vendor" value="(\d+)"', page)
    supplier = re.search(r'name="supplier" value="(\d+)"', page)
    assert vendor
    assert supplier
    page = ann.follow(form_of(page, "refuse"), supplier=supplier[1], vendor=vendor[1])
    assert "does not suggest this vendor for the supplier again" in page
    assert "may be Evergreen Catering" not in page


def test_a_pair_counts_the_documents_that_go_on_and_not_the_supplier_itself(three_wait: Stage, people: People) -> None:
    ann = people("accountant")
    tasks.start(three_wait.runtime, "widgets-inc", "suppliers sync", {}, "ann", confirmed=True)
    three_wait.settle()
    address = cause_of(ann.get(LIST).text)
    page = ann.get(address).text
    vendor = re.search(r'name="vendor" value="(\d+)"', page)
    supplier = re.search(r'name="supplier" value="(\d+)"', page)
    assert vendor
    assert supplier
    ann.follow(form_of(page, "create"), supplier=supplier[1])
    three_wait.settle()  # a similar vendor holds the supplier, too
    page = ann.follow(form_of(page, "pair"), supplier=supplier[1], vendor=vendor[1])
    assert "Paired. 3 documents go on as soon as a worker is free." in page


def test_what_a_cause_holds_up_is_sent_again_at_once(three_wait: Stage, people: People) -> None:
    ann = people("accountant")
    page = ann.get(cause_of(ann.get(LIST).text)).text
    assert "3 records go on as soon as a worker is free." in ann.follow(form_of(page, "send"))
    three_wait.settle()
    assert "3 documents" in ann.get(LIST).text


@pytest.mark.usefixtures("three_wait")
def test_a_viewer_sees_causes_and_mends_none(people: People) -> None:
    vera = people("viewer")
    page = vera.get(cause_of(vera.get(LIST).text)).text
    assert "Mend it here" not in page
    assert "Evergreen Catering is not paired" in page


def test_records_of_another_company_are_not_shown_by_their_ids(three_wait: Stage, people: People) -> None:
    second = three_wait.runtime
    vera = people("viewer")
    ids = "&".join(f"record={number}" for number in range(1, 40))
    page = vera.get(f"{LIST}/supplier_not_paired?subject=supplier:1&{ids}").text
    shown = set(re.findall(r"/c/([\w-]+)/documents/", page))
    assert shown == {"widgets-inc"}
    assert second


def test_a_cause_that_is_gone_says_so(stage: Stage, people: People) -> None:  # noqa: ARG001 - the house
    page = people("viewer").get(f"{LIST}/no_such_code").text
    assert "Nothing waits for this any more" in page
