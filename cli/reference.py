"""The pages that are made from the code: `python -m cli.reference` writes them, a test keeps them equal."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields

import click

from cli.app import HELP, tieout
from cli.remedies import command
from cli.where import ROOT, contributing
from mappers import problems
from mappers.policy import PolicySchema
from mappers.problems import CODES, Problem
from mappers.remedies import Act
from mappers.tie_out.buckets import BREAKS, BUCKETS, MEANINGS, TITLES
from settings import Settings, variable

WIDTH = 96
BLANK = "‹"
"""How a blank begins that stands for what is filled in."""
MADE = "<!-- Made from the code by `python -m cli.reference`. -->\n"


def settings() -> str:
    """Return the page of all settings."""
    rows = [
        f"| `{variable(item)}` | {_default(item.default)} | {item.metadata['meaning']}"
        f"{'; shortened by `TIEOUT_SPEED`' if item.metadata['scaled'] else ''} |"
        for item in fields(Settings)
    ]
    return "\n".join(
        [
            "# Settings",
            MADE,
            "Settings are environment variables. They are checked when a process starts; all wrong ones are named at once, and so is",
            "every variable that begins with `TIEOUT_` and is no setting.",
            "",
            "| Variable | Default | Meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def policy() -> str:
    """Return the page of what can be decided about each connection."""
    parts = [
        "# Settings of a connection",
        MADE,
        "`tieout settings show` prints them and what is offered, `tieout settings set SETTING=VALUE` changes them.",
        "",
    ]
    for name, field in PolicySchema().fields.items():
        about = field.metadata
        parts += [f"## {about['title']} (`{name}`)", "", str(about["sentence"]), ""]
        choices: Mapping[str, str] = about.get("choices", {})
        for choice, meaning in choices.items():
            default = " (unless told otherwise)" if choice == about.get("default") else ""
            parts.append(f"- `{choice}`: {meaning}{default}")
        parts += [""] if choices else []
    return "\n".join(parts)


def problem_codes() -> str:
    """Return the page of all reasons why a document is held, with blanks for what is filled in."""
    parts = [
        "# Problems",
        MADE,
        "Why a document is held. A held document names all its problems at once; each goes away as its remedy says, and the",
        "document then goes on by itself. `‹…›` stands for what is filled in. How to go about it:",
        "[fix held documents](../howto/fix-held-documents.md).",
        "",
    ]
    for code, meaning in CODES.items():
        problem = example(code)
        subject = f" Subject: `{problem.subject}`." if problem.subject else ""
        parts += [
            f"## {code}",
            "",
            meaning,
            "",
            f"> {problem.sentence}",
            "",
            f"Remedy: {problem.remedy.words}{subject}",
            "",
        ]
        commands = [command(_without_blanks(act)) for act in problem.remedy.acts]
        parts += ["```text", *commands, "```", ""] if commands else []
    return "\n".join(parts)


def buckets() -> str:
    """Return the page of all buckets of the tie-out report."""
    rows = [
        f"| {TITLES[bucket]} | `{bucket}` | {MEANINGS[bucket]} | {'yes' if bucket in BREAKS else ''} |"
        for bucket in BUCKETS
    ]
    return "\n".join(
        [
            "# Buckets of the tie-out report",
            MADE,
            "Every document of Precoro and every entity of QuickBooks is in exactly one of them. What breaks the agreement has to be put right or accepted; all others",
            "explain a difference, or are for information. `tieout report show NUMBER --bucket NAME` prints the rows of one. How each is decided:",
            "[the accounting rules](../explanation/accounting.md#tie-out).",
            "",
            "| Bucket | Name | Meaning | Breaks the agreement |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def commands() -> str:
    """Return the page of all commands, as `--help` shows them."""
    parts = [
        "# Commands",
        MADE,
        "`bin/tieout` runs them with the settings of this installation.",
        "",
        "| Exit code | Meaning |",
        "|---|---|",
        "| 0 | done |",
        "| 1 | it ran, and something is wrong, held or refused |",
        "| 2 | wrong usage, or it could not run: settings, keys, database, Redis |",
        "| 3 | what was named does not exist |",
        "",
    ]
    for path, text in _help(tieout, "tieout"):
        parts += [f"## {path}", "", "```text", text, "```", ""]
    return "\n".join(parts)


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/settings.md": settings,
    "docs/reference/connection-settings.md": policy,
    "docs/reference/problems.md": problem_codes,
    "docs/reference/buckets.md": buckets,
    "docs/reference/cli.md": commands,
    "CONTRIBUTING.md": lambda: contributing(tieout.commands),
}


def main() -> int:
    """Write every page."""
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), encoding="utf-8")
    return 0


class _Blank:
    """Stands for a value of a problem, however it is formatted."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __format__(self, spec: str) -> str:
        return f"{BLANK}{self.name.strip('_').replace('_', ' ')}›"

    def __str__(self) -> str:
        return format(self)


def example(code: str) -> Problem:
    """Return the problem of a code, with blanks for its values."""
    make = getattr(problems, code)
    problem: Problem = make(**{name: _Blank(name) for name in inspect.signature(make).parameters})
    return problem


def _without_blanks(act: Act) -> Act:
    """Return an act whose command names in capitals what is filled in."""
    return Act(act.name, {name: value for name, value in act.arguments.items() if BLANK not in f"{value}"})


def _default(value: object) -> str:
    """Return a default as people would write it."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"`{text}`" if text else "empty"


def _help(command: click.Command, path: str, parent: click.Context | None = None) -> Iterator[tuple[str, str]]:
    """Yield the help of a command and of all below it."""
    context = click.Context(
        command, info_name=path.rpartition(" ")[2], parent=parent, terminal_width=WIDTH, help_option_names=HELP
    )
    yield path, command.get_help(context).rstrip()
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _help(below, f"{path} {name}", context)


if __name__ == "__main__":
    sys.exit(main())
