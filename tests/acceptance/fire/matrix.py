"""Which deaths are tried: every boundary of every scenario on SQLite, and a choice of scenarios on Postgres too."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

EVERY_ONE = "EVERY_BOUNDARY" in os.environ
"""Without it nobody dies where it is the same as elsewhere: before a step that follows another, after a step that only reads, and at
the very beginning of a second piece of work that begins alike."""


@dataclass(frozen=True)
class Matrix:
    """The deaths of a set of scenarios.

    Args:
        steps: the steps of each scenario, in their order
        on_postgres: the scenarios that are tried on Postgres, where not all are
    """

    steps: Mapping[str, Sequence[str]]
    on_postgres: Sequence[str]

    def boundaries(self, scenario: str) -> list[str]:
        """Return the boundaries of a scenario: before and after each step."""
        return sides(self.steps[scenario])

    @property
    def each_scenario(self) -> pytest.MarkDecorator:
        """Ask a test for `house` and `scenario`, for each scenario on its databases."""
        return pytest.mark.parametrize(("house", "scenario"), self._places, indirect=["house"])

    @property
    def each_death(self) -> pytest.MarkDecorator:
        """Ask a test for `house`, `scenario` and `number`, for each boundary to be killed at."""
        deaths = list(self._deaths())
        ids = [f"{base}-{scenario}-{number} {self.boundaries(scenario)[number]}" for base, scenario, number in deaths]
        return pytest.mark.parametrize(("house", "scenario", "number"), deaths, indirect=["house"], ids=ids)

    def _deaths(self) -> Iterator[tuple[str, str, int]]:
        """Yield the database, the scenario and the number of the boundary of each death."""
        beginnings = set[tuple[str, str]]()
        for base, scenario in self._places:
            boundaries = self.boundaries(scenario)
            is_other = EVERY_ONE or (base, boundaries[0]) not in beginnings
            beginnings.add((base, boundaries[0]))
            for number in deadly(boundaries):
                if number or is_other:
                    yield base, scenario, number

    @property
    def _places(self) -> list[tuple[str, str]]:
        on_postgres = self.steps if EVERY_ONE else self.on_postgres
        return [
            *(("sqlite", scenario) for scenario in self.steps),
            *(("postgres", scenario) for scenario in on_postgres),
        ]


def sides(steps: Sequence[str]) -> list[str]:
    """Return the boundaries of steps: before and after each."""
    return [f"{side} {step}" for step in steps for side in ("before", "after")]


def deadly(boundaries: Sequence[str]) -> list[int]:
    """Return the numbers of the boundaries to be killed at."""
    return [number for number, name in enumerate(boundaries) if EVERY_ONE or number == 0 or _changes(name)]


def _changes(boundary: str) -> bool:
    """Say whether something is other than at the boundary before."""
    return boundary.startswith("after ") and not boundary.startswith("after call GET ")
