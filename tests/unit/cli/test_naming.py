"""A connection is named as the first word, with --connection, or not at all, whatever other words a command takes."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner, Result

from cli.naming import connection_and, connection_and_perhaps


@click.command()
@connection_and()
def look(*, connection: str | None) -> None:
    click.echo(connection)


@click.command()
@connection_and(kind=click.Choice(["account", "class"]), entry=click.STRING)
@click.option("--json", "as_json", is_flag=True)
def pair(*, connection: str | None, kind: str, entry: str, as_json: bool) -> None:
    click.echo(f"{connection} {kind} {entry} {as_json}")


@click.command()
@connection_and_perhaps(tax=click.STRING, code=click.STRING)
def match(*, connection: str | None, tax: str | None, code: str | None) -> None:
    click.echo(f"{connection} {tax} {code}")


def run(command: click.Command, words: str) -> Result:
    return CliRunner().invoke(command, words.split())


@pytest.mark.parametrize(
    ("command", "words", "printed"),
    [
        (look, "", ""),
        (look, "leeds", "leeds"),
        (look, "--connection leeds", "leeds"),
        (pair, "class 7", "None class 7 False"),
        (pair, "leeds class 7 --json", "leeds class 7 True"),
        (pair, "--connection leeds class 7", "leeds class 7 False"),
        (match, "", "None None None"),
        (match, "leeds", "leeds None None"),
        (match, "--connection leeds", "leeds None None"),
        (match, "VAT S", "None VAT S"),
        (match, "leeds VAT S", "leeds VAT S"),
    ],
)
def test_the_words_after_the_connection_keep_their_meaning(command: click.Command, words: str, printed: str) -> None:
    result = run(command, words)
    assert (result.exit_code, result.output.strip()) == (0, printed), result.output


@pytest.mark.parametrize(
    ("command", "words", "message"),
    [
        (look, "leeds york", "Give [CONNECTION]"),
        (look, "leeds --connection york", "Name one connection, not york and leeds."),
        (pair, "class", "Give [CONNECTION] KIND ENTRY"),
        (pair, "planet 7", "Invalid value for 'KIND'"),
        (match, "leeds VAT S Z", "Give [CONNECTION] [TAX CODE]"),
    ],
)
def test_wrong_words_are_wrong_usage(command: click.Command, words: str, message: str) -> None:
    result = run(command, words)
    assert (result.exit_code, message in result.output) == (2, True), result.output


def test_the_help_shows_where_the_connection_goes() -> None:
    shown = run(pair, "--help").output
    assert "[CONNECTION] KIND ENTRY" in shown
    assert "--connection NAME" in shown
