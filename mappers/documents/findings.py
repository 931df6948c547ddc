"""The problems and notes of one document, collected while it is mapped."""

from __future__ import annotations

from dataclasses import dataclass, field

from mappers.problems import Note, Problem


@dataclass
class Findings:
    """Problems and notes in the order of their discovery, each once."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def hold(self, problem: Problem) -> None:
        """Add a reason to hold."""
        if problem not in self.problems:
            self.problems.append(problem)

    def note(self, *notes: Note) -> None:
        """Add what should be known."""
        self.notes.extend(note for note in notes if note not in self.notes)
