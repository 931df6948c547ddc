"""`tieout database`: bring the tables up to date, and what is encrypted to the newest key."""

from __future__ import annotations

import click

from cli.output import progress, say
from cli.running import opened
from mappers.text import plural
from workers.ops import database as maintenance


@click.group()
def database() -> None:
    """Look after the database that holds all state."""


@database.command()
def upgrade() -> None:
    """Bring the tables up to date; several processes may do so at once."""
    with opened() as runtime:
        maintenance.upgrade(runtime)
    say("The database is up to date.")


@database.command()
def reencrypt() -> None:
    """Write everything that is encrypted anew with the newest key; afterwards older keys can be taken out.

    May run while everything works, and may be run again. Until all processes have the new key, do not take the old one out.
    """
    with opened() as runtime, progress("Writing secrets anew"):
        number = maintenance.reencrypt(runtime)
    say(f"Wrote {plural(number, 'value')} anew. Everything is encrypted with the newest key.")
