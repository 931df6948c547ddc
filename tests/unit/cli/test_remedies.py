"""What people are told to do can be done: every act has a command, and every command can be pasted as it is printed."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

import click
import pytest

from cli.app import HELP, tieout
from cli.reference import example
from cli.remedies import COMMANDS, command, for_programs, lines, render
from mappers import problems
from mappers.policy import PolicySchema
from mappers.problems import CODES
from mappers.remedies import ACTS, Act, ActName, Remedy
from mappers.suppliers.fields import LABELS
from tests.acts import ARGUMENTS, FOR_A_PERSON, needs
from workers import errors
from workers.documents.commands import STEPPED_OVER
from workers.errors import NotPossibleError
from workers.payments import commands

OF_ITS_TYPE: dict[str, Any] = {
    "str": "widgets-inc",
    "str | None": None,
    "int": 7,
    "datetime | None": datetime(2026, 11, 28, tzinfo=UTC),
    "Iterable[str]": ["one", "two"],
    "Iterable[int]": [7, 8],
    "Collection[str]": ["one", "two"],
    "Remedy | None": None,
    "Act": Act("list_products", {"connection": "widgets-inc"}),
}
"""A value for each type of what errors are made of."""


def parse(line: str) -> list[str]:
    """Return the values that the command line reads from a line, without running it. Raises click.UsageError."""
    program, *words = shlex.split(line)
    assert program == "tieout"
    group_or_command: click.Command = tieout
    context = click.Context(tieout, help_option_names=HELP)
    while isinstance(group_or_command, click.Group):
        inner = group_or_command.get_command(context, words[0])
        assert inner is not None, line
        group_or_command, words = inner, words[1:]
    return list(texts(group_or_command.make_context(group_or_command.name, words, parent=context).params))


def texts(value: object) -> Iterator[str]:
    """Yield what stands in parameters, also in those that are several words."""
    if isinstance(value, tuple | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
    else:
        yield str(value)


def kinds(base: type[NotPossibleError] = NotPossibleError) -> Iterator[type[NotPossibleError]]:
    """Yield every error."""
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


def made(kind: type[NotPossibleError]) -> NotPossibleError:
    """Return an example of an error."""
    parameters = inspect.signature(kind).parameters.values()
    return kind(*(OF_ITS_TYPE[parameter.annotation] for parameter in parameters))


def test_every_act_has_a_command() -> None:
    assert set(COMMANDS) == set(ACTS)


@pytest.mark.parametrize("name", [name for name in ACTS if COMMANDS[name].startswith("tieout ")])
def test_every_command_can_be_pasted_as_it_is_printed(name: ActName) -> None:
    values = parse(command(Act(name), **ARGUMENTS))
    assert [argument for argument in needs(name) if not any(ARGUMENTS[argument] in value for value in values)] == []


@pytest.mark.parametrize("name", [name for name in ACTS if not COMMANDS[name].startswith("tieout ")])
def test_every_process_that_people_are_told_to_start_is_a_module(name: ActName) -> None:
    program, flag, module = COMMANDS[name].split()
    assert (program, flag) == ("bin/python", "-m")
    assert find_spec(module) is not None


def test_what_nobody_knows_yet_stands_in_capitals() -> None:
    pair = Act("pair_supplier", {"supplier": "9001"})
    assert command(pair, connection="widgets-inc") == "tieout suppliers pair 9001 VENDOR --connection widgets-inc"
    assert command(Act("connect_legal_entity")) == "tieout connections add --legal-entity LEGAL-ENTITY"


def test_what_an_act_knows_counts_more_than_where_it_is_shown() -> None:
    assert command(Act("reconnect", {"connection": "gadgets"}), connection="widgets").endswith("reconnect gadgets")


def test_a_remedy_is_shown_on_one_line_on_several_and_to_programs() -> None:
    remedy = Remedy("Send it, or leave it out.", (Act("send_document"), Act("list_documents")))
    send = "tieout documents send invoice:203 --connection gadgets"
    where = {"document": "invoice:203", "connection": "gadgets"}
    assert render(remedy, **where) == f"Send it, or leave it out: {send}; or tieout documents list"
    assert lines(remedy, **where) == ["Send it, or leave it out.", f"  {send}", "  tieout documents list"]
    assert for_programs(remedy, **where) == {
        "words": "Send it, or leave it out.",
        "acts": [
            {"act": "send_document", "command": send},
            {"act": "list_documents", "command": "tieout documents list"},
        ],
    }
    assert render(Remedy("Ask Precoro.")) == "Ask Precoro."


def test_a_remedy_is_read_as_it_was_stored() -> None:
    remedy = Remedy("Pair it.", (Act("pair_supplier", {"supplier": "9001"}),))
    assert Remedy.from_json(remedy.to_json()) == remedy


def test_an_act_that_this_version_lacks_is_left_out() -> None:
    stored = {
        "words": "Adopt it.",
        "acts": [{"act": "not_yet", "arguments": {}}, {"act": "list_tasks", "arguments": {}}],
    }
    assert Remedy.from_json(stored) == Remedy("Adopt it.", (Act("list_tasks"),))


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_an_error_names_no_command_and_its_acts_have_all_that_a_person_need_not_choose(
    kind: type[NotPossibleError],
) -> None:
    error = made(kind)
    assert "tieout " not in str(error)
    for act in error.remedy.acts if error.remedy else ():
        unknown = needs(act.name) - set(act.arguments)
        assert set(act.arguments) <= needs(act.name)
        assert unknown <= FOR_A_PERSON | ({"connection"} if kind is errors.KnownCompanyError else set())


@pytest.mark.parametrize("code", CODES)
def test_a_problem_names_no_command_and_its_acts_have_all_that_a_person_need_not_choose(code: str) -> None:
    problem = example(code)
    assert "tieout " not in problem.sentence + problem.remedy.words
    for act in problem.remedy.acts:
        assert set(act.arguments) <= needs(act.name)
        assert needs(act.name) - set(act.arguments) <= FOR_A_PERSON | {"connection", "document", "payment"}


@pytest.mark.parametrize("code", CODES)
def test_a_problem_that_can_be_stepped_over_names_itself_and_a_setting_has_the_value_that_is_named(code: str) -> None:
    for act in example(code).remedy.acts:
        if act.name == "send_anyway":
            assert act.arguments["problem"] == code
            assert code in STEPPED_OVER
        if act.name == "accept_payment":
            assert act.arguments["payment_problem"] == code
            assert code in commands.STEPPED_OVER
        if act.name == "change_setting":
            setting = PolicySchema().fields[act.arguments["setting"]]
            assert act.arguments["value"] in setting.metadata["choices"]


def test_every_problem_that_can_be_stepped_over_says_so() -> None:
    said = {code for code in CODES for act in example(code).remedy.acts if act.name == "send_anyway"}
    assert said == set(STEPPED_OVER)


@pytest.mark.parametrize("field", LABELS)
def test_a_field_that_is_asked_about_is_taken_by_the_name_that_the_remedy_gives_it(field: str) -> None:
    (act,) = problems.supplier_differs("9004", field, "").remedy.acts
    assert field.replace("_", "-") in parse(command(act, connection="widgets-inc", side="apart"))
