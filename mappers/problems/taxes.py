"""Problems of taxes and of withholding tax."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

from datetime import date
from decimal import Decimal

from mappers.money import written
from mappers.problems import acts
from mappers.problems.problem import Parts, problem
from mappers.remedies import Act, Remedy


@problem
def tax_missing(label: str) -> Parts:
    """A line has no tax where every line needs a tax code."""
    return (
        f"Line {label} has no tax; QuickBooks needs a tax code on every line.",
        Remedy(
            "Choose a tax on the line (0 % is fine), or choose a tax code of 0 % as the zero code and send such lines with it.",
            (Act("choose_zero_code"), acts.setting("line_without_tax", "zero_code")),
        ),
        "document",
    )


@problem
def zero_code_unusable(label: str) -> Parts:
    """The zero code is needed but not chosen, gone, inactive or not zero."""
    return (
        f"Line {label} needs the zero code, which is not chosen, inactive, or not a code of 0 %.",
        Remedy("Choose a tax code of 0 % as the zero code.", (Act("choose_zero_code"),)),
        "preferences",
    )


@problem
def tax_not_paired(taxes: str, label: str, name: str) -> Parts:
    """A tax is matched with nothing in QuickBooks."""
    return (
        f"Tax {name} of line {label} is not matched with a tax code.",
        Remedy("Match it, with all others or by hand.", (Act("match_taxes"), acts.match(name))),
        _tax_subject(taxes),
    )


@problem
def tax_rate_unusable(taxes: str, label: str, name: str, day: date) -> Parts:
    """The tax rate in QuickBooks is inactive, gone or not in force."""
    return (
        f"The rate of tax {name} on line {label} is inactive, gone or not in force on {day} in QuickBooks.",
        Remedy(f"Match tax {name} with a code in force on {day}.", (acts.match(name),)),
        _tax_subject(taxes),
    )


@problem
def tax_rate_differs(taxes: str, name: str, precoro: Decimal, quickbooks: Decimal, day: date) -> Parts:
    """The two sides have different percentages for a tax."""
    return (
        f"Tax {name} is {precoro:f} % in Precoro and {quickbooks:f} % in QuickBooks on {day}.",
        Remedy(f"Match tax {name} with a code of {precoro:f} %.", (acts.match(name),)),
        _tax_subject(taxes),
    )


@problem
def tax_code_missing(taxes: str, label: str, names: str) -> Parts:
    """No tax code has exactly the taxes of a line."""
    return (
        f"No active tax code has exactly the taxes of line {label} ({names}).",
        Remedy("Create one, or choose one by hand.", (Act("create_tax_codes"), acts.match(names))),
        _tax_subject(taxes),
    )


@problem
def tax_code_ambiguous(taxes: str, label: str, names: str, codes: str) -> Parts:
    """Several tax codes have exactly the taxes of a line."""
    return (
        f"Several tax codes ({codes}) have exactly the taxes of line {label} ({names}).",
        Remedy("Choose one by hand.", (acts.match(names),)),
        _tax_subject(taxes),
    )


@problem
def tax_partly_recoverable(taxes: str, label: str, name: str, names: str, percent: Decimal) -> Parts:
    """Only a part of a tax can be reclaimed."""
    return (
        f"Tax {name} of line {label} can be reclaimed to {percent:f} % only.",
        Remedy("Choose its code by hand.", (acts.match(names),)),
        _tax_subject(taxes),
    )


@problem
def tax_compound(taxes: str, label: str, name: str, names: str) -> Parts:
    """A tax is worked out on other taxes on one side only."""
    return (
        f"Tax {name} of line {label} is a tax on tax in only one of Precoro and QuickBooks.",
        Remedy("Choose the code of these taxes by hand.", (acts.match(names),)),
        _tax_subject(taxes),
    )


@problem
def tax_reverse_charge(taxes: str, label: str, name: str, names: str, special: str) -> Parts:
    """A tax is a reverse charge or another special tax."""
    return (
        f"Tax {name} of line {label} is special in QuickBooks ({special}).",
        Remedy("Choose its code by hand.", (acts.match(names),)),
        _tax_subject(taxes),
    )


@problem
def tax_sums_unclear(taxes: str, label: str, names: str, code: str) -> Parts:
    """The taxes of a line do not fit the code chosen by hand."""
    return (
        f"Precoro's taxes on line {label} do not fit the rates of code {code}, which was chosen by hand.",
        Remedy("Choose another code for them by hand.", (acts.match(names),)),
        _tax_subject(taxes),
    )


def _tax_subject(taxes: str) -> str:
    """Return the subject of a problem about a set of taxes (`5`, `5+7`)."""
    return f"tax_set:{taxes}" if "+" in f"{taxes}" else f"tax:{taxes}"


@problem
def withholding_not_mapped(tax_id: int, name: str) -> Parts:
    """A withholding tax has no usable liability account."""
    return (
        f"Withholding tax {name} has no usable liability account.",
        Remedy("Choose its liability account.", (Act("map_withholding", {"tax": name}),)),
        f"withholding:{tax_id}",
    )


@problem
def withholding_code_unusable(name: str) -> Parts:
    """The tax code of withholding lines is needed but not chosen, gone, inactive or not zero."""
    return (
        f"Withholding tax {name} needs a tax code out of the scope of the tax return, and no such code of 0 % is chosen.",
        Remedy("Choose the tax code of withholding lines.", (Act("choose_withholding_code"),)),
        "preferences",
    )


@problem
def withholding_unclear(currency: str, total: Decimal, withheld: Decimal) -> Parts:
    """It cannot be told whether the total includes the withholding tax."""
    return (
        f"It cannot be told whether the total {written(total, currency)} includes {written(withheld, currency)} withheld.",
        Remedy("Enter this document in QuickBooks by hand, and ignore it here.", (Act("ignore_document"),)),
        "document",
    )
