"""A report as one page for an auditor: nothing on it is loaded from anywhere, so that it can be kept and printed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from mappers.money import written
from mappers.tie_out.buckets import BREAKS, BUCKETS, MEANINGS
from workers.runtime import Runtime
from workers.tie_out import views
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
        meanings=MEANINGS,
        breaks=BREAKS,
    )


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
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["money"] = lambda amount: "" if amount is None else written(amount)
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    return environment.get_template("printed.html")
