"""A report as one page for an auditor: nothing on it is loaded from anywhere, so that it can be kept and printed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from mappers.money import signed, written
from mappers.plain_json import json_text
from mappers.text import visible
from mappers.tie_out.buckets import BREAKS, BUCKETS, MEANINGS, TITLES
from mappers.tie_out.sides import LEDGER_TITLES
from workers.runtime import Runtime
from workers.tie_out import views
from workers.tie_out.sentence import sentence
from workers.tie_out.views import ReportLine

AT_ONCE = 1000


def page(runtime: Runtime, number: int) -> Iterator[str]:
    """Yield the page of a report bit by bit, with every row that does not simply agree. Raises NoSuchReportError."""
    detail = views.report(runtime, number)
    buckets = [bucket for bucket in BUCKETS if bucket != "agrees" and detail.summary.counts.get(bucket)]
    return _template().generate(
        report=detail,
        summary=detail.summary,
        rows={bucket: every_line(runtime, number, bucket=bucket) for bucket in buckets},
        sentence=sentence(detail),
        titles=TITLES,
        meanings=MEANINGS,
        ledgers=LEDGER_TITLES,
        trimmed=views.TRIMMED,
        breaks=BREAKS,
    )


HEADS = tuple(field.name for field in fields(ReportLine))
"""The columns of a report's rows in a spreadsheet."""


def cells(lines: Iterable[ReportLine]) -> Iterator[list[object]]:
    """Yield rows as they stand in a spreadsheet, in the words that people use."""
    words = {"bucket": TITLES, "ledger": LEDGER_TITLES}
    for line in lines:
        values = ((name, getattr(line, name)) for name in HEADS)
        yield [words[name][value] if name in words else value for name, value in values]


def json_parts(runtime: Runtime, number: int) -> Iterator[str]:
    """Yield a report with all its rows as JSON, bit by bit. Raises NoSuchReportError."""
    yield f'{{"report": {json_text(views.report(runtime, number))},\n"rows": ['
    for position, line in enumerate(every_line(runtime, number)):
        yield f"{',' if position else ''}\n{json_text(line, indent=None)}"
    yield "\n]}\n"


def style_source() -> str:
    """Return how a Content-Security-Policy names the style of the page, which is all that it needs."""
    style = files(__package__).joinpath("printed.css").read_text().removesuffix("\n")
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"


def every_line(
    runtime: Runtime, number: int, *, bucket: str | None = None, section: str | None = None
) -> Iterator[ReportLine]:
    """Yield all rows of a report, of one bucket or of one section, a page at a time. Raises NoSuchReportError."""
    last = 0
    while page_of_lines := views.lines(runtime, number, bucket=bucket, section=section, limit=AT_ONCE, after=last):
        yield from (line for _, line in page_of_lines)
        last = page_of_lines[-1][0]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("workers.tie_out", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["change"] = lambda amount: "" if amount is None else signed(amount)
    environment.filters["money"] = lambda amount: "" if amount is None else written(amount)
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    return environment.get_template("printed.html")


def _plain(value: Any) -> Any:
    """Return what the page shows of a value: names come from others, so what is not printed in them is marked."""
    return value if isinstance(value, Markup) else visible(str(value))
