"""Invoices become bills: header, lines and totals, one story at a time."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from mappers.books import (
    BookEntry,
    Books,
    FieldOption,
    PurchasePreferences,
    RecentEntity,
    TaxCode,
    TaxComponent,
    TaxRate,
)
from mappers.documents.decisions import Decisions
from mappers.documents.outcomes import Answers, Hold, RateLookup
from mappers.documents.plan import plan
from tests.unit.mappers.cases import (
    ACCOUNT_FIELD,
    CLASS_FIELD,
    CUSTOMER_FIELD,
    LOCATION_FIELD,
    POLICY,
    amounts,
    codes,
    discount,
    field_value,
    invoice,
    line,
    made,
    option,
    tax,
    uk_books,
    us_books,
)

D = Decimal


def test_a_plain_invoice_becomes_a_bill_with_the_dates_as_written() -> None:
    create = made(invoice(issueDate="2026-10-04T23:30:00-08:00"))
    assert create.type == "Bill"
    assert create.body["TxnDate"] == "2026-10-04"
    assert create.body["DueDate"] == "2026-11-03"
    assert create.body["DocNumber"] == "S-88123"
    assert create.body["SalesTermRef"] == {"value": "3"}
    assert create.body["PrivateNote"] == "Precoro invoice INV-203\ntieout:widgets:invoice:956598"
    assert "CurrencyRef" not in create.body


def test_our_number_is_sent_when_the_supplier_gave_none_or_policy_says_so() -> None:
    assert made(invoice(invoiceNumber=None)).body["DocNumber"] == "INV-203"
    assert made(invoice(), policy=dataclasses.replace(POLICY, bill_number="precoro")).body["DocNumber"] == "INV-203"


def test_a_long_number_is_shortened_with_a_hash_and_stands_in_full_in_the_private_note() -> None:
    create = made(invoice(invoiceNumber="2026/10/ACME-SUPPLY/000881"))
    other = made(invoice(invoiceNumber="2026/10/ACME-SUPPLY/000882"))
    assert len(create.body["DocNumber"]) == 21
    assert create.body["DocNumber"].startswith("2026/10/ACME-SU-")
    assert create.body["DocNumber"] != other.body["DocNumber"]
    assert "2026/10/ACME-SUPPLY/000881" in create.body["PrivateNote"]
    assert "number_shortened" in codes(create)


def test_control_characters_become_spaces_and_a_long_note_keeps_room_for_the_marker() -> None:
    create = made(invoice(note="Deliver\x07 to\tdock 2 " + "x" * 5000))
    note = create.body["PrivateNote"]
    assert len(note) == 4000
    assert "Deliver  to dock 2" in note
    assert note.endswith("\ntieout:widgets:invoice:956598")
    assert "text_shortened" in codes(create)


def test_a_marker_typed_into_a_note_is_not_taken_for_ours() -> None:
    note = made(invoice(note="see tieout:widgets:invoice:1")).body["PrivateNote"]
    assert note.count("tieout:") == 1


def test_a_linked_product_is_an_item_line_and_the_rest_are_category_lines() -> None:
    chosen = [field_value(ACCOUNT_FIELD, option(880))]
    rows = [line(1, item={"id": 3301}), line(2, dataItemCustomFields=chosen), line(3, item={"id": 9999})]
    create = made(invoice(items=rows, sum="1500.00"))
    item, category, unlinked = (row[row["DetailType"]] for row in create.body["Line"])
    assert item == {"ItemRef": {"value": "19"}, "Qty": D(10), "UnitPrice": D("50.00")}
    assert category == {"AccountRef": {"value": "42"}}
    assert unlinked == {"AccountRef": {"value": "60"}}
    assert create.line_keys == ("1", "2", "3")


def test_an_option_is_found_by_its_id_its_name_or_its_label_when_none_is_embedded() -> None:
    for value in ("880", "Office supplies", "6000 Office supplies"):
        field = {"id": 1, "value": value, "type": "select", "itemCustomField": {"id": ACCOUNT_FIELD}}
        row = made(invoice(items=[line(dataItemCustomFields=[field])])).body["Line"][0]
        assert row[row["DetailType"]]["AccountRef"] == {"value": "42"}


def test_line_and_document_discounts_multiply_and_an_echoed_one_counts_once() -> None:
    echoed = [line(1, discounts=[discount(6, "10"), discount(9, "5", document=45)])]
    shared = [discount(45, "5")]
    assert amounts(made(invoice(items=echoed, discounts=shared, sum="427.50"))) == [D("427.50")]
    silent = [line(1, discounts=[discount(6, "10")])]
    assert amounts(made(invoice(items=silent, discounts=shared, sum="427.50"))) == [D("427.50")]


def test_a_legacy_amount_discount_is_taken_as_given() -> None:
    rows = [line(discounts=[{"id": 6, "name": "Rebate", "value": "20.00", "unit": "USD"}])]
    assert amounts(made(invoice(items=rows, sum="480.00"))) == [D("480.00")]


def test_leftover_cents_go_to_the_largest_remainder_and_ties_to_the_earlier_line() -> None:
    rows = [line(place, "1", "3.3333") for place in (1, 2, 3)]
    create = made(invoice(items=rows, sum="10.00"))
    assert amounts(create) == [D("3.34"), D("3.33"), D("3.33")]
    assert "cents_allocated" in codes(create)


def test_a_total_beyond_the_roundings_is_held_with_both_figures() -> None:
    planned = plan(invoice(sum="500.01"), None, us_books(), POLICY)
    assert isinstance(planned, Hold)
    assert codes(planned) == {"total_does_not_tie"}
    assert "USD 500.01" in planned.problems[0].sentence
    assert "USD 500.00" in planned.problems[0].sentence


def test_the_tax_of_an_american_line_grows_its_unit_price() -> None:
    rows = [line(item={"id": 3301}, taxes=[tax(5, "8.25", "41.25")])]
    create = made(invoice(items=rows, sum="541.25"))
    assert create.body["Line"][0]["ItemBasedExpenseLineDetail"]["UnitPrice"] == D("54.125")
    assert not {"GlobalTaxCalculation", "TxnTaxDetail"} & set(create.body)
    assert "tax_in_amounts" in codes(create)


def test_an_amount_that_no_unit_price_gives_becomes_two_lines_of_the_same_product() -> None:
    rows = [line(7, "30011", "0.0411369", item={"id": 3301})]
    create = made(invoice(items=rows, sum="1234.56"), policy=dataclasses.replace(POLICY, unit_price_decimals=2))
    details = [row["ItemBasedExpenseLineDetail"] for row in create.body["Line"]]
    assert [detail["ItemRef"]["value"] for detail in details] == ["19", "19"]
    assert sum(detail["Qty"] for detail in details) == D(30011)
    assert sum(amounts(create)) == D("1234.56")
    assert create.line_keys == ("7", "7#2")
    assert "split_unit_price" in codes(create)


def test_a_line_of_quantity_zero_is_left_out_and_a_free_product_stays_at_nothing() -> None:
    rows = [line(1), line(2, "0", "9.99"), line(3, "4", "9.99", freeOfCharge=True, item={"id": 3301})]
    create = made(invoice(items=rows))
    assert create.line_keys == ("1", "3")
    assert create.body["Line"][1]["ItemBasedExpenseLineDetail"] == {
        "ItemRef": {"value": "19"},
        "Qty": D(4),
        "UnitPrice": D(0),
    }
    assert amounts(create) == [D("500.00"), D("0.00")]
    assert "zero_quantity" in codes(create)


def test_a_service_line_counts_its_net_total() -> None:
    rows = [line() | {"netTotal": "310.00", "price": None, "ordered": None}]
    assert amounts(made(invoice(items=rows, sum="310.00", isServiceOrder=True))) == [D("310.00")]


def test_an_allocation_over_classes_becomes_split_lines() -> None:
    shares = field_value(CLASS_FIELD, option(900, share="33.33"), option(901, share="66.67"))
    rows = [line(5, "10", "10.01", item={"id": 3301}, dataItemCustomFields=[shares])]
    create = made(invoice(items=rows, sum="100.10"))
    details = [row["ItemBasedExpenseLineDetail"] for row in create.body["Line"]]
    assert [detail["ClassRef"]["value"] for detail in details] == ["5000000000000142238", "8"]
    assert [detail["Qty"] for detail in details] == [D("3.333"), D("6.667")]
    assert amounts(create) == [D("33.36"), D("66.74")]
    assert create.line_keys == ("5@1", "5@2")


def test_classes_whose_shares_are_unknown_are_held() -> None:
    rows = [line(dataItemCustomFields=[field_value(CLASS_FIELD, option(900), option(901))])]
    assert codes(plan(invoice(items=rows), None, us_books(), POLICY)) == {"allocation_unclear"}


def test_one_class_per_transaction_stands_on_every_line_of_a_bill_and_two_are_held() -> None:
    books = us_books(PurchasePreferences(class_per_transaction=True))
    sales, support = ([field_value(CLASS_FIELD, option(option_id))] for option_id in (900, 901))
    create = made(invoice(items=[line(1, dataItemCustomFields=sales), line(2)], sum="1000.00"), books)
    assert [row[row["DetailType"]]["ClassRef"]["value"] for row in create.body["Line"]] == ["5000000000000142238"] * 2
    assert "ClassRef" not in create.body
    rows = [line(1, dataItemCustomFields=sales), line(2, dataItemCustomFields=support)]
    assert codes(plan(invoice(items=rows, sum="1000.00"), None, books, POLICY)) == {"several_classes"}


def test_a_class_or_customer_that_quickbooks_does_not_track_is_noted_not_sent() -> None:
    values = [field_value(CLASS_FIELD, option(900)), field_value(CUSTOMER_FIELD, option(910))]
    create = made(invoice(items=[line(dataItemCustomFields=values)]), us_books(PurchasePreferences()))
    assert create.body["Line"][0]["AccountBasedExpenseLineDetail"] == {"AccountRef": {"value": "60"}}
    assert {"class_tracking_off", "customer_tracking_off"} <= codes(create)


@pytest.mark.parametrize(("billable", "status"), [("no", "NotBillable"), ("yes", "Billable")])
def test_a_customer_always_comes_with_a_billable_status(billable: Literal["no", "yes"], status: str) -> None:
    rows = [line(dataItemCustomFields=[field_value(CUSTOMER_FIELD, option(910))])]
    create = made(invoice(items=rows), policy=dataclasses.replace(POLICY, billable=billable))
    detail = create.body["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["CustomerRef"] == {"value": "21"}
    assert detail["BillableStatus"] == status


def test_the_location_of_a_bill_is_its_department_and_several_are_held_or_left_out() -> None:
    single = [field_value(LOCATION_FIELD, option(991), document=True)]
    two = [field_value(LOCATION_FIELD, option(991, name="East"), option(992, name="West"), document=True)]
    assert made(invoice(dataDocumentCustomFields=single)).body["DepartmentRef"] == {"value": "1"}
    document = invoice(dataDocumentCustomFields=two)
    assert codes(plan(document, None, us_books(), POLICY)) == {"several_locations"}
    without = made(document, policy=dataclasses.replace(POLICY, several_locations="send_without"))
    assert "DepartmentRef" not in without.body
    assert "Locations: East, West" in without.body["PrivateNote"]


def test_every_problem_is_found_at_once_and_names_what_would_be_fixed() -> None:
    rows = [
        line(1, dataItemCustomFields=[field_value(ACCOUNT_FIELD, option(881))]),
        line(2, item={"id": 3302}),
        line(3, dataItemCustomFields=[field_value(ACCOUNT_FIELD, option(899, name="Travel"))]),
        line(4, currency="EUR"),
    ]
    document = invoice(items=rows, supplier={"id": 9, "name": "Nobody"}, issueDate=None, sum="2000.00")
    planned = plan(document, None, us_books(), POLICY)
    assert isinstance(planned, Hold)
    assert {(problem.code, problem.subject) for problem in planned.problems} == {
        ("date_missing", "document"),
        ("supplier_not_paired", "supplier:9"),
        ("entry_unusable", "option:881"),
        ("item_not_for_purchase", "item:3302"),
        ("option_not_paired", "option:899"),
        ("line_currency", "document"),
    }


def test_an_account_that_differs_from_the_products_is_noted() -> None:
    rows = [line(item={"id": 3301}, dataItemCustomFields=[field_value(ACCOUNT_FIELD, option(881))])]
    assert "account_of_item" in codes(made(invoice(items=rows)))


# What fits the document


def in_euros(kind: str, id_: str) -> Books:
    """Return the books with one account or customer in euros."""
    books = us_books()
    entries = dict(getattr(books, kind))
    changed: Any = {kind: entries | {id_: dataclasses.replace(entries[id_], currency="EUR")}}
    return dataclasses.replace(books, **changed)


def test_an_account_or_customer_in_a_third_currency_is_held_and_named_with_its_line() -> None:
    for kind, id_, field, chosen in (("accounts", "42", ACCOUNT_FIELD, 880), ("customers", "21", CUSTOMER_FIELD, 910)):
        rows = [line(dataItemCustomFields=[field_value(field, option(chosen))])]
        held = plan(invoice(items=rows), None, in_euros(kind, id_), POLICY)
        assert codes(held) == {"entry_currency"}
        assert isinstance(held, Hold)
        assert "Line Pen, blue goes to" in held.problems[0].sentence
        assert held.problems[0].subject == f"option:{chosen}"


def test_a_default_or_liability_account_in_a_third_currency_is_not_used() -> None:
    assert codes(plan(invoice(), None, in_euros("accounts", "60"), POLICY)) == {"account_missing"}
    rows = [line(taxes=[tax(77, "10", "50.00", isWithholdingTax=True)])]
    assert codes(plan(invoice(items=rows), None, in_euros("accounts", "70"), POLICY)) == {"withholding_not_mapped"}


@pytest.mark.parametrize("kind", ["Income", "Bank", "Equity", "Credit Card"])
def test_a_line_on_an_account_that_cannot_be_billed_is_not_billable_with_a_note(kind: str) -> None:
    books = us_books()
    accounts = dict(books.accounts) | {"60": dataclasses.replace(books.accounts["60"], kind=kind)}
    rows = [line(dataItemCustomFields=[field_value(CUSTOMER_FIELD, option(910))])]
    policy = dataclasses.replace(POLICY, billable="yes")
    create = made(invoice(items=rows), dataclasses.replace(books, accounts=accounts), policy)
    assert create.body["Line"][0]["AccountBasedExpenseLineDetail"]["BillableStatus"] == "NotBillable"
    assert "account_not_billable" in codes(create)


def written(value: str) -> dict[str, object]:
    return {"id": 1, "value": value, "itemCustomField": {"id": ACCOUNT_FIELD}}


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (
            (FieldOption(ACCOUNT_FIELD, 910, "Rent"), FieldOption(ACCOUNT_FIELD, 912, "910")),
            "Rent (id 910), 910 (id 912)",
        ),
        (
            (FieldOption(ACCOUNT_FIELD, 911, "910"), FieldOption(ACCOUNT_FIELD, 912, "910")),
            "910 (id 911), 910 (id 912)",
        ),
    ],
)
def test_a_text_that_may_mean_two_entries_is_held_and_names_both(others: tuple[FieldOption, ...], said: str) -> None:
    books = us_books()
    pairs = dict(books.pairs) | {("account", "910"): "42", ("account", "911"): "42", ("account", "912"): "60"}
    books = dataclasses.replace(books, options=(*books.options, *others), pairs=pairs)
    held = plan(invoice(items=[line(dataItemCustomFields=[written("910")])]), None, books, POLICY)
    assert codes(held) == {"option_unclear"}
    assert isinstance(held, Hold)
    assert said in held.problems[0].sentence
    one_twin = dataclasses.replace(books, pairs=pairs | {("account", "912"): "42"})
    assert made(invoice(items=[line(dataItemCustomFields=[written("910")])]), one_twin)


def test_what_is_unusual_is_said() -> None:
    early = made(invoice(requiredDate="2026-10-01T00:00:00+00:00"))
    assert "due_before_its_date" in codes(early)
    yen = us_books(home_currency="JPY", vendors={"56": BookEntry("56", "Acme Supply", currency="JPY")})
    rows = [line(1, "1", "14998.5", currency="JPY")]
    assert "fraction_of_a_whole_currency" in codes(made(invoice(currency="JPY", items=rows, sum="14998.5"), yen))


# Withholding tax


def test_withholding_tax_abroad_has_a_code_of_its_own() -> None:
    rows = [line(currency="GBP", taxes=[tax(5, "20", "100.00"), tax(77, "10", "50.00", isWithholdingTax=True)])]
    document = invoice(currency="GBP", items=rows, sum="600.00", netSum="500.00")
    zero = dataclasses.replace(POLICY, zero_tax_code="4")
    assert codes(plan(document, None, uk_books(), zero)) == {"withholding_code_unusable"}
    books = uk_books()
    no_vat = {"7": TaxCode("7", "No VAT", rates=(TaxComponent("11"),))}
    books = dataclasses.replace(books, tax_codes=dict(books.tax_codes) | no_vat)
    create = made(document, books, dataclasses.replace(zero, withholding_tax_code="7"))
    assert create.body["Line"][1]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] == {"value": "7"}


@pytest.mark.parametrize(("total", "payable"), [("500.00", "450.00"), ("450.00", "450.00")])
def test_withholding_tax_is_one_negative_line_whichever_way_the_total_is_meant(total: str, payable: str) -> None:
    rows = [line(taxes=[tax(77, "10", "50.00", isWithholdingTax=True)])]
    create = made(invoice(items=rows, sum=total))
    assert amounts(create) == [D("500.00"), D("-50.00")]
    assert create.body["Line"][1]["AccountBasedExpenseLineDetail"]["AccountRef"] == {"value": "70"}
    assert create.total == D(payable)
    assert create.line_keys[1] == "withholding:77"


def test_withholding_tax_may_be_given_below_zero() -> None:
    rows = [line(taxes=[tax(77, "10", "-50.00", isWithholdingTax=True)])]
    assert made(invoice(items=rows, sum="450.00")).total == D("450.00")


def test_withholding_tax_without_account_or_too_small_to_tell_is_held() -> None:
    unmapped = [line(taxes=[tax(78, "10", "50.00", isWithholdingTax=True)])]
    assert codes(plan(invoice(items=unmapped), None, us_books(), POLICY)) == {"withholding_not_mapped"}
    tiny = [line(n, "1", "166.6667", taxes=[tax(77, "0.002", "0.0033", isWithholdingTax=True)]) for n in (1, 2, 3)]
    assert codes(plan(invoice(items=tiny), None, us_books(), POLICY)) == {"withholding_unclear"}


# Tax codes


def test_tax_codes_are_matched_by_the_set_of_rates_with_precoros_own_sums() -> None:
    rows = [
        line(1, taxes=[tax(5, "20", "100.00")], currency="GBP"),
        line(2, "1", "9.99", taxes=[tax(5, "20", "2.00"), tax(8, "7", "0.69")], currency="GBP"),
    ]
    create = made(invoice(currency="GBP", items=rows, sum="612.68", netSum="509.99"), uk_books())
    assert [row[row["DetailType"]]["TaxCodeRef"]["value"] for row in create.body["Line"]] == ["2", "5"]
    detail = create.body["TxnTaxDetail"]
    lines = {row["TaxLineDetail"]["TaxRateRef"]["value"]: row for row in detail["TaxLine"]}
    assert detail["TotalTax"] == D("102.69")
    assert lines["9"]["Amount"] == D("102.00")
    assert lines["9"]["TaxLineDetail"]["NetAmountTaxable"] == D("509.99")
    assert lines["12"]["Amount"] == D("0.69")
    assert create.body["GlobalTaxCalculation"] == "TaxExcluded"


@pytest.mark.parametrize(
    ("taxes", "code"),
    [
        ([], "tax_missing"),
        ([tax(99, "20", "100.00")], "tax_not_paired"),
        ([tax(5, "19", "100.00")], "tax_rate_differs"),
        ([tax(5, "20", "100.00", usedTaxPercent="50")], "tax_partly_recoverable"),
        ([tax(9, "20", "100.00")], "tax_reverse_charge"),
        ([tax(6, "5", "25.00"), tax(8, "7", "35.00")], "tax_code_missing"),
        ([tax(5, "20", "100.00"), tax(8, "7", "42.00")], "tax_compound"),
    ],
)
def test_a_tax_that_cannot_be_matched_is_held(taxes: list[dict[str, object]], code: str) -> None:
    total = D("500.00") + sum((D(str(tax["sum"])) for tax in taxes), D(0))
    document = invoice(currency="GBP", items=[line(taxes=taxes, currency="GBP")], sum=str(total))
    assert codes(plan(document, None, uk_books(), POLICY)) == {code}


def test_a_problem_with_taxes_names_what_a_match_would_mend() -> None:
    single = line(1, taxes=[tax(99, "20", "100.00")], currency="GBP")
    several = line(2, taxes=[tax(6, "5", "25.00"), tax(8, "7", "35.00")], currency="GBP")
    withheld = line(3, taxes=[tax(78, "10", "50.00", isWithholdingTax=True)], currency="GBP")
    held = plan(invoice(currency="GBP", items=[single, several, withheld]), None, uk_books(), POLICY)
    assert isinstance(held, Hold)
    subjects = {problem.subject for problem in held.problems if problem.code.startswith(("tax_", "withholding_"))}
    assert {"tax:99", "tax_set:6+8", "withholding:78"} <= subjects


def test_a_line_without_tax_may_get_the_zero_code_by_policy() -> None:
    policy = dataclasses.replace(POLICY, line_without_tax="zero_code", zero_tax_code="4")
    create = made(invoice(currency="GBP", items=[line(currency="GBP")]), uk_books(), policy)
    assert create.body["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] == {"value": "4"}
    assert create.body["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == D("500.00")
    wrong = dataclasses.replace(policy, zero_tax_code="2")
    held = plan(invoice(currency="GBP", items=[line(currency="GBP")]), None, uk_books(), wrong)
    assert codes(held) == {"zero_code_unusable"}


def test_reverse_charge_goes_by_the_code_chosen_by_hand() -> None:
    books = uk_books()
    books = dataclasses.replace(books, pairs=dict(books.pairs) | {("tax_set", "90"): "6"})
    create = made(invoice(currency="GBP", items=[line(taxes=[tax(90, "0", "0")], currency="GBP")]), books)
    lines = {
        row["TaxLineDetail"]["TaxRateRef"]["value"]: row["Amount"] for row in create.body["TxnTaxDetail"]["TaxLine"]
    }
    assert lines == {"13": D("100.00"), "14": D("-100.00")}
    assert create.body["TxnTaxDetail"]["TotalTax"] == 0


def test_an_inactive_code_does_not_count_and_two_alike_need_a_choice_by_hand() -> None:
    document = invoice(currency="GBP", items=[line(taxes=[tax(5, "20", "100.00")], currency="GBP")], sum="600.00")
    books = uk_books()
    inactive = dataclasses.replace(books.tax_codes["2"], active=False)
    off = dataclasses.replace(books, tax_codes=dict(books.tax_codes) | {"2": inactive})
    assert codes(plan(document, None, off, POLICY)) == {"tax_code_missing"}
    twin = dataclasses.replace(books.tax_codes["2"], id="22", name="20.0% ECS")
    two = dataclasses.replace(books, tax_codes=dict(books.tax_codes) | {"22": twin})
    assert codes(plan(document, None, two, POLICY)) == {"tax_code_ambiguous"}
    by_hand = dataclasses.replace(two, pairs=dict(two.pairs) | {("tax_set", "5"): "22"})
    assert made(document, by_hand).body["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] == {"value": "22"}


def test_a_compound_tax_goes_to_a_code_whose_rate_counts_tax_on_tax() -> None:
    books = uk_books()
    compound = TaxCode("5", "20 % and levy", rates=(TaxComponent("9"), TaxComponent("12", "TaxOnAmountPlusTax", 1)))
    books = dataclasses.replace(books, tax_codes=dict(books.tax_codes) | {"5": compound})
    taxes = [tax(5, "20", "100.00"), tax(8, "7", "42.00")]
    document = invoice(currency="GBP", items=[line(taxes=taxes, currency="GBP")], sum="642.00")
    rows = made(document, books).body["TxnTaxDetail"]["TaxLine"]
    assert [row["TaxLineDetail"]["NetAmountTaxable"] for row in rows] == [D("500.00"), D("600.00")]


def test_an_inactive_vendor_is_held() -> None:
    books = us_books()
    asleep = dataclasses.replace(books.vendors["56"], active=False)
    held = plan(invoice(), None, dataclasses.replace(books, vendors={"56": asleep}), POLICY)
    assert codes(held) == {"vendor_unusable"}


def test_an_inactive_vendor_in_another_currency_is_named_by_it_and_its_remedy_is_about_that_pair() -> None:
    books = us_books()
    asleep = dataclasses.replace(books.vendors["56"], active=False)
    pairs = {**books.pairs, ("supplier_in", "9001:USD"): "56"}
    held = plan(invoice(), None, dataclasses.replace(books, vendors={"56": asleep}, pairs=pairs), POLICY)
    assert isinstance(held, Hold)
    [problem] = held.problems
    assert problem.sentence == "The vendor of supplier Acme Supply in USD is inactive or gone in QuickBooks."
    assert [act.name for act in problem.remedy.acts] == ["unpair_supplier_in", "pair_supplier_in"]


def test_folded_taxes_are_gross_amounts_without_codes() -> None:
    policy = dataclasses.replace(POLICY, taxes="folded")
    rows = [line(taxes=[tax(5, "20", "100.00")], currency="GBP")]
    create = made(invoice(currency="GBP", items=rows, sum="600.00"), uk_books(), policy)
    assert create.body["GlobalTaxCalculation"] == "NotApplicable"
    assert "TxnTaxDetail" not in create.body
    assert amounts(create) == [D("600.00")]


# Currency


def test_a_foreign_bill_asks_for_the_rate_of_its_date_and_takes_the_payables_of_its_currency() -> None:
    rows = [line(taxes=[tax(5, "20", "100.00")], currency="EUR")]
    document = invoice(currency="EUR", supplier={"id": 9003, "name": "Acme"}, items=rows, sum="600.00")
    need = plan(document, None, uk_books(), POLICY)
    assert need == RateLookup("EUR", date(2026, 10, 4))
    create = made(document, uk_books(), answers={need: D("0.8612")})
    assert create.body["CurrencyRef"] == {"value": "EUR"}
    assert create.body["ExchangeRate"] == D("0.8612")
    assert create.body["APAccountRef"] == {"value": "34"}
    for rate in (None, D(0)):
        assert codes(plan(document, None, uk_books(), POLICY, answers={need: rate})) == {"rate_missing"}


def test_a_rate_of_one_is_held_until_a_person_says_that_the_currency_is_pegged() -> None:
    rows = [line(taxes=[tax(5, "20", "100.00")], currency="EUR")]
    document = invoice(currency="EUR", supplier={"id": 9003, "name": "Acme"}, items=rows, sum="600.00")
    answers: Answers = {RateLookup("EUR", date(2026, 10, 4)): D(1)}
    policy = dataclasses.replace(POLICY, pegged_currencies=("BMD",))
    held = plan(document, None, uk_books(), policy, answers=answers)
    assert codes(held) == {"rate_is_one"}
    assert isinstance(held, Hold)
    assert held.problems[0].remedy.acts[0].arguments == {"currencies": "BMD,EUR"}
    pegged = dataclasses.replace(POLICY, pegged_currencies=("BMD", "EUR"))
    assert made(document, uk_books(), pegged, answers=answers).body["ExchangeRate"] == 1


def test_precoros_rate_is_taken_by_policy_if_its_totals_bear_it_out() -> None:
    policy = dataclasses.replace(POLICY, exchange_rate="precoro")
    rows = [line(taxes=[tax(5, "20", "100.00")], currency="EUR")]
    parts = {"currency": "EUR", "supplier": {"id": 9003, "name": "Acme"}, "items": rows, "sum": "600.00"}
    create = made(invoice(**parts, exchangeRate={"EUR": "0.86"}, sumInCompanyCurrency="516.00"), uk_books(), policy)
    assert create.body["ExchangeRate"] == D("0.86")
    upside_down = invoice(**parts, exchangeRate={"EUR": "1.163"}, sumInCompanyCurrency="516.00")
    assert codes(plan(upside_down, None, uk_books(), policy)) == {"rate_unclear"}
    unproven = invoice(**parts, exchangeRate={"EUR": "0.86"}, sumInCompanyCurrency=None)
    assert codes(plan(unproven, None, uk_books(), policy)) == {"rate_unproven"}


@pytest.mark.parametrize(
    ("precoro", "code", "said"),
    [
        (None, "rate_base_unknown", "a document in GBP is approved"),
        ("USD", "rate_of_another_home", "towards USD, but the home currency of QuickBooks is GBP"),
    ],
)
def test_precoros_rate_is_never_sent_unless_it_is_towards_the_home_currency_of_quickbooks(
    precoro: str | None, code: str, said: str
) -> None:
    policy = dataclasses.replace(POLICY, exchange_rate="precoro")
    rows = [line(taxes=[tax(5, "20", "100.00")], currency="EUR")]
    parts = {"currency": "EUR", "supplier": {"id": 9003, "name": "Acme"}, "items": rows, "sum": "600.00"}
    document = invoice(**parts, exchangeRate={"EUR": "1.08"}, sumInCompanyCurrency="648.00")
    held = plan(document, None, uk_books(precoro_currency=precoro), policy)
    assert codes(held) == {code}
    assert isinstance(held, Hold)
    assert said in held.problems[0].sentence + held.problems[0].remedy.words
    assert isinstance(plan(document, None, uk_books(precoro_currency=precoro), POLICY), RateLookup)


def test_a_vendor_in_another_currency_and_a_company_without_multicurrency_are_held() -> None:
    document = invoice(currency="EUR", items=[line(currency="EUR")])
    assert codes(plan(document, None, us_books(), POLICY)) == {"vendor_currency", "multicurrency_off"}


# Closed books, duplicates


def test_a_closed_period_holds_or_moves_to_the_first_open_day() -> None:
    books = us_books(PurchasePreferences(book_close_date=date(2026, 10, 31)))
    held = plan(invoice(), None, books, POLICY)
    assert codes(held) == {"period_closed"}
    create = made(invoice(), books, dataclasses.replace(POLICY, closed_period="first_open_day"))
    assert create.body["TxnDate"] == "2026-11-01"
    assert create.body["DueDate"] == "2026-11-03"
    assert "Dated 2026-10-04 in Precoro" in create.body["PrivateNote"]
    assert "date_moved" in codes(create)


def recent_entity(**more: object) -> RecentEntity:
    bill = RecentEntity("Bill", "77", "56", "s 88123", D("480.00"), date(2026, 10, 1))
    return dataclasses.replace(bill, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bill", "held"),
    [
        (recent_entity(), True),
        (recent_entity(number="other", total=D("500.00"), date=date(2026, 10, 4)), True),
        (
            recent_entity(number="other", total=D("500.00"), date=date(2026, 10, 4), marker="tieout:widgets:invoice:5"),
            False,
        ),
        (recent_entity(vendor_id="57"), False),
        (recent_entity(type="PurchaseOrder"), False),
        (recent_entity(number="other"), False),
    ],
)
def test_a_bill_of_the_same_number_or_the_same_figures_is_a_possible_duplicate(bill: RecentEntity, held: bool) -> None:
    books = us_books(recent_entities=(bill,))
    planned = plan(invoice(), None, books, POLICY)
    assert (codes(planned) == {"possible_duplicate"}) is held
    anyway = made(invoice(), books, decisions=Decisions.read({"possible_duplicate"}))
    assert ("sent_despite" in codes(anyway)) is held
    assert anyway.allow_duplicate is True


@pytest.mark.parametrize(
    ("expense", "held"),
    [
        (recent_entity(type="Purchase", number="", total=D("500.00"), date=date(2026, 9, 29)), True),
        (recent_entity(type="Purchase", number="1041", total=D("500.00"), date=date(2026, 10, 9)), True),
        (recent_entity(type="Purchase", total=D("500.00"), date=date(2026, 9, 28)), False),
        (recent_entity(type="Purchase", total=D("500.01"), date=date(2026, 10, 4)), False),
        (recent_entity(type="Purchase", total=D("480.00"), date=date(2026, 10, 4)), False),
    ],
)
def test_an_expense_of_the_same_amount_within_five_days_is_asked_about_before_the_bill_goes(
    expense: RecentEntity, held: bool
) -> None:
    books = us_books(recent_entities=(expense,))
    planned = plan(invoice(), None, books, POLICY)
    assert (codes(planned) == {"possible_expense"}) is held
    anyway = made(invoice(), books, decisions=Decisions.read({"possible_expense"}))
    assert ("sent_despite" in codes(anyway)) is held
    assert anyway.allow_duplicate is False


def test_an_expense_that_somebody_accepted_accepts_no_bill_of_the_same_number() -> None:
    expense = recent_entity(type="Purchase", total=D("500.00"), date=date(2026, 10, 4))
    books = us_books(recent_entities=(expense, recent_entity()))
    held = plan(invoice(), None, books, POLICY, decisions=Decisions.read({"possible_expense"}))
    assert codes(held) == {"possible_duplicate"}


def test_a_duplicate_is_named_as_it_is_written_in_quickbooks() -> None:
    books = us_books(recent_entities=(recent_entity(number="S-88/123", total=D(54)),))
    held = plan(invoice(invoiceNumber="s-88-123"), None, books, POLICY)
    assert isinstance(held, Hold)
    assert "Bill 77 in QuickBooks (S-88/123, USD 54.00, 2026-10-01)" in held.problems[0].sentence
    other = us_books(recent_entities=(recent_entity(number="2026-11-1"),))
    assert made(invoice(invoiceNumber="2026-1-11"), other).allow_duplicate is False


def test_a_rate_without_a_figure_is_no_rate_of_nothing() -> None:
    books = uk_books()
    rates = dict(books.tax_rates) | {"11": TaxRate("11", "VAT 0")}
    books = dataclasses.replace(books, tax_rates=rates)
    untaxed = invoice(currency="GBP", items=[line(currency="GBP")])
    policy = dataclasses.replace(POLICY, line_without_tax="zero_code", zero_tax_code="4")
    assert codes(plan(untaxed, None, books, policy)) == {"zero_code_unusable"}


def test_a_tax_that_is_not_what_its_code_comes_to_is_noted() -> None:
    books = uk_books()
    books = dataclasses.replace(books, pairs=dict(books.pairs) | {("tax_set", "6"): "2"})
    rows = [line(currency="GBP", taxes=[tax(6, "5", "25.00")])]
    create = made(invoice(currency="GBP", items=rows, sum="525.00"), books)
    assert "tax_of_another_rate" in codes(create)
