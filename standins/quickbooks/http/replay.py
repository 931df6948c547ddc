"""What `requestid` does: a repeated request gets the first answer, and nothing happens twice."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import astuple, dataclass
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.settings import QuickBooksSettings

LONGEST, LONGEST_BATCH = 50, 36


@dataclass(frozen=True)
class FirstAnswer:
    """A finished answer as it went over the wire, and when, in seconds since the epoch."""

    status: int
    body: str
    fingerprint: str
    at: float


class Replay:
    """Answers by (realm, requestid). The caller holds the lock of the world, so a repeat waits for the first."""

    def __init__(self, settings: QuickBooksSettings, speed: float) -> None:
        self._settings = settings
        self._speed = speed
        self._answers: OrderedDict[tuple[str, str], FirstAnswer] = OrderedDict()

    def clear(self) -> None:
        """Forget all answers."""
        self._answers.clear()

    def dump(self) -> list[list[Any]]:
        """Return what must survive a restart: realm, request id and answer, oldest first."""
        return [[*key, *astuple(answer)] for key, answer in self._answers.items()]

    def load(self, dumped: list[list[Any]]) -> None:
        """Restore what `dump` returned."""
        self._answers.clear()
        for realm, requestid, status, body, fingerprint, at in dumped:
            self._answers[realm, requestid] = FirstAnswer(status, body, fingerprint, float(at))

    def find(self, realm: str, requestid: str | None, fingerprint: str, *, batch: bool) -> FirstAnswer | None:
        """Return the first answer to this request id, if it is still remembered."""
        if not requestid or not self._settings.requestid_replay:
            return None
        if len(requestid) > (LONGEST_BATCH if batch else LONGEST):
            raise QuickBooksFault(errors.wrong_value(2130, "Request Id Format", "requestid", requestid))
        self._forget()
        answer = self._answers.get((realm, requestid))
        if answer and answer.fingerprint != fingerprint and self._settings.requestid_other_body == "600":
            raise errors.duplicate_request_id(requestid)
        return answer

    def keep(self, realm: str, requestid: str | None, answer: FirstAnswer) -> None:
        """Remember an answer; faults too, if the setting says so."""
        failed = answer.status >= 400  # noqa: PLR2004
        if requestid and (not failed or self._settings.requestid_replays_faults):
            self._answers[realm, requestid] = answer

    def _forget(self) -> None:
        oldest = time.time() - self._settings.requestid_seconds / self._speed
        while self._answers and next(iter(self._answers.values())).at < oldest:
            self._answers.popitem(last=False)
