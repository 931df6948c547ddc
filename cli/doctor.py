"""`tieout doctor`: look at everything that has to work, a line each, with the remedy for what does not."""

from __future__ import annotations

import click

from cli.output import json_option, painted, print_json
from workers.ops.doctor import Check, look


@click.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Look at settings, keys, database, Redis, clock, workers and both companies of each connection.

    Ends with 1 when anything is wrong. Costs one call to Precoro and one to QuickBooks for each connection.
    """
    checks = []
    for check in look():
        checks.append(check)
        if not as_json:
            _print(check)
    if as_json:
        print_json([{**vars(check), "ok": check.ok} for check in checks])
    ctx.exit(0 if all(check.ok for check in checks) else 1)


def _print(check: Check) -> None:
    """Print one line, and the remedy below it."""
    click.echo(f"{painted('ok')}     {check.name}: {check.sentence}" if check.ok else _wrong(check))


def _wrong(check: Check) -> str:
    return f"{painted('wrong')}  {check.name}: {check.sentence}\n       {check.remedy}"
