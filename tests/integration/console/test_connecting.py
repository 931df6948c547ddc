"""Connecting on pages: by way of the consent page and back, once, in one's own session; again, with a new key, and the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from standins.consent import give_consent
from tests.integration.console.conftest import Visitor, open_console
from tests.stage import EMAIL, KEY, REALM, Stage, house
from workers.connections import attempts, views
from workers.tasks import views as task_views
from workers.users import commands

SLUG = "widgets-inc"
COMPANIES = f"/c/{SLUG}/set-up/companies"
FORM = {"server": "international", "email": EMAIL, "key": KEY}
People = Callable[..., Visitor]


@pytest.fixture
def empty(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house in which nothing is connected."""
    with house(tmp_path, redis_url) as opened:
        yield opened


@pytest.fixture
def admin(empty: Stage) -> Iterator[Visitor]:
    """Return an administrator of a house in which nothing is connected."""
    app = open_console(empty.runtime.settings)
    yield Visitor(app, app.extensions["tieout"].runtime).sign_in("admin")
    app.extensions["tieout"].close()


def begun(visitor: Visitor, path: str = "/connect/begin", **fields: str) -> dict[str, str]:
    """Go to the consent page and return with what it answers, as the address of our callback carries it."""
    answer = visitor.post(path, **fields)
    assert answer.status_code == 303, answer.text
    assert "redirect_uri" in parse_qs(urlsplit(answer.location).query)
    return give_consent(answer.location, REALM)


def finish(visitor: Visitor, callback: dict[str, str]) -> dict[str, str]:
    """Return the fields of the button that the callback's page shows."""
    page = visitor.get(f"/connect/callback?{urlencode(callback)}")
    assert page.status_code == 200
    assert "QuickBooks has given its permission" in page.text
    return {"state": callback["state"], "code": callback["code"], "realm": callback["realmId"]}


def test_two_companies_are_connected_and_the_address_of_the_events_is_shown(empty: Stage, admin: Visitor) -> None:
    assert 'value="us"' in admin.get("/connect").text
    callback = begun(admin, **FORM, address=empty.precoro.url)
    fields = finish(admin, callback)
    assert views.connections(empty.runtime) == []  # a page changes nothing
    page = admin.post("/connect/finish", **fields).text
    assert "Continue with the set-up" in page
    assert views.connection(empty.runtime, SLUG).webhook_address in page
    (task,) = re.findall(rf'href="(/c/{SLUG}/tasks/\d+)"', page)
    assert "Reading" in admin.get(f"{task}").text
    number = int(task.rpartition("/")[2])
    empty.until(lambda: task_views.task(empty.runtime, number).state == "done", "the first look", 60)
    detail = views.connection(empty.runtime, SLUG)
    assert detail.pairs["supplier"] > 20
    assert detail.settings["payable_accounts"] == {"USD": "33"}
    assert "what has one name on both sides is paired" in admin.get(task).text


def test_connecting_while_redis_is_away_says_so_and_what_helps(
    empty: Stage, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.get("/connect")

    def away(*_: object, **__: object) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(attempts, "begin", away)
    answer = admin.post("/connect/begin", **FORM, address=empty.precoro.url)
    assert answer.status_code == 503
    assert "Redis does not answer, and this needs it." in answer.text


def test_an_answer_works_once(empty: Stage, admin: Visitor) -> None:
    fields = finish(admin, begun(admin, **FORM, address=empty.precoro.url))
    assert admin.post("/connect/finish", **fields).status_code == 200
    assert "does not belong to an attempt of yours" in admin.follow("/connect/finish", **fields)


def test_an_answer_to_another_session_is_refused(stage: Stage, people: People) -> None:
    first = people("admin")
    callback = begun(first, f"{COMPANIES}/reconnect")
    elsewhere = Visitor(first.client.application, stage.runtime)
    elsewhere.start(commands.new_link(stage.runtime, "ada", "test"))
    assert elsewhere.get(f"/connect/callback?{urlencode(callback)}").status_code == 403
    fields = {"state": callback["state"], "code": callback["code"], "realm": REALM}
    assert "does not belong to an attempt of yours" in elsewhere.follow("/connect/finish", **fields)
    assert first.get(f"/connect/callback?{urlencode(callback)}").status_code == 200


@pytest.mark.parametrize("state", ["", "made-up"])
def test_an_answer_that_nobody_asked_for_is_refused(admin: Visitor, state: str) -> None:
    assert admin.get(f"/connect/callback?state={state}&code=x&realmId=1").status_code == 403


def test_an_attempt_lapses_and_its_key_stands_nowhere_in_plain(empty: Stage, admin: Visitor) -> None:
    callback = begun(admin, **FORM, address=empty.precoro.url)
    (name,) = empty.runtime.redis.scan_iter("*:connecting:*")
    assert 0 < empty.runtime.redis.ttl(name) <= 600
    assert KEY.encode() not in (empty.runtime.redis.get(name) or b"")
    empty.runtime.redis.delete(name)
    assert admin.get(f"/connect/callback?{urlencode(callback)}").status_code == 403


def test_who_says_no_at_intuit_starts_again(empty: Stage, admin: Visitor) -> None:
    callback = begun(admin, **FORM, address=empty.precoro.url)
    page = admin.get(f"/connect/callback?error=access_denied&state={callback['state']}").text
    assert "QuickBooks gave no permission" in page
    assert 'href="/connect"' in page


def test_a_wrong_key_is_said_before_anybody_is_sent_to_intuit(empty: Stage, admin: Visitor) -> None:
    page = admin.follow("/connect/begin", **{**FORM, "key": "wrong", "address": empty.precoro.url})
    assert 'class="message wrong"' in page
    assert views.connections(empty.runtime) == []


def test_a_connection_is_ended_and_connected_again_where_intuit_sends_people(stage: Stage, people: People) -> None:
    visitor = people("admin")
    assert "Connect QuickBooks again" in visitor.get(COMPANIES).text
    assert f"Disconnected: {SLUG}." in visitor.follow(f"{COMPANIES}/disconnect")
    assert views.connection(stage.runtime, SLUG).state == "disconnected"
    assert f'action="{COMPANIES}/reconnect"' in visitor.get(f"/connect/again?realmId={REALM}").text
    assert f'action="{COMPANIES}/reconnect"' not in visitor.get("/connect/again?realmId=1").text
    fields = finish(visitor, begun(visitor, f"{COMPANIES}/reconnect"))
    assert "is connected again, and what waited goes on." in visitor.follow("/connect/finish", **fields)
    assert views.connection(stage.runtime, SLUG).state == "connected"


def test_a_new_key_takes_the_place_of_the_old_one(people: People) -> None:
    visitor = people("admin")
    visitor.get(COMPANIES)
    assert "uses the new key." in visitor.follow(f"{COMPANIES}/key", key=KEY)
    assert 'class="message wrong"' in visitor.follow(f"{COMPANIES}/key", key="wrong")
