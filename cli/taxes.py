"""`tieout taxes`: which tax code of QuickBooks each tax of Precoro gets, and the codes that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from cli.following import dry_run_option, run_task, yes_option
from cli.output import json_option, print_json, print_table, say
from cli.running import chosen, opened, who
from mappers.taxes.matching import Match, percent_text
from workers.taxes import commands, create_codes
from workers.taxes import match as tax_match
from workers.taxes.state import TaxOverview, Withheld

HEADS = ("Precoro", "rate", "QuickBooks", "", "what to do")
WORDS = {0: (), 1: ("name",), 2: ("tax", "twin"), 3: ("name", "tax", "twin")}
"""What the words after `taxes match` mean, by how many there are."""


@click.group()
def taxes() -> None:
    """Match taxes of Precoro with tax codes of QuickBooks.

    NAME is the connection's name; it may be left out when there is only one.
    """


@taxes.command("list")
@click.argument("name", required=False)
@json_option
def list_(name: str | None, *, as_json: bool) -> None:
    """List every tax, and every set of taxes seen on a line, with its code; nothing is read anew."""
    with opened() as runtime:
        slug = chosen(runtime, name)
        found = commands.overview(runtime, slug)
    if as_json:
        print_json(_described(found))
    else:
        _print(found, slug)


@taxes.command()
@click.argument("words", nargs=-1, metavar="[NAME] [TAX CODE]")
@dry_run_option
@yes_option
@json_option
def match(words: tuple[str, ...], *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Match what is certain, suggest what is likely, and say what is missing; or match one TAX with one CODE by hand.

    TAX and CODE are ids or exact names; several taxes of one line are joined, as in "GST + PST" or 5+7. A withholding tax
    takes a liability account in place of a code. Both sides are read anew (4 calls), not when matching by hand. Documents
    that were held for it go out at once.
    """
    if len(words) not in WORDS:
        raise click.UsageError("Give at most a connection, a tax and a code; put names with spaces in quotes.")
    given = dict(zip(WORDS[len(words)], words, strict=True))
    with opened() as runtime:
        slug = chosen(runtime, given.get("name"))
        by_hand = tax_match.by_hand(runtime, slug, given["tax"], given["twin"]) if "tax" in given else {}
        run_task(runtime, slug, tax_match.NAME, by_hand, dry_run=dry_run, yes=yes, as_json=as_json)


@taxes.command()
@click.argument("words", nargs=-1, metavar="[NAME] TAX")
def unmatch(words: tuple[str, ...]) -> None:
    """Undo the match of one TAX for good: its code is not suggested or matched by itself again.

    What was sent stays as it is; later documents with this tax are held until another code is chosen.
    """
    given = _given(words, "tax")
    with opened() as runtime:
        commands.unmatch(runtime, chosen(runtime, given.get("name")), given["tax"], who())
        say(f"{given['tax']} is no longer matched. Documents with it are held from now on.")


@taxes.command()
@click.argument("words", nargs=-1, metavar="[NAME] TAX CODE")
def refuse(words: tuple[str, ...]) -> None:
    """Say that a TAX and a CODE are not the same, for good."""
    given = _given(words, "tax", "code")
    with opened() as runtime:
        commands.refuse(runtime, chosen(runtime, given.get("name")), given["tax"], given["code"], who())
        say("Noted: they are not the same.")


@taxes.command()
@click.argument("name", required=False)
@click.option(
    "--tax",
    "wanted",
    multiple=True,
    metavar="TAX",
    help="Only for this tax, though codes are likely. May be given again.",
)
@dry_run_option
@yes_option
@json_option
def create(name: str | None, *, wanted: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool) -> None:
    """Create the tax codes that are missing in QuickBooks, under the chosen tax agency, and match them."""
    with opened() as runtime:
        slug = chosen(runtime, name)
        keys = [tax_match.tax_key(runtime, slug, one) for one in wanted]
        run_task(runtime, slug, create_codes.NAME, {"taxes": keys}, dry_run=dry_run, yes=yes, as_json=as_json)


def _given(words: Sequence[str], *needed: str) -> dict[str, str]:
    """Return what the words of a command mean: those that are needed, and before them the connection's name or nothing."""
    names = needed if len(words) == len(needed) else ("name", *needed)
    if len(words) != len(names):
        raise click.UsageError(f"Give {' and '.join(needed)}, and before them a connection; quote names with spaces.")
    return dict(zip(names, words, strict=True))


def _described(found: TaxOverview) -> dict[str, Any]:
    """Return where the taxes stand, for programs."""
    return {
        "shown": found.shown,
        "done": found.is_done,
        "sentence": found.sentence,
        "agency": found.agency.id if found.agency else None,
        "agencies": [{"id": one.id, "name": one.name} for one in found.agencies],
        "taxes": [_match(one) for one in found.matches],
        "withholding": [_withheld(one) for one in found.withheld],
    }


def _match(found: Match) -> dict[str, Any]:
    return {
        "tax": found.key,
        "name": found.name,
        "rates": [tax.percent for tax in found.taxes],
        "state": found.state,
        "code": found.code.id if found.code else None,
        "code_name": found.code.name if found.code else None,
        "candidates": [
            {"code": one.code.id, "name": one.code.name, "score": one.score, "evidence": list(one.evidence)}
            for one in found.candidates
        ],
        "sentence": found.sentence,
    }


def _withheld(found: Withheld) -> dict[str, Any]:
    account = found.account
    return {
        "tax": str(found.tax.id),
        "name": found.tax.name,
        "rate": found.tax.percent,
        "account": account.id if account else None,
        "account_name": account.name if account else None,
    }


def _print(found: TaxOverview, slug: str) -> None:
    """Print where the taxes stand, and what to do next."""
    rows = [*(_row(one) for one in found.matches), *(_withheld_row(one) for one in found.withheld)]
    if rows:
        print_table(HEADS, rows, right=("rate",))
    say(found.sentence)
    if found.matches and not found.is_done:
        agency = found.agency.name if found.agency else f"not chosen (tieout settings set {slug} tax_agency=ID)"
        say(
            f"Tax agency of codes that are created: {agency}. To match and to create: tieout taxes match, tieout taxes create"
        )


def _row(found: Match) -> tuple[str, ...]:
    """Return the line of one tax or set: its code, else the likeliest one in brackets."""
    likely = f"[{found.candidates[0].code.name}]" if found.candidates else ""
    return found.name, percent_text(found), found.code.name if found.code else likely, found.state, found.sentence


def _withheld_row(found: Withheld) -> tuple[str, ...]:
    rate = percent_text(Match((found.tax,), ""))
    if found.account:
        return found.tax.name, rate, found.account.name, "withheld", ""
    return found.tax.name, rate, "", "withheld", "Choose its liability account by hand."
