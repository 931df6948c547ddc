"""What people are told to do has a place on the pages, and its address can be made of what the act says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, current_app, g

from console.app import SECTIONS
from console.remedies import PLACES, ways
from console.sections import ACCESS
from mappers.remedies import ACTS, Act, ActName, Remedy
from tests.acts import ARGUMENTS, FOR_A_PERSON, needs
from workers.users.sign_in import SignedIn

WITHOUT_PLACE = {"upgrade_database", "start_workers", "start_clock", "send_all_again"}
"""What is done on the machine; and what is done on the page of a cause, the only one that speaks of it."""
LISTS_OF_LISTS = {"lists.list_"}
"""Pages on which one of several lists is opened first, whose page has the form."""
CONTEXT = {name: ARGUMENTS[name] for name in ("connection", "document", "payment")}
"""What a page knows besides."""


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return the sections without what holds for all of them."""
    app = Flask("console")
    for section in SECTIONS:
        app.register_blueprint(section)
    app.extensions[ACCESS] = {endpoint: access for section in SECTIONS for endpoint, access in section.access.items()}
    return app


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    """Be an administrator who looks at a page."""
    with app.test_request_context():
        g.signed_in = SignedIn(1, 1, "ada", "admin", None, enrolled=True, by_provider=False, proved=True)
        yield


def test_every_act_has_a_place_or_is_done_elsewhere() -> None:
    assert set(ACTS) - set(PLACES) == WITHOUT_PLACE


@pytest.mark.parametrize("name", PLACES)
def test_the_address_of_a_place_takes_nothing_that_only_a_person_knows(name: ActName) -> None:
    arguments = {argument: ARGUMENTS[argument] for argument in needs(name) - FOR_A_PERSON}
    (way,) = ways(Remedy("Do it.", (Act(name, arguments),)), CONTEXT)
    assert way.address.startswith("/")


@pytest.mark.parametrize("name", PLACES)
def test_the_form_of_a_place_stands_one_word_below_its_page(name: ActName) -> None:
    place, rules = PLACES[name], {rule.endpoint: rule.rule for rule in current_app.url_map.iter_rules()}
    if place.form:
        assert rules[place.form].rpartition("/")[0] == rules[place.endpoint] or place.endpoint in LISTS_OF_LISTS
        assert current_app.extensions[ACCESS][place.form].needs


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if place.form])
def test_who_only_looks_is_led_to_no_form_that_they_lack(name: ActName) -> None:
    g.signed_in = replace(g.signed_in, role="viewer")
    arguments = {argument: ARGUMENTS[argument] for argument in needs(name) - FOR_A_PERSON}
    assert ways(Remedy("Do it.", (Act(name, arguments),)), CONTEXT) == []


@pytest.mark.parametrize("name", PLACES)
def test_a_place_passes_on_arguments_that_its_act_has(name: ActName) -> None:
    assert set(PLACES[name].names) <= needs(name)


def test_a_button_sends_the_arguments_and_a_link_carries_them() -> None:
    problem = Act("send_anyway", {"problem": "possible_duplicate"})
    product = Act("pair_product", {"product": "77"})
    button, link = ways(Remedy("Send it, or pair it.", (problem, product)), CONTEXT)
    assert (button.posts, button.fields) == (True, {"accept": "possible_duplicate"})
    assert button.address == "/c/widgets-inc/documents/invoice:203/send"
    assert (link.posts, link.address) == (False, "/c/widgets-inc/products?pair=77")


def test_a_list_whose_field_is_to_be_chosen_is_opened() -> None:
    (way,) = ways(Remedy("Choose one.", (Act("choose_field", {"list": "accounts"}),)), CONTEXT)
    assert way.address == "/c/widgets-inc/lists/accounts"


def test_a_place_whose_page_is_not_named_is_left_out() -> None:
    assert ways(Remedy("See it.", (Act("show_task"),)), CONTEXT) == []
