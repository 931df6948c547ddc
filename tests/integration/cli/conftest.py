"""The command line, run against a connected house."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.app import tieout as command
from settings import Settings, variable
from tests.stage import Stage, house

Tieout = Callable[..., Result]


@pytest.fixture
def empty_stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house in which nothing is connected."""
    with house(tmp_path, redis_url) as opened:
        yield opened


@pytest.fixture
def stage(empty_stage: Stage) -> Stage:
    """Return a house that is connected and waits for events."""
    empty_stage.begin_connected()
    return empty_stage


@pytest.fixture
def tieout(empty_stage: Stage) -> Tieout:
    """Return `tieout` as a person would run it in this house."""
    environment = variables(empty_stage.runtime.settings)

    def run(*arguments: str, input: str | None = None, **more: str) -> Result:  # noqa: A002 - as the runner calls it
        return CliRunner().invoke(command, arguments, input=input, env={**environment, **more})

    return run


def variables(settings: Settings) -> dict[str, str]:
    """Return the environment that leads to these settings."""
    optional = (field for field in fields(Settings) if not field.metadata["scaled"] and field.default is not MISSING)
    return {
        variable(field): str(getattr(settings, field.name))
        for field in optional
        if getattr(settings, field.name) != field.default
    }
