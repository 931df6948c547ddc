"""The rows of the transactions: purchase orders, bills, vendor credits, bill payments and purchases."""

from __future__ import annotations

from dataclasses import replace

from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.fields import (
    ADDRESS,
    AMOUNT,
    ANY,
    DATE,
    EMAIL,
    EMAIL_TEXT,
    NUMBER,
    TYPED_REF,
    FieldSpec,
    choice,
    computed,
    flag,
    parts,
    ref,
    text,
)

CATEGORY_DETAIL = parts(
    AccountRef=ref("Account"),
    CustomerRef=ref("Customer"),
    ClassRef=ref("Class"),
    BillableStatus=choice("Billable", "NotBillable", "HasBeenBilled"),
    MarkupInfo=ANY,
    TaxCodeRef=ref("TaxCode"),
    TaxAmount=AMOUNT,
    TaxInclusiveAmt=AMOUNT,
)
ITEM_DETAIL = parts(
    ItemRef=ref("Item"),
    Qty=NUMBER,
    UnitPrice=NUMBER,
    CustomerRef=ref("Customer"),
    ClassRef=ref("Class"),
    BillableStatus=choice("Billable", "NotBillable", "HasBeenBilled"),
    MarkupInfo=ANY,
    TaxCodeRef=ref("TaxCode"),
    TaxAmount=AMOUNT,
    TaxInclusiveAmt=AMOUNT,
    ItemAccountRef=computed(),
    PriceLevelRef=ANY,
)
DETAILS = {"AccountBasedExpenseLineDetail": CATEGORY_DETAIL, "ItemBasedExpenseLineDetail": ITEM_DETAIL}
LINK = parts(TxnId=text(30), TxnType=text(50), TxnLineId=text(30))
LINKS = FieldSpec("list", parts={"": LINK}, queryable=False)
EXPENSE_LINE = parts(
    Id=text(30),
    LineNum=NUMBER,
    Description=text(4000),
    Amount=AMOUNT,
    DetailType=choice(*DETAILS, "DescriptionOnly"),
    LinkedTxn=LINKS,
    ProjectRef=ref("Customer"),
    Received=computed("number"),
    CustomField=ANY,
    CustomExtensions=ANY,
    CostAmount=ANY,
    **DETAILS,
)
PAYMENT_LINE = parts(
    Id=text(30), LineNum=NUMBER, Description=text(4000), Amount=AMOUNT, LinkedTxn=LINKS, LineEx=computed()
)
TAX_LINE = parts(
    Amount=AMOUNT,
    DetailType=choice("TaxLineDetail"),
    TaxLineDetail=parts(
        TaxRateRef=ref("TaxRate"),
        PercentBased=flag(),
        TaxPercent=NUMBER,
        NetAmountTaxable=AMOUNT,
        TaxInclusiveAmount=AMOUNT,
        OverrideDeltaAmount=AMOUNT,
    ),
)
TAX_DETAIL = parts(
    TxnTaxCodeRef=ref("TaxCode"), TotalTax=AMOUNT, TaxLine=FieldSpec("list", parts={"": TAX_LINE}, queryable=False)
)
EXPENSE_LINES = FieldSpec("list", parts={"": EXPENSE_LINE}, queryable=False)
DOCUMENT = {
    "VendorRef": ref("Vendor"),
    "APAccountRef": ref("Account"),
    "DocNumber": text(21),
    "TxnDate": DATE,
    "PrivateNote": text(4000, queryable=False),
    "CurrencyRef": replace(ref("CompanyCurrency"), queryable=False),
    "ExchangeRate": replace(NUMBER, queryable=False),
    "DepartmentRef": ref("Department", queryable=False),
    "TotalAmt": replace(AMOUNT, computed=True),
    "CustomField": ANY,
    "TransactionLocationType": text(100, queryable=False),
    "RecurDataRef": computed(),
    "TxnStatus": computed(),
    "TxnSource": computed(),
    "ProjectRef": ref("Customer", queryable=False),
    "VendorAddr": ADDRESS,
}
TAXED = {
    "Line": EXPENSE_LINES,
    "GlobalTaxCalculation": choice("TaxExcluded", "TaxInclusive", "NotApplicable"),
    "TxnTaxDetail": replace(TAX_DETAIL, queryable=False),
    "LinkedTxn": computed("list"),
}
PRINT_TEXT = ("NotSet", "NeedToPrint", "PrintComplete")
ALL_VERBS = frozenset({"create", "update", "delete", "read", "query", "changes"})

