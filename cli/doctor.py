"""`tieout doctor`: look at everything that has to work, a line each, with the remedy for what does not."""

from __future__ import annotations

from collections.abc import Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

import settings as settings_module
from cli.output import json_option, painted, print_json
from settings import WrongSettingsError
from workers.ops import doctor as checks
from workers.ops.doctor import Check
from workers.runtime import Runtime


@click.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Look at settings, keys, database, Redis, clock, workers and both companies of each connection.

    Ends with 1 when anything is wrong. Costs one call to Precoro and one to QuickBooks for each connection.
    """
    found = []
    for check in look():
        found.append(check)
        if not as_json:
            _print(check)
    if as_json:
        print_json([{**vars(check), "ok": check.ok} for check in found])
    ctx.exit(0 if all(check.ok for check in found) else 1)


def look() -> Iterator[Check]:
    """Check one thing after the other, as far as those before allow."""
    try:
        settings = settings_module.load()
    except WrongSettingsError as error:
        yield Check("settings", str(error), "Correct them in the environment.")
        return
    yield Check("settings", "can be used")
    keys = checks.keys(settings)
    yield keys
    if not keys.ok:
        return
    try:
        runtime = Runtime(settings)
    except (ValueError, SQLAlchemyError) as error:
        yield Check(
            "settings", f"DATABASE_URL or REDIS_URL cannot be read ({error}).", "Correct it in the environment."
        )
        return
    try:
        yield from checks.everything(runtime)
    finally:
        runtime.close()


def _print(check: Check) -> None:
    """Print one line, and the remedy below it."""
    click.echo(f"{painted('ok')}     {check.name}: {check.sentence}" if check.ok else _wrong(check))


def _wrong(check: Check) -> str:
    return f"{painted('wrong')}  {check.name}: {check.sentence}\n       {check.remedy}"
