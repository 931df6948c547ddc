"""`tieout database`: bring the tables up to date."""

from __future__ import annotations

import click

from cli.output import say
from cli.running import opened
from store import migrations


@click.group()
def database() -> None:
    """Look after the database that holds all state."""


@database.command()
def upgrade() -> None:
    """Bring the tables up to date; several processes may do so at once."""
    with opened() as runtime:
        migrations.upgrade(runtime.store)
    say("The database is up to date.")
