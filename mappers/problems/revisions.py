"""The remedies of a document that already stands in QuickBooks."""

from __future__ import annotations

from dataclasses import replace

from mappers.problems.problem import Problem

ABOUT_THE_TWIN = frozenset(
    {
        "stands_in_closed_period",
        "deleted_in_quickbooks",
        "bill_locked",
        "order_billed",
        "belongs_to_another",
        "credit_applied",
    }
)
"""Codes of problems whose remedies speak already of what stands in QuickBooks for the document."""


def of_revision(problem: Problem, type_: str, id_: str) -> Problem:
    """Return the problem of a revision, whose remedy names what stands in QuickBooks for the earlier version.

    Remedies are written for a first sending: to ignore a revision, or to enter it by hand, would leave the old figures beside it.
    """
    names = {act.name for act in problem.remedy.acts}
    if "ignore_document" not in names or problem.code in ABOUT_THE_TWIN:
        return problem
    adopted = "; before another one is adopted, delete it there" if "adopt_document" in names else ""
    standing = (
        f"Before it is ignored, change or delete {type_} {id_} in QuickBooks, which holds the earlier version{adopted}."
    )
    return replace(problem, remedy=replace(problem.remedy, words=f"{problem.remedy.words} {standing}"))
