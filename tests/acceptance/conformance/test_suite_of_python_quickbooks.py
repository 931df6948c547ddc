"""What python-quickbooks' own suite asks of QuickBooks, asked of the stand-in: every entity of procurement, as it is read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from quickbooks.batch import batch_create, batch_delete, batch_update  # type: ignore[import-untyped]
from quickbooks.objects.account import Account  # type: ignore[import-untyped]
from quickbooks.objects.attachable import Attachable  # type: ignore[import-untyped]
from quickbooks.objects.base import (  # type: ignore[import-untyped]
    Address,
    AttachableRef,
    EmailAddress,
    PhoneNumber,
    WebAddress,
)
from quickbooks.objects.bill import Bill  # type: ignore[import-untyped]
from quickbooks.objects.billpayment import BillPayment, BillPaymentLine, CheckPayment  # type: ignore[import-untyped]
from quickbooks.objects.customer import Customer  # type: ignore[import-untyped]
from quickbooks.objects.department import Department  # type: ignore[import-untyped]
from quickbooks.objects.detailline import (  # type: ignore[import-untyped]
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
)
from quickbooks.objects.employee import Employee  # type: ignore[import-untyped]
from quickbooks.objects.item import Item  # type: ignore[import-untyped]
from quickbooks.objects.purchase import Purchase  # type: ignore[import-untyped]
from quickbooks.objects.purchaseorder import PurchaseOrder  # type: ignore[import-untyped]
from quickbooks.objects.taxcode import TaxCode  # type: ignore[import-untyped]
from quickbooks.objects.trackingclass import Class  # type: ignore[import-untyped]
from quickbooks.objects.vendor import Vendor  # type: ignore[import-untyped]

from tests.acceptance.conformance.objects import made_of

PERSON = {"Title": "Ms.", "GivenName": "Ida", "MiddleName": "B", "FamilyName": "Reyes", "Suffix": "Sr."}
PLACE = {
    "Line1": "12 Mill Lane",
    "Line2": "Unit 3",
    "City": "Austin",
    "Country": "U.S.A",
    "CountrySubDivisionCode": "TX",
    "PostalCode": "78701",
}


def first(kind: Any, books: Any) -> Any:
    return kind.all(max_results=1, qb=books)[0]


def shown(record: Any, names: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def reached() -> dict[str, Any]:
    return {
        "BillAddr": made_of(Address, **PLACE),
        "PrimaryPhone": made_of(PhoneNumber, FreeFormNumber="512-555-0142"),
        "PrimaryEmailAddr": made_of(EmailAddress, Address="ida@reyes.example"),
    }


def category_line(books: Any, amount: int) -> Any:
    account = Account.filter(AccountType="Expense", max_results=1, qb=books)[0]
    detail = made_of(AccountBasedExpenseLineDetail, AccountRef=account.to_ref())
    return made_of(AccountBasedExpenseLine, Amount=amount, AccountBasedExpenseLineDetail=detail)


def stocked_line(books: Any) -> tuple[Any, dict[str, str]]:
    """Return a line with everything that may stand on it, and the ids that it refers to."""
    item = Item.filter(Type="Inventory", max_results=1, qb=books)[0]
    customer, code = first(Customer, books), first(TaxCode, books)
    detail = made_of(
        ItemBasedExpenseLineDetail, BillableStatus="NotBillable", UnitPrice=100, Qty=1,
        CustomerRef=customer.to_ref(), TaxCodeRef=code.to_ref(), ItemRef=item.to_ref(),
    )  # fmt: skip
    ids = {"CustomerRef": customer.Id, "TaxCodeRef": code.Name, "ItemRef": item.Id}
    return made_of(ItemBasedExpenseLine, Amount=100, ItemBasedExpenseLineDetail=detail), ids


def check_stocked_line(line: Any, ids: dict[str, str]) -> None:
    detail = line.ItemBasedExpenseLineDetail
    assert (line.Amount, detail.UnitPrice, detail.Qty) == (100, 100, 1)
    assert {name: getattr(detail, name).value for name in ids} == ids


@pytest.mark.parametrize("kind", [Vendor, Customer])
def test_a_partner_is_read_back_with_name_address_phone_and_mail(books: Any, kind: Any) -> None:
    named = {**PERSON, "CompanyName": "Reyes & Co", "DisplayName": f"Reyes {kind.__name__}"}
    made = made_of(kind, **named, **reached()).save(qb=books)
    read = kind.get(made.Id, qb=books)
    assert shown(read, named) == named
    assert shown(read.BillAddr, PLACE) == PLACE
    assert read.PrimaryPhone.FreeFormNumber == "512-555-0142"
    assert read.PrimaryEmailAddr.Address == "ida@reyes.example"
    read.GivenName = "Ana"
    read.save(qb=books)
    assert kind.get(made.Id, qb=books).GivenName == "Ana"


def test_a_vendor_has_an_account_number_a_site_and_a_name_on_cheques(books: Any) -> None:
    more = {"AcctNum": "281430", "PrintOnCheckName": "Reyes & Co"}
    site = made_of(WebAddress, URI="https://reyes.example")
    made = made_of(Vendor, DisplayName="Reyes", TaxIdentifier="99-9999999", WebAddr=site, **more).save(qb=books)
    read = Vendor.get(made.Id, qb=books)
    assert (shown(read, more), read.WebAddr.URI) == (more, "https://reyes.example")
    assert read.TaxIdentifier.endswith("9999")


def test_an_account_is_made_by_its_detail_type_alone_and_renamed(books: Any) -> None:
    made = made_of(Account, Name="Petty cash 2", AcctNum="281430", AccountSubType="CashOnHand").save(qb=books)
    read = Account.get(made.Id, qb=books)
    assert (read.Name, read.AcctNum, read.AccountType) == ("Petty cash 2", "281430", "Bank")
    read.Name = "Petty cash, office"
    read.save(qb=books)
    assert Account.get(made.Id, qb=books).Name == "Petty cash, office"


@pytest.mark.parametrize("kind", [Class, Department])
def test_a_class_or_location_is_made_and_renamed(books: Any, kind: Any) -> None:
    made = made_of(kind, Name="Fleet").save(qb=books)
    assert kind.get(made.Id, qb=books).Name == "Fleet"
    made.Name = "Fleet and depot"
    made.save(qb=books)
    assert kind.get(made.Id, qb=books).Name == "Fleet and depot"


def test_an_employee_is_read_back_with_an_address(books: Any) -> None:
    made = made_of(
        Employee, GivenName="Rosa", FamilyName="Quill", SSN="444-55-6666", PrimaryAddr=made_of(Address, **PLACE)
    ).save(qb=books)
    read = Employee.get(made.Id, qb=books)
    assert (read.GivenName, read.FamilyName, read.PrimaryAddr.City) == ("Rosa", "Quill", "Austin")


def test_an_inventory_product_keeps_its_three_accounts(books: Any) -> None:
    def account(kind: str, detail: str) -> Any:
        return made_of(Account, Name=f"For {detail}", AccountType=kind, AccountSubType=detail).save(qb=books)

    accounts = {
        "IncomeAccountRef": account("Income", "SalesOfProductIncome"),
        "ExpenseAccountRef": account("Cost of Goods Sold", "SuppliesMaterialsCogs"),
        "AssetAccountRef": account("Other Current Asset", "Inventory"),
    }
    made = made_of(
        Item, Name="Crate", Type="Inventory", TrackQtyOnHand=True, QtyOnHand=10, InvStartDate="2015-01-01",
        **{name: entry.to_ref() for name, entry in accounts.items()},
    ).save(qb=books)  # fmt: skip
    read = Item.get(made.Id, qb=books)
    assert (read.Name, read.Type, read.TrackQtyOnHand, read.QtyOnHand) == ("Crate", "Inventory", True, 10)
    assert {name: getattr(read, name).value for name in accounts} == {
        name: entry.Id for name, entry in accounts.items()
    }


def test_the_first_account_of_all_is_the_one_for_payables(books: Any) -> None:
    assert first(Account, books).AccountType == "Accounts Payable"


def test_an_order_keeps_customer_tax_code_and_product_of_its_line(books: Any) -> None:
    vendor, payable = first(Vendor, books), first(Account, books)
    line, ids = stocked_line(books)
    made = made_of(
        PurchaseOrder, Line=[line], VendorRef=vendor.to_ref(), APAccountRef=payable.to_ref(), TotalAmt=100
    ).save(qb=books)
    read = PurchaseOrder.get(made.Id, qb=books)
    assert (read.VendorRef.value, read.APAccountRef.value, read.TotalAmt) == (vendor.Id, payable.Id, 100)
    check_stocked_line(read.Line[0], ids)


def test_a_purchase_by_card_keeps_customer_tax_code_and_product_of_its_line(books: Any) -> None:
    card = Account.filter(AccountType="Credit Card", max_results=1, qb=books)[0]
    line, ids = stocked_line(books)
    purchase = made_of(Purchase, DocNumber="Doc123", PaymentType="CreditCard", AccountRef=card.to_ref(), Line=[line])
    made = purchase.save(qb=books, params={"include": "allowduplicatedocnum"})
    read = Purchase.get(made.Id, qb=books)
    assert (read.AccountRef.value, read.DocNumber, read.TotalAmt) == (card.Id, "Doc123", 100)
    check_stocked_line(read.Line[0], ids)


def test_a_bill_is_read_back_with_its_line(books: Any) -> None:
    made = made_of(Bill, VendorRef=first(Vendor, books).to_ref(), Line=[category_line(books, 200)]).save(qb=books)
    read = Bill.get(made.Id, qb=books)
    assert (read.Id, [line.Amount for line in read.Line]) == (made.Id, [200])


def test_a_payment_of_a_bill_is_read_back_and_voided(books: Any) -> None:
    vendor = first(Vendor, books)
    owed = made_of(Bill, VendorRef=vendor.to_ref(), Line=[category_line(books, 200)]).save(qb=books)
    bank = Account.filter(AccountType="Bank", max_results=1, qb=books)[0]
    payable = Account.where("AccountType = 'Accounts Payable'", qb=books)[0]
    line = made_of(BillPaymentLine, Amount=200, LinkedTxn=[owed.to_linked_txn()])
    paid = made_of(
        BillPayment, PayType="Check", TotalAmt=200, PrivateNote="Private note", VendorRef=vendor.to_ref(), Line=[line],
        CheckPayment=made_of(CheckPayment, BankAccountRef=bank.to_ref()), APAccountRef=payable.to_ref(),
    ).save(qb=books)  # fmt: skip
    read = BillPayment.get(paid.Id, qb=books)
    assert (read.PayType, read.TotalAmt, read.PrivateNote) == ("Check", 200, "Private note")
    assert [applied.Amount for applied in read.Line] == [200]
    read.void(qb=books)
    voided = BillPayment.get(paid.Id, qb=books)
    assert (voided.TotalAmt, voided.PrivateNote) == (0, "Voided - Private note")


def test_a_second_payment_of_a_paid_bill_is_kept_without_lines(books: Any) -> None:
    vendor = first(Vendor, books)
    owed = made_of(Bill, VendorRef=vendor.to_ref(), Line=[category_line(books, 200)]).save(qb=books)
    bank = Account.filter(AccountType="Bank", max_results=1, qb=books)[0]

    def paid() -> Any:
        line = made_of(BillPaymentLine, Amount=200, LinkedTxn=[owed.to_linked_txn()])
        by_check = made_of(CheckPayment, BankAccountRef=bank.to_ref())
        payment = made_of(BillPayment, PayType="Check", TotalAmt=200, VendorRef=vendor.to_ref(), Line=[line])
        payment.CheckPayment = by_check
        return BillPayment.get(payment.save(qb=books).Id, qb=books)

    assert [len(paid().Line), len(paid().Line)] == [1, 0]


def test_a_note_is_attached_to_a_vendor_and_changed(books: Any) -> None:
    vendor = first(Vendor, books)
    link = made_of(AttachableRef, EntityRef=vendor.to_ref())
    made = made_of(Attachable, Note="Seen", AttachableRef=[link]).save(qb=books)
    read = Attachable.get(made.Id, qb=books)
    assert (read.AttachableRef[0].EntityRef.value, read.AttachableRef[0].IncludeOnSend) == (vendor.Id, False)
    read.Note = "Seen twice"
    read.save(qb=books)
    assert Attachable.get(made.Id, qb=books).Note == "Seen twice"


def test_a_file_without_content_is_attached_and_has_an_address_at_once(books: Any, tmp_path: Path) -> None:
    vendor, file = first(Vendor, books), tmp_path / "empty.txt"
    file.touch()
    upload = made_of(
        Attachable, FileName=file.name, ContentType="text/plain", AttachableRef=[made_of(AttachableRef, EntityRef=vendor.to_ref())]
    )  # fmt: skip
    upload._FilePath = str(file)  # noqa: SLF001 how python-quickbooks is told which file
    made = upload.save(qb=books)
    assert made.TempDownloadUri
    assert Attachable.get(made.Id, qb=books).AttachableRef[0].EntityRef.value == vendor.Id


def test_a_batch_creates_changes_and_deletes(books: Any) -> None:
    names = [f"Batch {number}" for number in range(3)]
    made = batch_create([made_of(Customer, DisplayName=name) for name in names], qb=books)
    assert ([customer.DisplayName for customer in made.successes], made.faults) == (names, [])
    for customer in made.successes:
        customer.CompanyName = "One company"
    changed = batch_update(made.successes, qb=books)
    assert {customer.CompanyName for customer in changed.successes} == {"One company"}
    bills = [made_of(Bill, VendorRef=first(Vendor, books).to_ref(), Line=[category_line(books, 5)]).save(qb=books)]
    assert batch_delete(bills, qb=books).faults == []
    assert [fault.Error[0].code for fault in batch_delete(bills, qb=books).faults] == ["610"]
