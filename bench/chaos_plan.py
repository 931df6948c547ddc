"""What goes wrong in a chaos run, decided by its seed before it begins."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

KILLED = {"a worker": 20, "all workers": 80, "the receiver": 40, "Redis": 50, "Redis, wiped": 80, "the clock": 60}
"""Documents for each kill, on average; every kind dies once at least."""
SUPPLIERS = ("Acme Supply", "Vista Laptop Outlet", "Georgetown Packaging", "Rio Grande Aluminum")
ACCOUNTS = ("6650", "5040", "6520")
QUICKBOOKS = "/v3/"
SIGN_IN = "/oauth2/v1/tokens"
PRECORO = "^/(invoices|purchaseorders)"
BOTH = {
    "429": 0.01,
    "500": 0.01,
    "503": 0.01,
    "html_502": 0.01,
    "timeout": 0.005,
    "reset": 0.02,
    "truncated": 0.02,
    "drop_after_commit": 0.03,
    "reset_after_commit": 0.02,
    "timeout_after_commit": 0.005,
    "500_after_commit": 0.02,
}
"""How often each fault strikes a request of either service."""
ONLY_QUICKBOOKS = {"stale": 0.005}
SIGN_IN_TROUBLE = {"429": 0.1, "503": 0.2, "reset": 0.05}


@dataclass(frozen=True)
class ChaosStep:
    """One act of a person on a document, or the target of one kill, with details."""

    act: str
    document: int = -1
    quantity: int = 0
    pause: float = 0.0


@dataclass(frozen=True)
class FaultOrder:
    """What is ordered of a stand-in."""

    service: str
    path: str
    fault: str
    rate: float
    seed: int


def steps(documents: int, seed: int) -> list[ChaosStep]:
    """Return what happens in its order: each document's life, and the kills between them."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    moments = [(moment, step) for number in range(documents) for moment, step in _life(chance, number)]
    for target, each in KILLED.items():
        count = max(1, documents // each)
        moments += [
            (chance.random() * 1.3, ChaosStep(target, pause=round(chance.uniform(0.1, 2), 2))) for _ in range(count)
        ]
    return [step for _, step in sorted(moments, key=lambda item: item[0])]


def faults(seed: int) -> list[FaultOrder]:
    """Return the orders for both stand-ins."""
    places = (
        ("quickbooks", QUICKBOOKS, {**BOTH, **ONLY_QUICKBOOKS}),
        ("quickbooks", SIGN_IN, SIGN_IN_TROUBLE),
        ("precoro", PRECORO, BOTH),
    )
    orders = [(service, path, fault, rate) for service, path, rates in places for fault, rate in rates.items()]
    return [FaultOrder(*order, seed=seed * 1000 + number) for number, order in enumerate(orders)]


def _life(chance: random.Random, number: int) -> Iterator[tuple[float, ChaosStep]]:
    """Yield what people do with one document, each at a moment between 0 and about 1.3."""
    moment = chance.random()
    yield moment, ChaosStep("approve", number, chance.randint(1, 40))
    if chance.random() < 0.08:  # noqa: PLR2004 - a share
        moment += chance.uniform(0.3, 0.6)
        yield moment, ChaosStep("pay", number)
    while chance.random() < 0.3:  # noqa: PLR2004 - a share
        moment += chance.expovariate(20)
        yield moment, ChaosStep("revise", number, chance.randint(1, 40))
    if chance.random() < 0.15:  # noqa: PLR2004 - a share
        yield moment + chance.expovariate(20), ChaosStep("cancel", number)
