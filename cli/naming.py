"""How a command names its connection: as its first word, with --connection, or not at all when there is only one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import click

from workers.connections import views
from workers.runtime import Runtime

Command = Callable[..., None]
Types = Mapping[str, click.ParamType[Any]]

connection_option = click.option(
    "--connection", metavar="NAME", help="The connection: its name, or that of its QuickBooks company."
)


def connection_and(**words: click.ParamType[Any]) -> Callable[[Command], Command]:
    """Let a command take a connection, which may be left out, and then the words that it needs.

    The command is called with `connection`, None when it is not named, and with each word under its name. It is made by
    hand because click cannot leave out the first of several words.
    """
    return _taking(words, {len(words), len(words) + 1}, f"[CONNECTION] {_metavars(words)}".strip())


def connection_and_perhaps(**words: click.ParamType[Any]) -> Callable[[Command], Command]:
    """Let a command take a connection, and then all of its words or none, which are None in that case."""
    return _taking(words, {0, 1, len(words), len(words) + 1}, f"[CONNECTION] [{_metavars(words)}]")


def one_connection(option: str | None, words: Sequence[str]) -> str | None:
    """Return the name given as option or as word, None when there is none. Raises click.UsageError for several."""
    names = [name for name in (option, *words) if name]
    if len(names) > 1:
        raise click.UsageError(f"Name one connection, not {' and '.join(names)}.")
    return names[0] if names else None


def only(name: str | None) -> tuple[str, ...] | None:
    """Return the connection that is named as the only one that is meant; without a name all are."""
    return (name,) if name else None


def chosen(runtime: Runtime, name: str | None) -> str:
    """Return the slug of the connection that is named, or of the only one there is."""
    return views.slug_of(runtime, name)


def _taking(types: Types, counts: set[int], usage: str) -> Callable[[Command], Command]:
    """Return the decorator of a command that takes so many words."""

    def sort(
        context: click.Context, _: click.Parameter, words: tuple[str, ...]
    ) -> tuple[Sequence[str], dict[str, Any]]:
        if len(words) not in counts:
            raise click.UsageError(f"Give {usage}; put names with spaces in quotes.", context)
        split = len(words) - len(types) if len(words) >= len(types) else len(words)
        return words[:split], _read(types, words[split:], context)

    def decorate(command: Command) -> Command:
        @click.argument("words", nargs=-1, metavar=usage, callback=sort)
        @connection_option
        @wraps(command)
        def pass_on(
            *args: Any, words: tuple[Sequence[str], dict[str, Any]], connection: str | None, **options: Any
        ) -> None:
            names, values = words
            command(*args, connection=one_connection(connection, names), **values, **options)

        return pass_on

    return decorate


def _read(types: Types, words: Sequence[str], context: click.Context) -> dict[str, Any]:
    """Return the value of each word, None for words that are left out. Raises click.BadParameter."""
    texts: Sequence[str | None] = words or [None] * len(types)
    return {
        name: type_(text, click.Argument([name]), context)
        for (name, type_), text in zip(types.items(), texts, strict=True)
    }


def _metavars(types: Types) -> str:
    return " ".join(name.strip("_").upper() for name in types)