PURCHASE_ORDER = Entity(
    "PurchaseOrder",
    {
        **DOCUMENT,
        **TAXED,
        "DueDate": DATE,
        "Memo": text(4000, queryable=False),
        "POStatus": choice("Open", "Closed", default="Open"),
        "POEmail": EMAIL,
        "EmailStatus": choice(*EMAIL_TEXT, default="NotSet"),
        "ClassRef": ref("Class", queryable=False),
        "SalesTermRef": ref("Term", queryable=False),
        "ShipTo": ref("Customer", queryable=False),
        "ShipAddr": ADDRESS,
        "ShipMethodRef": ANY,
        "ExpectedDate": DATE,
        "FOB": text(100, queryable=False),
        "ManuallyClosed": flag(),
        "DomainEx": computed(),
        "PrintStatus": choice(*PRINT_TEXT, default="NotSet"),
    },
    noun="Txns",
    plural="transactions",
    required=("VendorRef", "APAccountRef", "Line"),
    required_sparse=("VendorRef",),
    verbs=ALL_VERBS,
    transaction=True,
    feature="purchase_orders",
)
BILL = Entity(
    "Bill",
    {
        **DOCUMENT,
        **TAXED,
        "DueDate": DATE,
        "SalesTermRef": ref("Term", queryable=False),
        "RemitToAddr": ADDRESS,
        "Balance": replace(AMOUNT, computed=True),
        "HomeBalance": computed("amount"),
        "HomeTotalAmt": computed("amount"),
        "IncludeInAnnualTPAR": flag(),
        "LessCIS": AMOUNT,
    },
    noun="Txns",
    plural="transactions",
    required=("VendorRef", "Line"),
    required_sparse=("VendorRef",),
    verbs=ALL_VERBS,
    transaction=True,
    feature="bills",
)
VENDOR_CREDIT = Entity(
    "VendorCredit",
    {**DOCUMENT, **TAXED, "Balance": replace(AMOUNT, computed=True), "IncludeInAnnualTPAR": flag()},
    noun="Txns",
    plural="transactions",
    required=("VendorRef", "Line"),
    required_sparse=("VendorRef",),
    verbs=ALL_VERBS,
    transaction=True,
    feature="bills",
)
BILL_PAYMENT = Entity(
    "BillPayment",
    {
        **DOCUMENT,
        "TotalAmt": AMOUNT,
        "PayType": choice("Check", "CreditCard"),
        "Line": FieldSpec("list", parts={"": PAYMENT_LINE}, queryable=False),
        "CheckPayment": parts(
            BankAccountRef=ref("Account"),
            PrintStatus=choice(*PRINT_TEXT),
            CheckDetail=ANY,
        ),
        "CreditCardPayment": parts(CCAccountRef=ref("Account"), CCDetail=ANY),
        "ProcessBillPayment": flag(),
    },
    noun="Txns",
    plural="transactions",
    required=("VendorRef", "TotalAmt", "PayType", "Line"),
    required_sparse=("VendorRef",),
    verbs=ALL_VERBS | {"void"},
    transaction=True,
    feature="bills",
)
PURCHASE = Entity(
    "Purchase",
    {
        **{name: field for name, field in DOCUMENT.items() if name not in {"VendorRef", "APAccountRef", "VendorAddr"}},
        **TAXED,
        "PaymentType": choice("Cash", "Check", "CreditCard"),
        "AccountRef": ref("Account", queryable=False),
        "EntityRef": TYPED_REF,
        "Credit": flag(default=False),
        "PrintStatus": choice(*PRINT_TEXT, default="NotSet"),
        "PaymentRefNum": text(21),
        "PaymentMethodRef": ANY,
        "RemitToAddr": ADDRESS,
        "PurchaseEx": computed(),
    },
    noun="Txns",
    plural="transactions",
    required=("PaymentType", "AccountRef", "Line"),
    required_sparse=("PaymentType",),
    verbs=ALL_VERBS | {"void"},
    transaction=True,
)
