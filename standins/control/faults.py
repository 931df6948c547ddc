"""Faults on order: which requests shall go wrong, how, how often."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any

BEFORE = frozenset(
    {
        "429",
        "500",
        "503",
        "html_502",
        "invalid_grant",
        "refuse",
        "empty_500",
        "empty_503",
        "timeout",
        "reset",
        "stale",
        "401",
        "403",
        "delay",
    }
)
"""Faults that strike before anything is done (`delay` only waits)."""
AFTER = frozenset({"timeout_after_commit", "drop_after_commit", "reset_after_commit", "truncated", "500_after_commit"})
"""Faults that strike after the work is done, so that the caller cannot know."""
KEYS = (
    "fault",
    "method",
    "path",
    "body",
    "times",
    "rate",
    "seed",
    "delay",
    "delay_ms",
    "retry_after",
    "code",
    "detail",
)
"""What may be said in an order."""
TALLIES = ("struck", "throws")
"""What is counted of an order: how often it struck, and how often chance decided."""
ITEM = "ITEM"
"""The method of an item of a batch; only an order that names it strikes one."""


class UnknownFaultError(ValueError):
    """Somebody ordered a fault that does not exist."""

    def __init__(self, name: object) -> None:
        super().__init__(f"Unknown fault {name!r}. Known: {', '.join(sorted(BEFORE | AFTER))}")


@dataclass
class OrderedFault:
    """One order: requests that match get the fault, `times` times (None: always), each with probability `rate`.

    `path` is a regular expression searched in the path, and in the path with its query, `body` one searched in the body; `delay` is seconds, `delay_ms` milliseconds; `code` and
    `detail` are those of a business fault ("refuse").
    """

    fault: str
    method: str = ""
    path: str = ""
    body: str = ""
    times: int | None = None
    rate: float = 1.0
    seed: int = 1
    delay: float = 130.0
    delay_ms: int = 100
    retry_after: int | None = None
    code: int = 6000
    detail: str = "Refused on order"
    struck: int = 0
    throws: int = 0
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def strikes(self, method: str, path: str, *, query: str, body: bytes) -> bool:
        """Decide whether this request is hit."""
        if self.times is not None and self.struck >= self.times:
            return False
        if (self.method or method == ITEM) and self.method.upper() != method:
            return False
        if self.path and not (re.search(self.path, path) or re.search(self.path, f"{path}?{query}")):
            return False
        if self.body and not re.search(self.body, body.decode(errors="replace")):
            return False
        return self.rate >= 1 or self._throw() < self.rate

    def _throw(self) -> float:
        self.throws += 1
        return self.chance.random()

    def describe(self) -> dict[str, Any]:
        """Return the order and how often it struck, as JSON."""
        return {
            "match": {"method": self.method, "path": self.path, "body": self.body},
            **{key: getattr(self, key) for key in ("fault", "times", "rate", "seed", "delay", "delay_ms")},
            "struck": self.struck,
        }


def read_order(order: dict[str, Any]) -> OrderedFault:
    """Read one body of POST /_control/faults; ValueError says what is wrong with it."""
    values = {**order, **order.get("match", {})}
    values.pop("match", None)
    unknown = sorted(set(values) - set(KEYS))
    if unknown:
        raise ValueError(f"Unknown key {unknown[0]!r} in a fault")
    if values.get("fault") not in BEFORE | AFTER:
        raise UnknownFaultError(values.get("fault"))
    for key in ("rate", "delay"):
        if key in values:
            values[key] = float(values[key])
    fault = OrderedFault(**values)
    re.compile(fault.path)
    re.compile(fault.body)
    fault.chance.seed(fault.seed)
    return fault


def _restored(kept: dict[str, Any]) -> OrderedFault:
    fault = read_order({name: kept[name] for name in KEYS if name in kept})
    for _ in range(kept["throws"]):
        fault.chance.random()
    fault.struck, fault.throws = kept["struck"], kept["throws"]
    return fault


class FaultBook:
    """All orders, oldest first; the first that strikes wins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[OrderedFault] = []

    def add(self, fault: OrderedFault) -> None:
        """Take an order."""
        with self._lock:
            self._orders.append(fault)

    def clear(self) -> None:
        """Drop all orders."""
        with self._lock:
            self._orders.clear()

    def strike(self, method: str, path: str, *, query: str = "", body: bytes = b"") -> OrderedFault | None:
        """Return the fault that hits this request, and count it."""
        if not self._orders:
            return None
        with self._lock:
            for fault in self._orders:
                if fault.strikes(method, path, query=query, body=body):
                    fault.struck += 1
                    return fault
        return None

    def dump(self) -> list[dict[str, Any]]:
        """Return the orders with what came of them so far, as JSON."""
        with self._lock:
            return [{name: getattr(fault, name) for name in (*KEYS, *TALLIES)} for fault in self._orders]

    def load(self, dumped: list[dict[str, Any]]) -> None:
        """Restore what `dump` returned; chance goes on where it stopped."""
        with self._lock:
            self._orders = [_restored(kept) for kept in dumped]

    def describe(self) -> list[dict[str, Any]]:
        """List the orders as JSON."""
        with self._lock:
            return [fault.describe() for fault in self._orders]
