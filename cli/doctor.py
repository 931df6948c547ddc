"""`tieout doctor`: look at everything that has to work, a line each, with the remedy for what does not."""

from __future__ import annotations

from typing import Any

import click

from cli.output import json_option, painted, print_json, print_line
from cli.remedies import for_programs, render
from mappers.text import visible
from workers.ops.doctor import Check, run_checks


@click.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Look at settings, keys, database, Redis, clock, workers and both companies of each connection.

    Ends with 1 when anything is wrong. Costs one call to Precoro and one to QuickBooks for each connection.
    """
    checks = []
    for check in run_checks():
        checks.append(check)
        if not as_json:
            _print(check)
    if as_json:
        print_json([_described(check) for check in checks])
    ctx.exit(0 if all(check.ok for check in checks) else 1)


def _print(check: Check) -> None:
    """Print one line, and the remedy below it."""
    text = visible(f"{check.name}: {check.sentence}")
    click.echo(f"{painted('ok')}     {text}" if check.remedy is None else f"{painted('wrong')}  {text}")
    if check.remedy is not None:
        print_line(f"       {render(check.remedy)}")


def _described(check: Check) -> dict[str, Any]:
    """Return a check for programs."""
    remedy = for_programs(check.remedy) if check.remedy else None
    return {"name": check.name, "sentence": check.sentence, "remedy": remedy, "ok": check.ok}
