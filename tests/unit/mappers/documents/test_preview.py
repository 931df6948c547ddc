"""What would be sent, as people read it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from mappers.documents.outcomes import Create
from mappers.documents.preview import linked_orders, preview, references

BILL = Create(
    "Bill",
    {
        "VendorRef": {"value": "56"},
        "TxnDate": "2026-11-11",
        "DueDate": "2026-12-02",
        "DocNumber": "S-1",
        "DepartmentRef": {"value": "2"},
        "Line": [
            {
                "Description": "Copy paper",
                "Amount": Decimal(540),
                "DetailType": "ItemBasedExpenseLineDetail",
                "ItemBasedExpenseLineDetail": {
                    "ItemRef": {"value": "11"},
                    "Qty": Decimal(10),
                    "UnitPrice": Decimal(54),
                    "ClassRef": {"value": "gone"},
                },
                "LinkedTxn": [{"TxnId": "900", "TxnType": "PurchaseOrder", "TxnLineId": "1"}],
            },
        ],
        "TxnTaxDetail": {"TaxLine": [{"Amount": Decimal(108), "TaxLineDetail": {"TaxRateRef": {"value": "3"}}}]},
    },
    Decimal(648),
)
NAMES = {
    ("vendor", "56"): "Acme Supply",
    ("department", "2"): "East",
    ("item", "11"): "Paper",
    ("tax_rate", "3"): "VAT 20%",
    ("purchase_order", "900"): "PO-57",
}


def test_names_stand_in_place_of_ids_and_an_id_where_the_lists_do_not_have_it() -> None:
    entity = preview(BILL, NAMES, currency="GBP", precoro_date=date(2026, 11, 2))
    goods, tax = entity.lines
    assert (entity.vendor, entity.location, entity.number) == ("Acme Supply", "East", "S-1")
    assert (goods.item, goods.class_name, goods.order, goods.quantity) == ("Paper", "gone", "PO-57", Decimal(10))
    assert (tax.description, tax.amount) == ("Tax: VAT 20%", Decimal(108))


def test_a_date_that_moves_is_shown_beside_the_one_in_precoro() -> None:
    moved = preview(BILL, NAMES, currency="GBP", precoro_date=date(2026, 11, 2))
    same = preview(BILL, NAMES, currency="GBP", precoro_date=date(2026, 11, 11))
    assert (moved.dated, moved.moved_from, same.moved_from) == (date(2026, 11, 11), date(2026, 11, 2), None)


def test_a_class_of_the_whole_transaction_stands_on_each_line() -> None:
    order = Create("PurchaseOrder", {"TxnDate": "2026-11-11", "ClassRef": {"value": "7"}, "Line": [{}, {}]}, Decimal(0))
    entity = preview(order, {("class", "7"): "Sales"}, currency="USD", precoro_date=None)
    assert [line.class_name for line in entity.lines] == ["Sales", "Sales"]


def test_every_reference_and_every_linked_order_is_named_once() -> None:
    assert sorted(references(BILL.body)) == [
        ("ClassRef", "gone"), ("DepartmentRef", "2"), ("ItemRef", "11"), ("TaxRateRef", "3"), ("VendorRef", "56"),
    ]  # fmt: skip
    assert list(linked_orders(BILL.body)) == ["900"]
