"""Exports: files of which a user makes two at a time at most, since each reads many rows for as long as it lasts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response
from werkzeug.exceptions import TooManyRequests

from console.session import user

AT_ONCE = 2
RETRY_AFTER = 10
"""Seconds after which somebody may try again."""
Export = Callable[..., Response]


class Exports:
    """How many exports each user makes now; the console is one process."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._under_way: Counter[int] = Counter()

    def begin(self, user_id: int) -> None:
        """Note that a user begins one. Raises TooManyRequests."""
        with self._turn:
            if self._under_way[user_id] >= AT_ONCE:
                sentence = f"You make {AT_ONCE} files already. Wait for one of them, then try again."
                raise TooManyRequests(sentence, retry_after=RETRY_AFTER)
            self._under_way[user_id] += 1

    def end(self, user_id: int) -> None:
        """Note that an export of a user has ended."""
        with self._turn:
            self._under_way[user_id] -= 1


UNDER_WAY = Exports()


def counted(export: Export) -> Export:
    """Let a view that returns a file count among the exports of its user until the last row has gone out."""

    @wraps(export)
    def view(**names: Any) -> Response:
        user_id = user().user_id
        UNDER_WAY.begin(user_id)
        try:
            answer = export(**names)
        except BaseException:
            UNDER_WAY.end(user_id)
            raise
        answer.call_on_close(lambda: UNDER_WAY.end(user_id))
        return answer

    return view
