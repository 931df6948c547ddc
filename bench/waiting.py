"""Waiting until something has happened, and asking a stand-in meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click
import requests
import simplejson

POLL = 0.1


class TooSlowError(click.ClickException):
    """Something did not happen in time."""

    def __init__(self, event: str, seconds: float) -> None:
        super().__init__(f"Waited {seconds:.0f} s for {event}.")


def until(happened: Callable[[], object], event: str, seconds: float) -> None:
    """Wait for something to happen. Raises TooSlowError."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TooSlowError(event, seconds)
        time.sleep(POLL)


def answers(url: str) -> bool:
    """Say whether a server answers at an address, whatever it says."""
    try:
        requests.get(url, timeout=5)
    except requests.RequestException:
        return False
    return True


def control(url: str, path: str, method: str = "POST", **body: Any) -> Any:
    """Do something in a stand-in as a person would, or look."""
    answer = requests.request(method, f"{url}/_control/{path}", json=body if method == "POST" else None, timeout=60)
    answer.raise_for_status()
    return simplejson.loads(answer.text, use_decimal=True) if answer.text else None
