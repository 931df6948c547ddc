"""python-quickbooks, which runs against Intuit, does a bookkeeper's work against the stand-in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from quickbooks import exceptions  # type: ignore[import-untyped]
from quickbooks.batch import batch_create, batch_delete  # type: ignore[import-untyped]
from quickbooks.cdc import change_data_capture  # type: ignore[import-untyped]
from quickbooks.objects.account import Account  # type: ignore[import-untyped]
from quickbooks.objects.attachable import Attachable  # type: ignore[import-untyped]
from quickbooks.objects.base import (  # type: ignore[import-untyped]
    Address,
    AttachableRef,
    EmailAddress,
    LinkedTxn,
    PhoneNumber,
)
from quickbooks.objects.bill import Bill  # type: ignore[import-untyped]
from quickbooks.objects.billpayment import BillPayment, BillPaymentLine, CheckPayment  # type: ignore[import-untyped]
from quickbooks.objects.company_info import CompanyInfo  # type: ignore[import-untyped]
from quickbooks.objects.customer import Customer  # type: ignore[import-untyped]
from quickbooks.objects.department import Department  # type: ignore[import-untyped]
from quickbooks.objects.detailline import (  # type: ignore[import-untyped]
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
)
from quickbooks.objects.exchangerate import ExchangeRate  # type: ignore[import-untyped]
from quickbooks.objects.item import Item  # type: ignore[import-untyped]
from quickbooks.objects.preferences import Preferences  # type: ignore[import-untyped]
from quickbooks.objects.purchase import Purchase  # type: ignore[import-untyped]
from quickbooks.objects.purchaseorder import PurchaseOrder  # type: ignore[import-untyped]
from quickbooks.objects.taxcode import TaxCode  # type: ignore[import-untyped]
from quickbooks.objects.taxservice import TaxRateDetails, TaxService  # type: ignore[import-untyped]
from quickbooks.objects.term import Term  # type: ignore[import-untyped]
from quickbooks.objects.trackingclass import Class  # type: ignore[import-untyped]
from quickbooks.objects.vendor import Vendor  # type: ignore[import-untyped]
from quickbooks.objects.vendorcredit import VendorCredit  # type: ignore[import-untyped]

from standins.quickbooks.events import signature
from tests.acceptance.conformance.conftest import UK, US, Connect
from tests.acceptance.conformance.objects import ref


def a_vendor(name: str = "Hollow Oak Joinery") -> Any:
    vendor = Vendor()
    vendor.DisplayName = name
    vendor.CompanyName = name
    vendor.PrimaryEmailAddr = EmailAddress()
    vendor.PrimaryEmailAddr.Address = "accounts@hollowoak.example"
    vendor.PrimaryPhone = PhoneNumber()
    vendor.PrimaryPhone.FreeFormNumber = "+1 512 555 0142"
    vendor.BillAddr = Address()
    vendor.BillAddr.Line1 = "12 Mill Lane"
    vendor.BillAddr.City = "Austin"
    return vendor


def category_line(amount: Decimal, account: str) -> Any:
    line = AccountBasedExpenseLine()
    line.Amount = amount
    line.Description = "Oak boards"
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = ref(account)
    return line


def item_line(item: str, quantity: Decimal, price: Decimal) -> Any:
    line = ItemBasedExpenseLine()
    line.Amount = (quantity * price).quantize(Decimal("0.01"))
    line.ItemBasedExpenseLineDetail = ItemBasedExpenseLineDetail()
    line.ItemBasedExpenseLineDetail.ItemRef = ref(item)
    line.ItemBasedExpenseLineDetail.Qty = quantity
    line.ItemBasedExpenseLineDetail.UnitPrice = price
    return line


def a_bill(vendor: Any, *lines: Any, number: str = "B-1") -> Any:
    bill = Bill()
    bill.VendorRef = vendor.to_ref()
    bill.DocNumber = number
    bill.TxnDate = "2026-11-02"
    bill.DueDate = "2026-12-02"
    bill.Line = list(lines)
    return bill


@pytest.fixture
def account(books: Any) -> str:
    accounts = Account.filter(AccountType="Expense", max_results=1, qb=books)
    return str(accounts[0].Id)


@pytest.fixture
def vendor(books: Any) -> Any:
    return a_vendor().save(qb=books)


def test_a_vendor_is_created_read_changed_found_and_made_inactive(books: Any) -> None:
    made = a_vendor().save(qb=books)
    read = Vendor.get(made.Id, qb=books)
    assert (read.DisplayName, read.SyncToken, read.BillAddr.City) == ("Hollow Oak Joinery", "0", "Austin")
    assert read.PrimaryEmailAddr.Address == "accounts@hollowoak.example"

    read.PrimaryPhone.FreeFormNumber = "+1 512 555 0199"
    changed = read.save(qb=books)
    assert (changed.SyncToken, changed.PrimaryPhone.FreeFormNumber) == ("1", "+1 512 555 0199")
    assert [vendor_.Id for vendor_ in Vendor.filter(DisplayName="Hollow Oak Joinery", qb=books)] == [made.Id]

    changed.Active = False
    assert changed.save(qb=books).DisplayName == "Hollow Oak Joinery (deleted)"
    assert Vendor.filter(DisplayName="Hollow Oak Joinery", qb=books) == []


def test_a_name_with_an_apostrophe_is_quoted_and_found(books: Any) -> None:
    made = a_vendor("O'Hara & Sons").save(qb=books)
    assert [vendor_.Id for vendor_ in Vendor.filter(DisplayName="O'Hara & Sons", qb=books)] == [made.Id]
    assert [vendor_.Id for vendor_ in Vendor.choose(["O'Hara & Sons", "nobody"], field="DisplayName", qb=books)] == [
        made.Id
    ]


def test_a_taken_name_is_refused_with_the_recorded_words(books: Any, vendor: Any) -> None:
    with pytest.raises(exceptions.QuickbooksException) as refused:
        a_vendor(vendor.DisplayName).save(qb=books)
    assert refused.value.error_code == 6240
    assert refused.value.message == "Duplicate Name Exists Error"
    assert "Another customer, vendor or employee is already using this \nname." in refused.value.detail


def test_a_bill_is_created_read_changed_and_deleted_to_the_cent(books: Any, vendor: Any, account: str) -> None:
    bill = a_bill(vendor, category_line(Decimal("1234.57"), account), category_line(Decimal("0.1"), account))
    made = bill.save(qb=books)
    assert Decimal(made.TotalAmt) == Decimal("1234.67")
    read = Bill.get(made.Id, qb=books)
    assert [line.Id for line in read.Line] == ["1", "2"]
    assert read.Line[0].AccountBasedExpenseLineDetail.TaxCodeRef.value == "NON"

    read.Line = [read.Line[1]]
    changed = read.save(qb=books)
    assert ([line.Id for line in changed.Line], Decimal(changed.TotalAmt)) == (["2"], Decimal("0.1"))
    assert changed.delete(qb=books)["Bill"]["status"] == "Deleted"
    with pytest.raises(exceptions.ObjectNotFoundException) as gone:
        Bill.get(made.Id, qb=books)
    assert gone.value.error_code == 610


def test_a_full_update_loses_what_it_leaves_out(books: Any, vendor: Any, account: str) -> None:
    bill = a_bill(vendor, category_line(Decimal(10), account))
    bill.SalesTermRef = ref(Term.all(qb=books)[0].Id)
    made = bill.save(qb=books)
    assert made.SalesTermRef is not None
    made.SalesTermRef = None
    assert made.save(qb=books).SalesTermRef is None


def test_an_old_sync_token_is_stale(books: Any, vendor: Any, account: str) -> None:
    bill = a_bill(vendor, category_line(Decimal(10), account)).save(qb=books)
    bill.PrivateNote = "Checked"
    bill.save(qb=books)
    with pytest.raises(exceptions.QuickbooksException) as refused:
        bill.save(qb=books)
    assert (refused.value.error_code, refused.value.message) == (5010, "Stale Object Error")


def test_a_request_id_makes_a_repeat_harmless(books: Any, vendor: Any, account: str) -> None:
    same = str(uuid4())
    first = a_bill(vendor, category_line(Decimal(10), account)).save(qb=books, request_id=same)
    second = a_bill(vendor, category_line(Decimal(10), account)).save(qb=books, request_id=same)
    assert first.Id == second.Id
    assert Bill.count(qb=books) == 1


def test_a_taken_number_names_the_bill_that_has_it_and_can_be_insisted_on(
    books: Any, vendor: Any, account: str
) -> None:
    first = a_bill(vendor, category_line(Decimal(10), account), number="S-88").save(qb=books)
    again = a_bill(vendor, category_line(Decimal(10), account), number="S-88")
    with pytest.raises(exceptions.QuickbooksException) as refused:
        again.save(qb=books)
    assert refused.value.error_code == 6140
    assert f"DocNumber=S-88 is assigned to TxnType=Bill with TxnId={first.Id}" in refused.value.detail
    assert again.save(qb=books, params={"include": "allowduplicatedocnum"}).Id != first.Id


def test_a_purchase_order_is_billed_line_by_line_and_closes(books: Any, vendor: Any, account: str) -> None:
    order = PurchaseOrder()
    order.VendorRef = vendor.to_ref()
    order.APAccountRef = ref(Account.filter(AccountType="Accounts Payable", qb=books)[0].Id)
    order.DocNumber = "PO-9"
    order.TxnDate = "2026-11-01"
    item = Item.filter(Type="NonInventory", qb=books)[0]
    order.Line = [item_line(item.Id, Decimal(3), Decimal("19.99")), category_line(Decimal(40), account)]
    order = order.save(qb=books)
    assert (order.POStatus, Decimal(order.TotalAmt), order.LinkedTxn) == ("Open", Decimal("99.97"), [])

    bill = a_bill(vendor, *order.Line)
    for line in bill.Line:
        link = LinkedTxn()
        link.TxnId, link.TxnType, link.TxnLineId = order.Id, "PurchaseOrder", line.Id
        line.LinkedTxn, line.Id = [link], None
    bill = bill.save(qb=books)
    assert [(link.TxnId, link.TxnType) for link in bill.LinkedTxn] == [(order.Id, "PurchaseOrder")]
    assert [line.LinkedTxn[0].TxnLineId for line in bill.Line] == ["1", "2"]

    closed = PurchaseOrder.get(order.Id, qb=books)
    assert closed.POStatus == "Closed"
    assert [(link.TxnId, link.TxnType) for link in closed.LinkedTxn] == [(bill.Id, "Bill")]
    bill.delete(qb=books)
    assert PurchaseOrder.get(order.Id, qb=books).POStatus == "Open"


def pay(books: Any, vendor: Any, bill: Any, amount: Decimal) -> Any:
    payment = BillPayment()
    payment.VendorRef = vendor.to_ref()
    payment.PayType = "Check"
    payment.CheckPayment = CheckPayment()
    payment.CheckPayment.BankAccountRef = ref(Account.filter(AccountType="Bank", qb=books)[0].Id)
    payment.TotalAmt = amount
    line = BillPaymentLine()
    line.Amount = amount
    line.LinkedTxn = [bill.to_linked_txn()]
    payment.Line = [line]
    return payment.save(qb=books)


def test_a_payment_lowers_the_balance_and_voiding_it_gives_it_back(books: Any, vendor: Any, account: str) -> None:
    bill = a_bill(vendor, category_line(Decimal("99.95"), account)).save(qb=books)
    payment = pay(books, vendor, bill, Decimal("40.45"))
    paid = Bill.get(bill.Id, qb=books)
    assert (Decimal(paid.Balance), paid.SyncToken) == (Decimal("59.5"), "1")
    assert [(link.TxnId, link.TxnType) for link in paid.LinkedTxn] == [(payment.Id, "BillPaymentCheck")]

    voided = payment.void(qb=books)["BillPayment"]
    assert (voided["TotalAmt"], voided["Line"], voided["PrivateNote"][:6]) == (0, [], "Voided")
    assert Decimal(Bill.get(bill.Id, qb=books).Balance) == Decimal("99.95")


def test_a_deleted_payment_is_gone_and_the_bill_open_again(books: Any, vendor: Any, account: str) -> None:
    bill = a_bill(vendor, category_line(Decimal(80), account)).save(qb=books)
    payment = pay(books, vendor, bill, Decimal(80))
    assert Bill.get(bill.Id, qb=books).Balance == 0
    payment.delete(qb=books)
    assert Bill.get(bill.Id, qb=books).Balance == 80
    with pytest.raises(exceptions.ObjectNotFoundException):
        BillPayment.get(payment.Id, qb=books)


def test_a_vendor_credit_lives_and_is_deleted(books: Any, vendor: Any, account: str) -> None:
    credit = VendorCredit()
    credit.VendorRef = vendor.to_ref()
    credit.Line = [category_line(Decimal("12.34"), account)]
    made = credit.save(qb=books)
    assert Decimal(str(VendorCredit.get(made.Id, qb=books).TotalAmt)) == Decimal("12.34")
    made.delete(qb=books)
    assert VendorCredit.count(qb=books) == 0


def test_a_purchase_by_card_is_written_and_deleted(books: Any, vendor: Any, account: str) -> None:
    purchase = Purchase()
    purchase.PaymentType = "CreditCard"
    purchase.AccountRef = ref(Account.filter(AccountType="Credit Card", qb=books)[0].Id)
    purchase.EntityRef = vendor.to_ref()
    purchase.Line = [category_line(Decimal("17.05"), account)]
    made = purchase.save(qb=books)
    assert Decimal(made.TotalAmt) == Decimal("17.05")
    assert made.EntityRef.type == "Vendor"
    again = Purchase.get(made.Id, qb=books)
    again.PrivateNote = "Card ending 4242"
    changed = again.save(qb=books)  # with PurchaseEx as it was read
    assert changed.PrivateNote == "Card ending 4242"
    changed.delete(qb=books)
    assert Purchase.count(qb=books) == 0


def a_file(entity: Any, name: str, kind: str) -> Any:
    attachable = Attachable()
    link = AttachableRef()
    link.EntityRef = entity.to_ref()
    attachable.AttachableRef = [link]
    attachable.FileName, attachable.ContentType = name, kind
    return attachable


def test_a_file_is_attached_to_a_bill_found_and_downloaded(
    books: Any, vendor: Any, account: str, tmp_path: Path
) -> None:
    bill = a_bill(vendor, category_line(Decimal(10), account)).save(qb=books)
    path = tmp_path / "quote.pdf"
    path.write_bytes(bytes(range(256)) * 5)
    attachable = a_file(bill, "quote.pdf", "application/pdf")
    attachable._FilePath = str(path)  # noqa: SLF001 (the client's documented way)
    made = attachable.save(qb=books)
    assert (made.FileName, made.Size) == ("quote.pdf", 1280)
    where = f"AttachableRef.EntityRef.Type = 'bill' AND AttachableRef.EntityRef.value = '{bill.Id}'"
    [attachment] = Attachable.where(where, qb=books)
    assert requests.get(attachment.TempDownloadUri, timeout=5).content == path.read_bytes()
    attachment.delete(qb=books)
    assert Attachable.where(where, qb=books) == []


def test_bytes_and_notes_are_attached_too(books: Any, vendor: Any) -> None:
    attachable = a_file(vendor, "hello.txt", "text/plain")
    attachable._FileBytes = b"Hello"  # noqa: SLF001 (the client's documented way)
    made = attachable.save(qb=books)
    assert requests.get(Attachable.get(made.Id, qb=books).TempDownloadUri, timeout=5).content == b"Hello"
    note = Attachable()
    note.Note = "Call Bob first"
    assert note.save(qb=books).Note == "Call Bob first"


def test_a_tax_code_is_made_through_the_tax_service(connect: Connect) -> None:
    books = connect(UK)
    service = TaxService()
    service.TaxCode = f"Code {uuid4()}"
    detail = TaxRateDetails()
    detail.TaxRateName, detail.RateValue, detail.TaxAgencyId = f"Rate {uuid4()}", 10, "1"
    detail.TaxApplicableOn = "Purchase"
    service.TaxRateDetails = [detail]
    made = service.save(qb=books)
    assert (made.TaxCode, made.TaxRateDetails[0].TaxRateName) == (service.TaxCode, detail.TaxRateName)
    assert TaxCode.filter(Name=service.TaxCode, qb=books)


def test_a_batch_succeeds_and_fails_item_by_item(books: Any, vendor: Any, account: str) -> None:
    vendors = [a_vendor("Batch One"), a_vendor(vendor.DisplayName), a_vendor("Batch Two")]
    answer = batch_create(vendors, qb=books)
    assert [created.DisplayName for created in answer.successes] == ["Batch One", "Batch Two"]
    assert [fault.Error[0].code for fault in answer.faults] == ["6240"]
    assert answer.faults[0].original_object is vendors[1]

    bills = batch_create([a_bill(vendor, category_line(Decimal(n), account), number=f"B{n}") for n in (1, 2)], qb=books)
    assert len(batch_delete(bills.successes, qb=books).successes) == 2
    assert Bill.count(qb=books) == 0


def test_a_batch_of_more_than_thirty_is_sent_in_parts(books: Any) -> None:
    answer = batch_create([a_vendor(f"Batch {number:03}") for number in range(65)], qb=books)
    assert (len(answer.successes), answer.faults) == (65, [])
    assert Vendor.count("DisplayName LIKE 'Batch %'", qb=books) == 65


def test_changes_since_a_moment_are_captured_with_deletions(books: Any, vendor: Any, account: str) -> None:
    kept = a_bill(vendor, category_line(Decimal(1), account), number="K").save(qb=books)
    gone = a_bill(vendor, category_line(Decimal(2), account), number="G").save(qb=books)
    gone.delete(qb=books)
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat(timespec="seconds")
    changes = change_data_capture([Vendor, Bill, PurchaseOrder], since, qb=books)
    assert [changed.Id for changed in changes.Vendor] == [vendor.Id]
    assert [(changed.Id, getattr(changed, "status", None)) for changed in changes.Bill] == [
        (kept.Id, None),
        (gone.Id, "Deleted"),
    ]
    assert not hasattr(changes, "PurchaseOrder")


@pytest.mark.parametrize("entity", [Account, Class, Customer, Department, Item, Term, Vendor])
def test_every_list_is_read_whole_page_by_page_and_counted(books: Any, entity: Any) -> None:
    whole = entity.all(order_by="Id", max_results=1000, qb=books)
    pages = [
        row.Id
        for start in range(1, len(whole) + 1, 7)
        for row in entity.all(order_by="Id", start_position=start, max_results=7, qb=books)
    ]
    assert pages == [row.Id for row in whole]
    assert len(whole) == entity.count(qb=books) > 1
    assert entity.get(whole[0].Id, qb=books).Id == whole[0].Id


def test_lists_come_by_name_and_only_active_ones(books: Any) -> None:
    assert Account.all(max_results=1, qb=books)[0].Name == "Accounts Payable (A/P)"
    inactive = Item.where("Active = false", qb=books)
    assert inactive
    assert all(item.Name.endswith(" (deleted)") for item in inactive)
    assert not {item.Id for item in inactive} & {item.Id for item in Item.all(qb=books)}


def test_american_tax_codes_come_with_three_more_than_were_asked_for(books: Any) -> None:
    assert [code.Id for code in TaxCode.all(max_results=1, qb=books)][:3] == ["TAX", "NON", "CustomSalesTax"]


def test_a_company_shows_its_plan_and_its_preferences(books: Any) -> None:
    info = CompanyInfo.get(US, qb=books)
    assert info.CompanyName == "Widgets Inc"
    assert {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"} in info.NameValue
    preferences = Preferences.get(qb=books)
    assert preferences.AccountingInfoPrefs.ClassTrackingPerTxnLine is True
    assert preferences.CurrencyPrefs.HomeCurrency.value == "USD"


def test_a_rate_of_exchange_is_found_and_set(connect: Connect) -> None:
    books = connect(UK)
    rates = ExchangeRate.where("SourceCurrencyCode in ('EUR')", qb=books)
    assert (rates[0].TargetCurrencyCode, Decimal(rates[0].Rate) > 0) == ("GBP", True)
    rate = ExchangeRate()
    rate.SourceCurrencyCode, rate.TargetCurrencyCode = "EUR", "GBP"
    rate.AsOfDate, rate.Rate = "2026-11-02", Decimal("0.8512")
    assert Decimal(rate.save(qb=books).Rate) == Decimal("0.8512")


def test_a_bad_query_is_a_validation_error(books: Any) -> None:
    with pytest.raises(exceptions.ValidationException) as unreadable:
        Vendor.query("SELECT * FRM Vendor", qb=books)
    assert (unreadable.value.error_code, unreadable.value.message) == (4000, "Error parsing query")
    with pytest.raises(exceptions.ValidationException) as unknown:
        Vendor.where("Nickname = 'x'", qb=books)
    assert unknown.value.error_code == 4001
    assert "Property Nickname not found for Entity Vendor" in unknown.value.detail


def test_what_is_wrong_with_a_payload_is_a_validation_error(books: Any, vendor: Any, account: str) -> None:
    with pytest.raises(exceptions.ValidationException) as short:
        a_bill(vendor).save(qb=books)
    assert short.value.error_code == 2020
    with pytest.raises(exceptions.ValidationException) as unknown:
        a_bill(vendor, category_line(Decimal(1), "99999")).save(qb=books)
    assert unknown.value.detail == "Invalid Reference Id : Accounts element id 99999 not found"
    with pytest.raises(exceptions.ValidationException) as long:
        a_bill(vendor, category_line(Decimal(1), account), number="N" * 33).save(qb=books)
    assert "Min:0 Max:21 supported. Supplied length:33" in long.value.detail


def test_an_expired_token_another_company_and_a_throttle_have_their_own_errors(
    books: Any, books_url: str, connect: Connect
) -> None:
    other = connect(US)
    other.company_id = UK
    with pytest.raises(exceptions.QuickbooksException, match="ApplicationAuthorizationFailed"):
        Vendor.all(qb=other)
    requests.post(f"{books_url}/_control/faults", json={"fault": "429", "times": 1}, timeout=5).raise_for_status()
    with pytest.raises(exceptions.ValidationException) as throttled:
        Vendor.all(qb=books)
    assert throttled.value.error_code == 3001
    requests.post(f"{books_url}/_control/tokens", json={"realm": US, "do": "expire"}, timeout=5).raise_for_status()
    with pytest.raises(exceptions.AuthorizationException):
        Vendor.all(qb=books)


def test_the_signature_of_a_webhook_holds(books: Any) -> None:
    body = '{"stuff":"5"}'
    written = signature(body.encode(), "sandbox-verifier")
    assert books.validate_webhook_signature(body, written)
    assert not books.validate_webhook_signature(body + " ", written)
