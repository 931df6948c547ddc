"""How documents and payments are shown alike: what they wait for, their problems with remedies, and what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.history import changes
from cli.output import fields_of, moment, print_heading, print_line, print_table
from cli.remedies import lines, problem_for_programs, render
from mappers.problems import Note, Problem
from workers.records.timeline import Happening
from workers.records.views import RecordRow


def waits_for(row: RecordRow) -> str | None:
    """Say what a record waits for, with the command that ends it."""
    return f"{row.waits_for} {render(row.wait_remedy)}" if row.wait_remedy else row.waits_for


def reason_of(row: RecordRow) -> str | None:
    """Say in a list why a record stands where it does."""
    return waits_for(row) or ", ".join(problem.code for problem in row.problems) or row.reason


def print_problems(problems: Iterable[Problem], context: Mapping[str, str]) -> None:
    """Print every problem, its remedy, and the commands that do what the remedy says."""
    for problem in problems:
        print_line(f"Problem ({problem.code}): {problem.sentence}")
        for line in lines(problem.remedy, **context):
            print_line(f"  {line}")


def print_notes(notes: Iterable[Note]) -> None:
    """Print every note."""
    for note in notes:
        print_line(f"Note ({note.code}): {note.sentence}")


HIDDEN = frozenset({"who", "why", "summary"})
"""Details that the sentence of what happened holds already."""


def print_timeline(timeline: Sequence[Happening]) -> None:
    """Print the last things that happened."""
    if timeline:
        print_heading("What happened (UTC)")
        print_table(("at", "kind", "what", "details"), [_cells(happening) for happening in timeline], notes=True)


def described(row: RecordRow, context: Mapping[str, str]) -> dict[str, Any]:
    """Return a record for programs."""
    problems = [problem_for_programs(problem, **context) for problem in row.problems]
    fields = {**fields_of(row), "waits_for": waits_for(row), "problems": problems}
    return {name: value for name, value in fields.items() if name != "wait_remedy"}


def _cells(happening: Happening) -> tuple[object, ...]:
    """Return a line of the timeline."""
    details = {"asked": happening.title, **happening.details} if "service" in happening.details else happening.details
    shown = {name: value for name, value in details.items() if name not in HIDDEN}
    return moment(happening.at), happening.kind, happening.sentence, changes(shown)
