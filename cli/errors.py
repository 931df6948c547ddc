"""How a command ends when it does not do what was asked: the exit code, and the sentence before it.

click.ClickException
├── WrongError          1  it ran, and something is wrong, held or refused
├── CouldNotRunError    2  settings, keys, database or Redis: nothing was tried
└── NotFoundError       3  what was named does not exist

What `workers` refuses knows its own exit code: see `workers.errors`.
"""

from __future__ import annotations

import click


class WrongError(click.ClickException):
    """Something is wrong, held or refused; the message ends with what to do."""

    exit_code = 1


class CouldNotRunError(click.ClickException):
    """The command could not run."""

    exit_code = 2


class NotFoundError(click.ClickException):
    """What was named does not exist."""

    exit_code = 3


BY_EXIT_CODE = {error.exit_code: error for error in (WrongError, CouldNotRunError, NotFoundError)}
