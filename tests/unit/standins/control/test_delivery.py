"""Webhooks on their way: what is forgotten leaves nothing behind."""

from __future__ import annotations

import threading
import time
from typing import Any

from standins.control.delivery import Outbox, WebhookSettings

ADDRESSES = [f"http://127.0.0.1:9/receiver-{number}" for number in range(20)]


def _encoded(events: list[Any], _settings: WebhookSettings) -> tuple[bytes, dict[str, str]]:
    return repr(events).encode(), {}


def _threads() -> set[str]:
    return {thread.name.removeprefix("webhooks to ") for thread in threading.enumerate()} & set(ADDRESSES)


def test_the_thread_of_each_address_ends_when_all_is_forgotten_and_the_address_can_be_used_again() -> None:
    outbox = Outbox(_encoded, WebhookSettings(urls={"": ADDRESSES}, retry=[3600.0]))
    outbox.send("approved")
    assert _threads() == set(ADDRESSES)
    outbox.clear()
    until = time.monotonic() + 10
    while _threads() and time.monotonic() < until:
        time.sleep(0.01)
    assert _threads() == set()
    assert outbox.pending() == 0
    outbox.settings.urls = {"": ADDRESSES[:1]}
    outbox.settings.retry = []
    outbox.send("approved")
    assert outbox.wait_until_idle(10)
    assert outbox.counts["given_up"] == 1
    outbox.clear()
