"""The short day of work at Widgets Inc that a first run shows."""

from __future__ import annotations

import time
from collections.abc import Callable

import requests
import simplejson
from sqlalchemy import func, select

from firstrun import home
from firstrun.errors import StoryError
from settings import Settings
from standins import story
from standins.companies.seeds import WIDGETS_INC
from store.companies import Connection, QboCompany
from store.reference import PRECORO, Entry, Pair
from workers.runtime import Runtime

SETTLE_SECONDS = 30.0
POLL = 0.2
TIMEOUT = 5.0


def play(settings: Settings, say: Callable[[str], None]) -> list[str]:
    """Play the day, a line an event; returns the documents that wait for a person at its end.

    Raises StoryError when a stand-in does not answer.
    """
    title = f"{story.TITLE} (API limits {settings.speed:g}x faster than real)"
    opening = [
        ("09:05", _suppliers(settings)),
        ("09:10", "live          what is approved from now on is sent by itself"),
    ]
    try:
        day = story.play(
            settings.precoro_url,
            settings.qbo_url,
            lambda line: say(title if line == story.TITLE else line),
            opening=opening,
            payments=True,
            attachments=True,
        )
    except requests.RequestException as error:
        raise StoryError(f"a stand-in did not answer ({error})", home.logs(settings.home)) from error
    return day.held


def wait_until_done(settings: Settings) -> bool:
    """Wait until nothing is due any more, write-backs included; returns False after too long."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        answer = requests.get(f"http://127.0.0.1:{settings.port('receiver')}/readyz", timeout=TIMEOUT)
        if simplejson.loads(answer.text).get("due") == 0:
            return True
        time.sleep(POLL)
    return False


def _suppliers(settings: Settings) -> str:
    """Say how many suppliers of Widgets Inc have a pair."""
    runtime = Runtime(settings)
    with runtime.read() as (session, _):
        connection = session.scalars(
            select(Connection).join(QboCompany).where(QboCompany.realm == WIDGETS_INC.quickbooks.realm)
        ).one()
        pairs = (Pair.connection_id == connection.id, Pair.kind == "supplier")
        paired = session.scalar(select(func.count()).select_from(Pair).where(*pairs)) or 0
        suppliers = (Entry.side == PRECORO, Entry.company_id == connection.precoro_id, Entry.kind == "supplier")
        total = session.scalar(select(func.count()).select_from(Entry).where(*suppliers, Entry.active)) or 0
    runtime.close()
    return f"suppliers     {paired} paired by name, {total - paired} wait for a person"
