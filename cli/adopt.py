"""`tieout adopt`: take over what the integration before, or an earlier installation, sent to QuickBooks."""

from __future__ import annotations

import click

from cli.long_actions import dry_run_option, run_task, yes_option
from cli.naming import chosen, connection_and
from cli.output import json_option
from cli.running import opened
from workers.documents import adopt_all


@click.command()
@connection_and()
@dry_run_option
@yes_option
@json_option
def adopt(*, connection: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Take over the documents of which Precoro names the twin in QuickBooks: none of them is sent again.

    That is what the integration before has sent (`qboId`), or an earlier installation (`externalId`). A document is taken over when
    vendor, currency and total agree; of all others the plan says why not. Nothing is written in Precoro or QuickBooks. Later
    revisions, cancellations and payments are then Tieout's. Pair suppliers first. One call reads 200 documents.
    """
    with opened() as runtime:
        run_task(runtime, chosen(runtime, connection), adopt_all.NAME, dry_run=dry_run, yes=yes, as_json=as_json)
