"""Connections are named alike in every group of commands: by name or by company, and an unknown one ends with 3."""

from __future__ import annotations

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.integration.workers.documents.test_orders_and_abroad import UK
from tests.stage import Stage

NAMED_FIRST = [
    ("connections", "show"),
    ("settings", "show"),
    ("suppliers", "list"),
    ("lists", "show"),
    ("products", "list"),
    ("taxes", "list"),
    ("currencies", "show"),
    ("documents", "list"),
    ("tasks", "list"),
    ("history", "list"),
]
"""One command of each group that is about a connection."""


@pytest.mark.usefixtures("stage")
def test_an_unknown_connection_ends_with_3_in_every_group(tieout: Tieout) -> None:
    for command in NAMED_FIRST:
        for words in (["nobody"], ["--connection", "nobody"]):
            ended = tieout(*command, *words)
            assert (ended.exit_code, "no connection named nobody" in ended.stderr) == (3, True), (command, ended.output)


@pytest.mark.usefixtures("stage")
def test_the_name_of_the_company_does_in_every_group(tieout: Tieout) -> None:
    for command in NAMED_FIRST:
        for words in (["Widgets Inc"], ["--connection", "Widgets Inc"], ["widgets-inc"], []):
            ended = tieout(*command, *words, "--json")
            assert ended.exit_code == 0, (command, ended.output)


def test_of_several_connections_one_has_to_be_named(empty_stage: Stage, tieout: Tieout) -> None:
    none = tieout("lists", "show")
    assert (none.exit_code, "tieout connections add" in none.stderr) == (3, True)
    empty_stage.connect()
    empty_stage.connect(realm=UK[0], email=UK[1], key=UK[2], slug="leeds")
    several = tieout("lists", "show")
    assert (several.exit_code, "Name one of: leeds, widgets-inc" in several.stderr) == (3, True)
    assert len(simplejson.loads(tieout("connections", "list", "--json").stdout)) == 2
