"""How a command ends when it does not do what was asked: the exit code, and the sentence before it.

TieoutError
├── WrongError          1  it ran, and something is wrong, held or refused
├── CouldNotRunError    2  settings, keys, database or Redis: nothing was tried
└── NotFoundError       3  what was named does not exist

What `workers` refuses knows its own exit code: see `workers.errors`.
"""

from __future__ import annotations

import click

from mappers.text import visible


class TieoutError(click.ClickException):
    """A message that may hold names of others, and is printed on one line."""

    def format_message(self) -> str:
        """Return what is printed."""
        return visible(self.message)


class WrongError(TieoutError):
    """Something is wrong, held or refused; the message ends with what to do."""

    exit_code = 1


class CouldNotRunError(TieoutError):
    """The command could not run."""

    exit_code = 2


class NotFoundError(TieoutError):
    """What was named does not exist."""

    exit_code = 3


BY_EXIT_CODE = {error.exit_code: error for error in (WrongError, CouldNotRunError, NotFoundError)}
