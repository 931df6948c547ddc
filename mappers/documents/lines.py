"""Lines of a document as QuickBooks lines that add up to the cent."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mappers import notes, problems, text
from mappers.books import BILLABLE_ACCOUNTS, BookEntry, Books, TaxCode
from mappers.documents import taxes as document_taxes
from mappers.documents.amounts import Amounts, LineAmount, is_empty, quantity_of, work_out
from mappers.documents.document import Document, Line, OptionValue
from mappers.documents.findings import Findings
from mappers.documents.references import (
    find_entry,
    may_stand_with,
    name_of,
    options_of_kind,
    subject_of,
    twin_of,
    usable_account,
)
from mappers.money import allocate, in_proportion, rounded, to_unit, total, unit_price
from mappers.policy import Policy

_WHOLE = Decimal(100)
_QUANTITY_STEP = Decimal("0.00001")
_NOT_BOUGHT = frozenset({"Group", "Category", "Bundle"})


@dataclass(frozen=True, slots=True)
class Coding:
    """Where a line goes: product or account, customer, and classes in percent."""

    item: BookEntry | None
    account: BookEntry | None
    customer: BookEntry | None
    classes: tuple[tuple[BookEntry | None, Decimal], ...]
    billable: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One QuickBooks line before it is sent.

    `key` is the name under which its Line.Id will be remembered, `link` the line of a purchase order that it bills.
    """

    key: str
    description: str
    amount: Decimal
    coding: Coding
    quantity: Decimal | None = None
    price: Decimal | None = None
    class_: BookEntry | None = None
    tax_code: str | None = None
    link: dict[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the line as QuickBooks takes it."""
        kind, detail = self._detail()
        if self.class_:
            detail["ClassRef"] = {"value": self.class_.id}
        if self.coding.customer:
            detail["CustomerRef"] = {"value": self.coding.customer.id}
            detail["BillableStatus"] = "Billable" if self.coding.billable else "NotBillable"
        if self.tax_code:
            detail["TaxCodeRef"] = {"value": self.tax_code}
        described = {"Description": self.description} if self.description else {}
        linked = {"LinkedTxn": [self.link]} if self.link else {}
        return described | {"Amount": self.amount, "DetailType": kind, kind: detail} | linked

    def _detail(self) -> tuple[str, dict[str, Any]]:
        if self.coding.item:
            priced = {"Qty": self.quantity, "UnitPrice": self.price}
            return "ItemBasedExpenseLineDetail", {"ItemRef": {"value": self.coding.item.id}} | priced
        account = self.coding.account.id if self.coding.account else ""
        return "AccountBasedExpenseLineDetail", {"AccountRef": {"value": account}}


@dataclass(frozen=True, slots=True)
class MappedLines:
    """The lines of an entity, the tax part of its header, and its total."""

    drafts: tuple[Draft, ...]
    header: dict[str, Any]
    payable: Decimal


def map_lines(document: Document, day: date, books: Books, policy: Policy, findings: Findings) -> MappedLines | None:
    """Map every line and collect the problems of all of them.

    Returns None when there is any.
    """
    before = len(findings.problems)
    lines = [line for line in document.lines if not is_empty(document, line)]
    for line in document.lines:
        if is_empty(document, line):
            findings.note(notes.zero_quantity(line.label))
    codings = [_coding(document, line, books, policy, findings) for line in lines]
    codings = _one_class(codings, books, findings)
    codes = (
        document_taxes.tax_codes(document, day, books, policy, findings)
        if document_taxes.are_matched(books, policy)
        else {}
    )
    withholding = _withholding_accounts(document, day, books, policy, findings)
    if not lines:
        findings.hold(problems.no_lines())
    amounts = work_out(document, findings)
    if amounts is None or len(findings.problems) > before:
        return None
    return _assemble(_Work(document, day, books, policy, findings, amounts), codings, codes, withholding)


@dataclass(frozen=True, slots=True)
class _Work:
    """What every step of putting lines together needs."""

    document: Document
    day: date
    books: Books
    policy: Policy
    findings: Findings
    amounts: Amounts

    @property
    def filled(self) -> list[LineAmount]:
        return [amount for amount in self.amounts.lines if not is_empty(self.document, amount.line)]


def _assemble(
    work: _Work,
    codings: Sequence[Coding],
    codes: dict[int, TaxCode],
    withholding: dict[int, tuple[BookEntry, TaxCode | None]],
) -> MappedLines | None:
    """Round the lines to the target and turn each into drafts.

    The withholding lines come last.
    """
    before = len(work.findings.problems)
    matched = document_taxes.are_matched(work.books, work.policy)
    rows = [
        document_taxes.rate_amounts(amount, codes[amount.line.id], work.day, work.books, work.findings)
        if matched
        else ()
        for amount in work.filled
    ]
    if len(work.findings.problems) > before:
        return None
    taxes = _rounded_taxes(work, document_taxes.tax_by_rate(rows))
    shares = [amount.net if matched else amount.gross for amount in work.filled]
    figures = None if taxes is None else _rounded_lines(work, shares, work.amounts.target - total([*taxes.values()]))
    if taxes is None or figures is None:
        return None
    drafts = [
        draft
        for amount, coding, figure in zip(work.filled, codings, figures, strict=True)
        for draft in _drafts(work, amount, coding, figure, codes.get(amount.line.id))
    ]
    drafts += _withholding_lines(work, withholding, drafts[0].class_ if drafts else None)
    for tax, amount in work.amounts.withheld:
        if code := withholding[tax.id][1]:
            rows.append(tuple(document_taxes.RateAmount(component.rate_id, Decimal(0)) for component in code.rates))
            figures.append(-amount)
    return MappedLines(tuple(drafts), _tax_header(work, matched, taxes, rows, figures), work.amounts.payable)


def _rounded_taxes(work: _Work, by_rate: dict[str, Decimal]) -> dict[str, Decimal] | None:
    """Round the tax of each rate, so that all of it is what Precoro's total leaves above its net total.

    Where Precoro states no net total, each rate is rounded by itself. A difference beyond the tolerance is held.
    """
    unit, net = work.amounts.unit, work.document.net
    if net is None or not by_rate:
        return {rate_id: to_unit(tax, unit) for rate_id, tax in by_rate.items()}
    stated, computed = work.amounts.target - to_unit(net, unit), total([*by_rate.values()])
    if abs(stated - computed) > work.amounts.tolerance or (stated != 0 and not any(by_rate.values())):
        currency = work.document.currency
        work.findings.hold(problems.total_does_not_tie(currency, stated, rounded(computed, currency)))
        return None
    return dict(zip(by_rate, allocate(stated, [*by_rate.values()], unit), strict=True))


def _rounded_lines(work: _Work, shares: Sequence[Decimal], target: Decimal) -> list[Decimal] | None:
    """Allocate the target over the lines by largest remainder.

    A difference beyond the tolerance is held.
    """
    currency, computed = work.document.currency, total(shares)
    if abs(target - computed) > work.amounts.tolerance or (target != 0 and not any(shares)):
        work.findings.hold(problems.total_does_not_tie(currency, target, rounded(computed, currency)))
        return None
    figures = allocate(target, shares, work.amounts.unit)
    difference = target - total([to_unit(share, work.amounts.unit) for share in shares])
    if difference:
        work.findings.note(notes.cents_allocated(currency, difference))
    return figures


def _tax_header(
    work: _Work,
    matched: bool,
    taxes: dict[str, Decimal],
    rows: Sequence[Sequence[document_taxes.RateAmount]],
    nets: Sequence[Decimal],
) -> dict[str, Any]:
    """Return the header fields about tax: none in the United States, never TaxInclusive anywhere."""
    if work.books.is_us:
        if any(amount.taxes for amount in work.filled):
            work.findings.note(notes.tax_in_amounts())
        return {}
    if not matched:
        return {"GlobalTaxCalculation": "NotApplicable"}
    rates = {part.rate_id: Decimal(0) for row in rows for part in row} | taxes
    detail = document_taxes.tax_detail(rates, rows, nets, work.amounts.unit)
    return {"GlobalTaxCalculation": "TaxExcluded", "TxnTaxDetail": detail}


def _drafts(work: _Work, amount: LineAmount, coding: Coding, figure: Decimal, code: TaxCode | None) -> list[Draft]:
    """Turn one line into a QuickBooks line for each of its classes.

    Each becomes two where no unit price fits.
    """
    line, unit = amount.line, work.amounts.unit
    written, shortening = text.long_text(_description(line), f"Description of line {line.label}")
    work.findings.note(*shortening)
    draft = Draft(line.key, written, figure, coding, tax_code=code.id if code else None)
    if len(coding.classes) == 1:
        return _priced(
            work, amount, dataclasses.replace(draft, class_=coding.classes[0][0]), quantity_of(work.document, line)
        )
    weights = [share for _, share in coding.classes]
    figures = in_proportion(figure, weights, unit)
    quantity = quantity_of(work.document, line) or Decimal(1)
    step = min(_QUANTITY_STEP, Decimal(1).scaleb(int(quantity.as_tuple().exponent)))
    quantities = in_proportion(quantity, weights, step)
    return [
        priced
        for place, (class_, _) in enumerate(coding.classes)
        for priced in _priced(
            work,
            amount,
            dataclasses.replace(draft, key=f"{line.key}@{place + 1}", amount=figures[place], class_=class_),
            quantities[place],
        )
    ]


def _priced(work: _Work, amount: LineAmount, draft: Draft, quantity: Decimal | None) -> list[Draft]:
    """Give an item line its quantity and a unit price that multiplies back.

    It becomes two lines when none does.
    """
    if draft.coding.item is None:
        return [draft]
    parts = unit_price(
        draft.amount,
        quantity or Decimal(1),
        work.policy.unit_price_decimals,
        amount.line.price,
        work.amounts.unit,
    )
    if len(parts) > 1:
        work.findings.note(notes.split_unit_price(amount.line.label))
    return [
        dataclasses.replace(
            draft,
            key=draft.key if place == 0 else f"{draft.key}#{place + 1}",
            quantity=part[0],
            price=part[1],
            amount=part[2],
        )
        for place, part in enumerate(parts)
    ]


def _description(line: Line) -> str:
    """Return name and description of a line, once."""
    if line.description and line.description != line.name:
        return f"{line.name}\n{line.description}" if line.name else line.description
    return line.name


# Where a line goes


def _coding(document: Document, line: Line, books: Books, policy: Policy, findings: Findings) -> Coding:
    item = _item(line, books, findings)
    linked = line.item_id is not None and books.twin("item", line.item_id) is not None
    account = None if linked else _account(document, line, books, policy, findings)
    if item:
        _compare_accounts(document, line, item, books, findings)
    customer = _customer(document, line, books, findings)
    wanted = policy.billable == "yes" and customer is not None
    if wanted and not books.preferences.billable_tracking:
        findings.note(notes.billable_tracking_off(line.label))
    takes = _takes_billable(item, account, books)
    if wanted and not takes:
        findings.note(notes.account_not_billable(line.label, account.name if account else ""))
    billable = wanted and books.preferences.billable_tracking and takes
    return Coding(item, account, customer, _classes(document, line, books, findings), billable)


def _takes_billable(item: BookEntry | None, account: BookEntry | None, books: Books) -> bool:
    """Tell whether the line's account is of a type that can be billed on."""
    posts_to = account if item is None else books.accounts.get(item.expense_account or "")
    return posts_to is None or posts_to.kind in BILLABLE_ACCOUNTS


def _item(line: Line, books: Books, findings: Findings) -> BookEntry | None:
    """Return the product of a linked line, or hold.

    A linked product is never sent as a category line.
    """
    twin = books.twin("item", line.item_id) if line.item_id is not None else None
    if line.item_id is None or twin is None:
        return None
    item = books.items.get(twin)
    if not books.preferences.items_on_purchases:
        findings.hold(problems.items_on_purchases_off(line.label))
    if item is None or not item.active:
        findings.hold(problems.item_unusable(line.item_id, line.label, item.name if item else line.label))
        return None
    if not item.for_purchase or item.kind in _NOT_BOUGHT:
        findings.hold(problems.item_not_for_purchase(line.item_id, line.label, item.name))
        return None
    return item


def _options(document: Document, line: Line, kind: str, books: Books) -> tuple[OptionValue, ...]:
    """Return what the line says about that kind, else what its document says."""
    return options_of_kind(line.options, kind, books) or options_of_kind(document.options, kind, books)


def _single(
    document: Document, line: Line, kind: str, books: Books, findings: Findings
) -> tuple[OptionValue | None, BookEntry | None]:
    """Return the only option of that kind and its entry; hold several."""
    options = _options(document, line, kind, books)
    if not options:
        return None, None
    if len({option.option_id or option.value for option in options}) > 1:
        findings.hold(problems.allocation_unclear(line.label, kind))
        return options[0], None
    entry = find_entry(options[0], kind, f"Line {line.label}", books, findings)
    if entry is None or may_stand_with(entry, document.currency, books):
        return options[0], entry
    subject = subject_of(options[0], kind, books)
    findings.hold(
        problems.entry_currency(kind, f"Line {line.label}", entry.name, str(entry.currency), document.currency, subject)
    )
    return options[0], None


def _account(document: Document, line: Line, books: Books, policy: Policy, findings: Findings) -> BookEntry | None:
    option, account = _single(document, line, "account", books, findings)
    if option is not None:
        return account
    default = usable_account(policy.default_line_account, document.currency, books)
    if default is None:
        findings.hold(problems.account_missing(line.label))
    return default


def _compare_accounts(document: Document, line: Line, item: BookEntry, books: Books, findings: Findings) -> None:
    """Note a chosen account to which the line's product does not post."""
    for option in _options(document, line, "account", books):
        twin = twin_of(option, "account", books)
        if twin and item.expense_account and twin != item.expense_account:
            posts_to = books.accounts.get(item.expense_account)
            named = posts_to.name if posts_to else item.expense_account
            findings.note(notes.account_of_item(line.label, name_of(option, books), item.name, named))


def _customer(document: Document, line: Line, books: Books, findings: Findings) -> BookEntry | None:
    if books.preferences.track_customers:
        return _single(document, line, "customer", books, findings)[1]
    for option in _options(document, line, "customer", books):
        findings.note(notes.customer_tracking_off(f"customer {name_of(option, books)}"))
    return None


def _classes(
    document: Document, line: Line, books: Books, findings: Findings
) -> tuple[tuple[BookEntry | None, Decimal], ...]:
    """Return the classes of a line with their shares.

    Several classes need shares that come to 100 %.
    """
    options = _options(document, line, "class", books)
    tracked = books.preferences.class_per_line or books.preferences.class_per_transaction
    if not tracked:
        for option in options:
            findings.note(notes.class_tracking_off(f"class {name_of(option, books)}"))
    if not options or not tracked:
        return ((None, _WHOLE),)
    shares = [option.share for option in options]
    if len(options) > 1 and total([share or Decimal(0) for share in shares]) != _WHOLE:
        findings.hold(problems.allocation_unclear(line.label, "class"))
        return ((None, _WHOLE),)
    classes = [
        (find_entry(option, "class", f"Line {line.label}", books, findings), option.share or _WHOLE)
        for option in options
        if option.share != 0
    ]
    return tuple(classes) or ((None, _WHOLE),)


def _one_class(codings: list[Coding], books: Books, findings: Findings) -> list[Coding]:
    """Give every line the same class where QuickBooks takes one per transaction.

    Several are held.
    """
    if not books.preferences.class_per_transaction:
        return codings
    classes = {class_.id: class_ for coding in codings for class_, _ in coding.classes if class_}
    if len(classes) > 1:
        findings.hold(problems.several_classes(", ".join(class_.name for class_ in classes.values())))
    only = next(iter(classes.values()), None)
    return [dataclasses.replace(coding, classes=((only, _WHOLE),)) for coding in codings]


# Withholding tax


def _withholding_accounts(
    document: Document, day: date, books: Books, policy: Policy, findings: Findings
) -> dict[int, tuple[BookEntry, TaxCode | None]]:
    """Return the liability account of each withholding tax.

    With it comes the code of such lines, where lines need one. A tax that lacks either is held.
    """
    accounts: dict[int, tuple[BookEntry, TaxCode | None]] = {}
    for tax in {tax.id: tax for line in document.lines for tax in line.taxes if tax.withholding}.values():
        account = usable_account(books.twin("withholding", tax.id), document.currency, books)
        matched = document_taxes.are_matched(books, policy)
        code = document_taxes.withholding_code(tax, day, books, policy, findings) if matched else None
        if account is None:
            findings.hold(problems.withholding_not_mapped(tax.id, tax.name))
        else:
            accounts[tax.id] = (account, code)
    return accounts


def _withholding_lines(
    work: _Work, accounts: dict[int, tuple[BookEntry, TaxCode | None]], class_: BookEntry | None
) -> list[Draft]:
    """Return one negative line for each withholding tax.

    So the total is what is payable.
    """
    per_transaction = work.books.preferences.class_per_transaction
    return [
        Draft(
            key=f"withholding:{tax.id}",
            description=text.clean(tax.name),
            amount=-amount,
            coding=Coding(None, accounts[tax.id][0], None, ()),
            class_=class_ if per_transaction else None,
            tax_code=code.id if (code := accounts[tax.id][1]) else None,
        )
        for tax, amount in work.amounts.withheld
    ]
