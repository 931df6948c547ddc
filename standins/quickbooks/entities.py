"""The entity table: what every entity holds, how long, what it refers to, and what may be done with it.

A row is all that the engine needs to know of an entity whose rules are ordinary; documents add theirs in `documents`,
name lists in `names`. Lengths and lists of fields are those of Intuit's reference pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

NAME_FORBIDDEN = ":\t\n"


@dataclass(frozen=True)
class Field:
    """One property: its kind, its bounds, and who may write it.

    `computed` properties are accepted and ignored; `fixed` ones are written on create only; a `default` stands in
    when a create or a full update leaves the property out.
    """

    kind: str
    longest: int = 0
    choices: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    forbidden: str = ""
    default: object = None
    computed: bool = False
    fixed: bool = False
    queryable: bool = True
    parts: Mapping[str, Field] = field(default_factory=dict)


def text(longest: int, forbidden: str = "", *, queryable: bool = True) -> Field:
    """Describe text of at most so many characters."""
    return Field("text", longest, forbidden=forbidden, queryable=queryable)


def flag(*, default: bool | None = None) -> Field:
    """Describe a real boolean."""
    return Field("flag", default=default)


def choice(*choices: str, default: str | None = None) -> Field:
    """Describe a choice of words."""
    return Field("choice", choices=choices, default=default)


def ref(*targets: str, queryable: bool = True) -> Field:
    """Describe a reference {"value": id, "name": ...} to one of the entities named."""
    return Field("ref", targets=targets, queryable=queryable)


def parts(**fields: Field) -> Field:
    """Describe a nested object."""
    return Field("parts", parts=fields, queryable=False)


def computed(kind: str = "any", *, queryable: bool = False) -> Field:
    """Describe what QBO works out itself."""
    return Field(kind, computed=True, queryable=queryable)


AMOUNT = Field("amount")
NUMBER = Field("number")
DATE = Field("date")
ANY = Field("any", queryable=False)
EMAIL = parts(Address=Field("email", 100))
PHONE = parts(FreeFormNumber=text(30))
WEB = parts(URI=text(1000))
ADDRESS = parts(
    **{f"Line{number}": text(500) for number in range(1, 6)},
    City=text(255),
    Country=text(255),
    CountryCode=text(255),
    CountrySubDivisionCode=text(255),
    PostalCode=text(30),
    PostalCodeSuffix=text(30),
    Id=text(30),
    Lat=text(30),
    Long=text(30),
    Note=text(1000),
    Tag=text(100),
)
EMAIL_TEXT = ("NotSet", "NeedToSend", "EmailSent")


@dataclass(frozen=True)
class Entity:
    """One row of the table.

    `noun` is QBO's word in fault 2500, `plural` the one in its "made inactive" sentence; `order` is the order of a
    query that names none; `feature` must be in the plan.
    """

    name: str
    fields: Mapping[str, Field]
    noun: str = ""
    plural: str = ""
    required: tuple[str, ...] = ()
    required_sparse: tuple[str, ...] = ()
    verbs: frozenset[str] = frozenset({"create", "update", "read", "query", "changes"})
    transaction: bool = False
    name_field: str = "Name"
    order: str = "Id"
    event: bool = True
    feature: str = ""
    parent_flag: str = ""

    @property
    def key(self) -> str:
        """The name in addresses and webhook types."""
        return self.name.lower()

    @property
    def is_name_list(self) -> bool:
        """Tell name lists (which are made inactive) from the rest."""
        return "Active" in self.fields and not self.transaction


def name_list(name: str, noun: str, plural: str, order: str, fields: Mapping[str, Field], **options: object) -> Entity:
    """Make the row of a name list."""
    row = Entity(name, {**fields, "Active": flag(default=True)}, noun=noun, plural=plural, order=order)
    return replace(row, **options)  # type: ignore[arg-type]


PERSON = {
    "Title": text(16, NAME_FORBIDDEN),
    "GivenName": text(100, NAME_FORBIDDEN),
    "MiddleName": text(100, NAME_FORBIDDEN),
    "FamilyName": text(100, NAME_FORBIDDEN),
    "Suffix": text(16, NAME_FORBIDDEN),
    "DisplayName": text(500, NAME_FORBIDDEN),
    "PrintOnCheckName": text(110, NAME_FORBIDDEN),
    "PrimaryEmailAddr": EMAIL,
    "PrimaryPhone": PHONE,
    "AlternatePhone": PHONE,
    "Mobile": PHONE,
    "Fax": PHONE,
    "V4IDPseudonym": computed(),
}
PARTNER = {
    **PERSON,
    "CompanyName": text(100),
    "WebAddr": WEB,
    "BillAddr": ADDRESS,
    "CurrencyRef": replace(ref("CompanyCurrency"), fixed=True),
    "OtherContactInfo": ANY,
    "Balance": replace(AMOUNT, computed=True),
    "Source": ANY,
}

VENDOR = name_list(
    "Vendor",
    "Names",
    "vendors",
    "DisplayName",
    {
        **PARTNER,
        "PrintOnCheckName": text(100, NAME_FORBIDDEN),
        "TaxIdentifier": text(20),
        "AcctNum": text(100),
        "TermRef": ref("Term"),
        "Vendor1099": flag(default=False),
        "BillRate": AMOUNT,
        "CostRate": AMOUNT,
        "APAccountRef": ref("Account"),
        "GSTIN": text(15),
        "GSTRegistrationType": text(15),
        "BusinessNumber": text(10),
        "T4AEligible": flag(),
        "T5018Eligible": flag(),
        "HasTPAR": flag(),
        "VendorPaymentBankDetail": ANY,
        "TaxReportingBasis": text(20),
    },
    name_field="DisplayName",
)
CUSTOMER = name_list(
    "Customer",
    "Names",
    "customers",
    "FullyQualifiedName",
    {
        **PARTNER,
        "Job": flag(default=False),
        "ParentRef": ref("Customer"),
        "BillWithParent": flag(default=False),
        "IsProject": computed("flag"),
        "Level": computed("number", queryable=True),
        "FullyQualifiedName": computed("text", queryable=True),
        "Taxable": flag(default=True),
        "DefaultTaxCodeRef": ref("TaxCode"),
        "SalesTermRef": ref("Term"),
        "PaymentMethodRef": ANY,
        "PreferredDeliveryMethod": choice("Print", "Email", "None"),
        "ResaleNum": text(16),
        "CustomerTypeRef": ANY,
        "ShipAddr": ADDRESS,
        "Notes": text(2000),
        "BalanceWithJobs": replace(AMOUNT, computed=True),
        "ClientEntityId": computed(),
    },
    name_field="DisplayName",
    parent_flag="Job",
)
EMPLOYEE = name_list(
    "Employee",
    "Names",
    "employees",
    "DisplayName",
    {
        **PERSON,
        "PrimaryAddr": ADDRESS,
        "EmployeeNumber": text(100),
        "HiredDate": DATE,
        "ReleasedDate": DATE,
        "BillableTime": flag(),
        "BillRate": AMOUNT,
        "CostRate": AMOUNT,
    },
    name_field="DisplayName",
)
CLASSIFICATION = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}
ACCOUNT = name_list(
    "Account",
    "Accounts",
    "accounts",
    "FullyQualifiedName",
    {
        "Name": text(100, '":\t\n'),
        "AcctNum": text(20, ":"),
        "AccountType": choice(*CLASSIFICATION),
        "AccountSubType": text(100),
        "Classification": computed("text", queryable=True),
        "ParentRef": ref("Account"),
        "SubAccount": flag(default=False),
        "Description": text(4000),
        "CurrencyRef": replace(ref("CompanyCurrency"), fixed=True),
        "TaxCodeRef": ref("TaxCode"),
        "CurrentBalance": replace(AMOUNT, computed=True),
        "CurrentBalanceWithSubAccounts": replace(AMOUNT, computed=True),
        "FullyQualifiedName": computed("text", queryable=True),
        "TxnLocationType": text(100),
        "AccountAlias": text(100),
    },
    required=("Name",),
    parent_flag="SubAccount",
)
CLASS = name_list(
    "Class",
    "Klasses",
    "classes",
    "FullyQualifiedName",
    {
        "Name": text(100, ":\t\n"),
        "SubClass": flag(default=False),
        "ParentRef": ref("Class"),
        "FullyQualifiedName": computed("text", queryable=True),
    },
    required=("Name",),
    parent_flag="SubClass",
    feature="classes",
)
DEPARTMENT = name_list(
    "Department",
    "Depts",
    "departments",
    "FullyQualifiedName",
    {
        "Name": text(100, ":\t\n"),
        "SubDepartment": flag(default=False),
        "ParentRef": ref("Department"),
        "Address": ADDRESS,
        "FullyQualifiedName": computed("text", queryable=True),
    },
    required=("Name",),
    parent_flag="SubDepartment",
    feature="departments",
)
ITEM = name_list(
    "Item",
    "Items",
    "items",
    "FullyQualifiedName",
    {
        "Name": text(100, ":\t\n"),
        "Sku": text(100),
        "Type": choice("Inventory", "Service", "NonInventory", "Category", "Group", default="Service"),
        "Description": text(4000),
        "PurchaseDesc": text(1000),
        "UnitPrice": NUMBER,
        "PurchaseCost": NUMBER,
        "Taxable": flag(default=False),
        "SalesTaxIncluded": flag(),
        "PurchaseTaxIncluded": flag(),
        "SalesTaxCodeRef": ref("TaxCode"),
        "PurchaseTaxCodeRef": ref("TaxCode"),
        "ExpenseAccountRef": ref("Account"),
        "IncomeAccountRef": ref("Account"),
        "AssetAccountRef": ref("Account"),
        "TrackQtyOnHand": flag(default=False),
        "QtyOnHand": NUMBER,
        "InvStartDate": DATE,
        "ReorderPoint": NUMBER,
        "PrefVendorRef": ref("Vendor"),
        "ClassRef": ref("Class"),
        "ManPartNum": text(100),
        "SubItem": flag(),
        "ParentRef": ref("Item"),
        "ItemGroupDetail": ANY,
        "PrintGroupedItems": flag(),
        "Level": computed("number", queryable=True),
        "FullyQualifiedName": computed("text", queryable=True),
    },
    required=("Name",),
    parent_flag="SubItem",
)
TERM = name_list(
    "Term",
    "Terms",
    "terms",
    "Name",
    {
        "Name": text(31),
        "Type": computed("text", queryable=True),
        "DueDays": NUMBER,
        "DayOfMonthDue": NUMBER,
        "DueNextMonthDays": NUMBER,
        "DiscountPercent": NUMBER,
        "DiscountDays": NUMBER,
        "DiscountDayOfMonth": NUMBER,
    },
    required=("Name",),
)
COMPANY_CURRENCY = name_list(
    "CompanyCurrency",
    "Currencies",
    "currencies",
    "Name",
    {"Code": text(3), "Name": text(100), "CustomField": ANY},
    required=("Code",),
)
READ_ONLY = frozenset({"read", "query"})
TAX_CODE = name_list(
    "TaxCode",
    "TaxCodes",
    "tax codes",
    "Name",
    {
        "Name": text(100),
        "Description": text(100),
        "Hidden": flag(),
        "Taxable": flag(),
        "TaxGroup": flag(),
        "SalesTaxRateList": ANY,
        "PurchaseTaxRateList": ANY,
        "TaxCodeConfigType": text(30),
    },
    verbs=READ_ONLY,
    event=False,
)
TAX_RATE = name_list(
    "TaxRate",
    "TaxRates",
    "tax rates",
    "Name",
    {
        "Name": text(100),
        "Description": text(100),
        "RateValue": NUMBER,
        "AgencyRef": ref("TaxAgency"),
        "TaxReturnLineRef": ANY,
        "SpecialTaxType": text(30),
        "DisplayType": text(30),
        "EffectiveTaxRate": ANY,
        "OriginalTaxRate": text(30),
    },
    verbs=READ_ONLY,
    event=False,
)
TAX_AGENCY = Entity(
    "TaxAgency",
    {
        "DisplayName": text(100),
        "TaxTrackedOnPurchases": flag(default=True),
        "TaxTrackedOnSales": flag(default=True),
        "TaxRegistrationNumber": text(100),
        "LastFileDate": DATE,
        "TaxAgencyConfig": computed(),
    },
    noun="TaxAgencies",
    plural="tax agencies",
    required=("DisplayName",),
    name_field="DisplayName",
    order="DisplayName",
    verbs=frozenset({"create", "read", "query"}),
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
LINKS = Field("list", parts={"": LINK}, queryable=False)
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
    TxnTaxCodeRef=ref("TaxCode"), TotalTax=AMOUNT, TaxLine=Field("list", parts={"": TAX_LINE}, queryable=False)
)
EXPENSE_LINES = Field("list", parts={"": EXPENSE_LINE}, queryable=False)
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
        "Line": Field("list", parts={"": PAYMENT_LINE}, queryable=False),
        "CheckPayment": parts(
            BankAccountRef=ref("Account"),
            PrintStatus=choice("NotSet", "NeedToPrint", "PrintComplete"),
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
COMPANY_INFO = Entity(
    "CompanyInfo",
    {
        "CompanyName": text(1024),
        "LegalName": text(1024),
        "CompanyAddr": ADDRESS,
        "LegalAddr": ADDRESS,
        "CustomerCommunicationAddr": ADDRESS,
        "Email": EMAIL,
        "WebAddr": WEB,
        "PrimaryPhone": PHONE,
        "Country": text(100),
        "FiscalYearStartMonth": text(20),
        "SupportedLanguages": text(100),
        "CompanyStartDate": computed("date"),
        "NameValue": computed(),
    },
    verbs=frozenset({"read", "query", "update"}),
    event=False,
)
PREFERENCES = Entity(
    "Preferences",
    dict.fromkeys(
        (
            "AccountingInfoPrefs",
            "ProductAndServicesPrefs",
            "VendorAndPurchasesPrefs",
            "TaxPrefs",
            "CurrencyPrefs",
            "SalesFormsPrefs",
            "ReportPrefs",
            "TimeTrackingPrefs",
            "EmailMessagesPrefs",
            "OtherPrefs",
        ),
        ANY,
    ),
    verbs=frozenset({"read", "query", "update", "changes"}),
)

ENTITIES = {
    row.name: row
    for row in (
        VENDOR,
        CUSTOMER,
        EMPLOYEE,
        ACCOUNT,
        CLASS,
        DEPARTMENT,
        ITEM,
        TERM,
        COMPANY_CURRENCY,
        TAX_CODE,
        TAX_RATE,
        TAX_AGENCY,
        PURCHASE_ORDER,
        BILL,
        VENDOR_CREDIT,
        BILL_PAYMENT,
        COMPANY_INFO,
        PREFERENCES,
    )
}
BY_KEY = {row.key: row for row in ENTITIES.values()}
NAME_SHARERS = ("Vendor", "Customer", "Employee")
ALWAYS = frozenset({"Id", "SyncToken", "sparse", "domain", "MetaData", "status"})
"""Properties that every entity carries and no rule of the table covers."""
