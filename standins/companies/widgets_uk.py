"""Widgets UK Ltd of Leeds: a British company with VAT and three currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from standins.companies.shapes import (
    Account,
    Address,
    BaseRate,
    CatalogueItem,
    CompanyPair,
    Customer,
    Employee,
    LegalEntity,
    Location,
    PaymentTerm,
    PrecoroSeed,
    ProductOrService,
    QuickBooksSeed,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    SeededField,
    SeededListEntry,
    SeededTax,
    Supplier,
    TaxAgency,
    Term,
    Vendor,
    options_of,
)

_ACCOUNTS = (
    Account("35", "1200", "Current Account", "Bank", "Checking"),
    Account("36", "1210", "Euro Account", "Bank", "Checking", currency="EUR"),
    Account("84", "1100", "Debtors", "Accounts Receivable", "AccountsReceivable"),
    Account("81", "1001", "Stock", "Other Current Asset", "Inventory"),
    Account("3", "1103", "Prepayments", "Other Current Asset", "PrepaidExpenses"),
    Account("30", "0030", "Office Equipment", "Fixed Asset", "FurnitureAndFixtures"),
    Account("38", "0040", "Computers", "Fixed Asset", "OtherFixedAssets"),
    Account("33", "2100", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    Account("133", "2101", "Accounts Payable (A/P) - EUR", "Accounts Payable", "AccountsPayable", currency="EUR"),
    Account("134", "2102", "Accounts Payable (A/P) - USD", "Accounts Payable", "AccountsPayable", currency="USD"),
    Account("41", "1240", "Company Card", "Credit Card", "CreditCard"),
    Account("90", "2200", "VAT Control", "Other Current Liability", "GlobalTaxPayable"),
    Account("58", "2109", "Accruals", "Other Current Liability", "OtherCurrentLiabilities"),
    Account("2", "3200", "Retained Earnings", "Equity", "RetainedEarnings"),
    Account("46", "3000", "Share Capital", "Equity", "ShareCapital"),
    Account("79", "4000", "Sales", "Income", "SalesOfProductIncome"),
    Account("80", "5000", "Materials Purchased", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    Account("95", "5100", "Carriage", "Cost of Goods Sold", "ShippingFreightDeliveryCos", "80"),
    Account("7", "6200", "Advertising", "Expense", "AdvertisingPromotional"),
    Account("17", "7100", "Rent", "Expense", "RentOrLeaseOfBuildings"),
    Account("24", "7200", "Utilities", "Expense", "Utilities"),
    Account("76", "7201", "Electricity", "Expense", "Utilities", "24"),
    Account("78", "7202", "Water", "Expense", "Utilities", "24"),
    Account("22", "7400", "Travelling", "Expense", "Travel"),
    Account("42", "7504", "Office Stationery", "Expense", "OfficeGeneralAdministrativeExpenses"),
    Account("77", "7550", "Telephone and Broadband", "Expense", "Utilities"),
    Account("12", "7600", "Legal Fees", "Expense", "LegalProfessionalFees"),
    Account("69", "7601", "Audit and Accountancy", "Expense", "LegalProfessionalFees"),
    Account("29", "7700", "Software Licences", "Expense", "DuesSubscriptions"),
    Account("72", "7800", "Repairs and Renewals", "Expense", "RepairMaintenance"),
    Account("8", "7901", "Bank Charges", "Expense", "BankCharges"),
    Account("11", "8204", "Insurance", "Expense", "Insurance"),
    Account("91", "7906", "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss"),
)

_CLASSES = (
    SeededListEntry("201", "Production"),
    SeededListEntry("202", "Sales"),
    SeededListEntry("203", "Administration"),
)

_DEPARTMENTS = (SeededListEntry("1", "Leeds"), SeededListEntry("2", "Bristol"))

_CUSTOMERS = (
    Customer("1", "Aire Valley Engineering"),
    Customer("2", "Bramley Gates"),
    Customer("3", "Gate Automation 2026", "2", is_project=True),
    Customer("4", "Clifton Joinery"),
)

_ITEMS = (
    ProductOrService("11", "Copier paper, ream", "NonInventory", "PAP-A4", cost=Decimal("3.49"), expense_account="42"),
    ProductOrService("12", "Widget, small", "NonInventory", "WID-S", cost=Decimal("2.415"), expense_account="80"),
    ProductOrService("13", "Mounting plate", "NonInventory", "MNT-PL", cost=Decimal("5.6667"), expense_account="80"),
    ProductOrService("14", "Carriage", "Service", "CAR", cost=Decimal("45.00"), expense_account="95"),
    ProductOrService("15", "Software seat, month", "Service", "SEAT", cost=Decimal("18.00"), expense_account="29"),
)

_TERMS = (Term("1", "Due on receipt", 0), Term("3", "Net 30", 30), Term("4", "Net 60", 60))
_TERM_OF_DAYS = {0: "1", 30: "3", 60: "4"}
_PRECORO_TERM_OF_DAYS = {0: 21, 30: 22, 60: 23}

# Name on both sides, code, vendor id, currency, street, city, postal code, country, phone, e-mail, account, days.
_TRADE = (
    ("Airedale Steel Stockholders", "AIRE", "56", "GBP", "12 Wharf St", "Leeds", "LS2 7EQ", "United Kingdom", "+44 113 496 0101", "ledger@airedalesteel.example", "WIDG01", 30),
    ("Bristol Print Works", "BRIS", "57", "GBP", "4 Old Market St", "Bristol", "BS2 0EJ", "United Kingdom", "+44 117 496 0102", "hello@bristolprint.example", "", 30),
    ("British Gas Business", "BGAS", "58", "GBP", "1 Millstream", "Windsor", "SL4 5GD", "United Kingdom", "+44 1753 960103", "accounts@bgasbusiness.example", "600412233", 0),
    ("Crown Stationers", "CROW", "59", "GBP", "77 Briggate", "Leeds", "LS1 6LH", "United Kingdom", "+44 113 496 0104", "sales@crownstationers.example", "C-119", 30),
    ("Dales Insurance Brokers", "DALE", "60", "GBP", "3 High St", "Skipton", "BD23 1AA", "United Kingdom", "+44 1756 960105", "policies@dales.example", "", 0),
    ("Hargreaves & Moss Solicitors", "HARG", "61", "GBP", "20 Park Row", "Leeds", "LS1 5JF", "United Kingdom", "+44 113 496 0106", "billing@hargreavesmoss.example", "M-2207", 30),
    ("Pennine Pallets", "PENN", "62", "GBP", "Unit 4, Calder Way", "Wakefield", "WF2 7UA", "United Kingdom", "+44 1924 960107", "orders@penninepallets.example", "", 30),
    ("Yorkshire Carriers", "YORK", "63", "GBP", "9 Depot Rd", "Leeds", "LS10 1AB", "United Kingdom", "+44 113 496 0108", "pod@yorkshirecarriers.example", "YC-88", 30),
    ("Bureau Veneto Srl", "VENE", "64", "EUR", "Via Roma 18", "Padova", "35122", "Italy", "+39 049 555 0109", "amministrazione@veneto.example", "UK-14", 60),
    ("Kessler Werkzeug GmbH", "KESS", "65", "EUR", "Industriestr. 5", "Stuttgart", "70565", "Germany", "+49 711 555 0110", "buchhaltung@kessler.example", "40021", 30),
    ("Atelier Lemoine SARL", "LEMO", "66", "EUR", "14 rue Carnot", "Lyon", "69002", "France", "+33 4 72 55 01 11", "compta@lemoine.example", "", 30),
    ("Orbit Cloud Hosting", "ORBI", "67", "USD", "2000 Sierra Point Pkwy", "Brisbane", "94005", "USA", "+1 415 555 0124", "billing@orbitcloud.example", "org-90112", 0),
    ("Granite Peak Software", "GRAN", "68", "USD", "1200 17th St", "Denver", "80202", "USA", "+1 303 555 0114", "ar@granitepeak.example", "GP-41200", 30),
)  # fmt: skip

_VENDORS = tuple(
    Vendor(vendor, name, email, phone, Address(street, city, "", postal_code, country), currency, account, _TERM_OF_DAYS[days])
    for name, _, vendor, currency, street, city, postal_code, country, phone, email, account, days in _TRADE
)  # fmt: skip

_OTHERS = (
    # Of the same name as a supplier, in another currency; nearly called like another; no longer used.
    Vendor("69", "Lindqvist Lager AB", "faktura@lindqvist.example", "+46 31 555 0125", Address("Hamngatan 2", "Göteborg", "", "411 06", "Sweden"), "EUR"),
    Vendor("70", "Crown Stationery Ltd", "info@crownstationery.example", "+44 20 7946 0126", Address("5 Strand", "London", "", "WC2N 5HR", "United Kingdom"), "GBP"),
    Vendor("71", "Calder Timber Yard", "", "", Address("Wharf 3", "Brighouse", "", "HD6 1JX", "United Kingdom"), "GBP", active=False),
)  # fmt: skip

_ALONE = (
    Supplier(
        19014, "LIND", "Lindqvist Lager AB", "+46 31 555 0125", Address("Hamngatan 2", "Göteborg", "", "411 06", "Sweden"),
        contacts=(("Ekonomi", "faktura@lindqvist.example"),), currencies=("GBP",), term=22,
    ),
    Supplier(
        19015, "NPAP", "Nordic Paper Traders", "+358 9 555 0127", Address("Satamakatu 1", "Helsinki", "", "00160", "Finland"),
        contacts=(("Laskut", "laskut@nordicpaper.example"),), currencies=("EUR", "GBP"), term=23,
    ),
)  # fmt: skip

_SUPPLIERS = tuple(
    Supplier(
        19001 + place,
        code,
        name,
        phone,
        Address(street, city, "", postal_code, country),
        contacts=((f"{name} ledger", email),),
        currencies=(currency,),
        account_number=account,
        term=_PRECORO_TERM_OF_DAYS[days],
    )
    for place, (name, code, _, currency, street, city, postal_code, country, phone, email, account, days) in enumerate(
        _TRADE
    )
)

_TAX_RATES = (
    QuickBooksTaxRate("1", "20.0% S (Purchases)", Decimal(20), "1", "Purchase"),
    QuickBooksTaxRate("2", "20.0% S (Sales)", Decimal(20), "1", "Sales"),
    QuickBooksTaxRate("3", "5.0% R (Purchases)", Decimal(5), "1", "Purchase"),
    QuickBooksTaxRate("4", "5.0% R (Sales)", Decimal(5), "1", "Sales"),
    QuickBooksTaxRate("5", "0.0% Z (Purchases)", Decimal(0), "1", "Purchase"),
    QuickBooksTaxRate("6", "0.0% Z (Sales)", Decimal(0), "1", "Sales"),
    QuickBooksTaxRate("7", "Exempt (Purchases)", Decimal(0), "1", "Purchase"),
    QuickBooksTaxRate("8", "Exempt (Sales)", Decimal(0), "1", "Sales"),
    QuickBooksTaxRate("9", "20.0% RC (Purchases)", Decimal(20), "1", "Purchase", special="REVERSE_CHARGE"),
    QuickBooksTaxRate("10", "20.0% RC (Purchases, reversed)", Decimal(-20), "1", "Purchase", special="REVERSE_CHARGE"),
    QuickBooksTaxRate("11", "12.5% R (Purchases)", Decimal("12.5"), "1", "Purchase", until=date(2022, 3, 31)),
    QuickBooksTaxRate("12", "12.5% R (Sales)", Decimal("12.5"), "1", "Sales", until=date(2022, 3, 31)),
    QuickBooksTaxRate(
        "13", "17.5% S (Purchases)", Decimal("17.5"), "1", "Purchase", active=False, until=date(2011, 1, 3)
    ),
)

_TAX_CODES = (
    QuickBooksTaxCode("2", "20.0% S", "Standard rated", ("1",), ("2",)),
    QuickBooksTaxCode("3", "5.0% R", "Reduced rated", ("3",), ("4",)),
    QuickBooksTaxCode("4", "0.0% Z", "Zero rated", ("5",), ("6",)),
    QuickBooksTaxCode("5", "Exempt", "Exempt from VAT", ("7",), ("8",)),
    QuickBooksTaxCode("6", "No VAT", "Outside the scope of VAT", (), (), taxable=False),
    QuickBooksTaxCode("7", "20.0% RC", "Reverse charge", ("9", "10"), ()),
    QuickBooksTaxCode("8", "12.5% R", "Hospitality, until March 2022", ("11",), ("12",)),
    QuickBooksTaxCode("9", "17.5% S", "Standard rated until 2011", ("13",), (), active=False),
)

_QUICKBOOKS = QuickBooksSeed(
    realm="9130002",
    name="Widgets UK Ltd",
    legal_name="Widgets UK Limited",
    country="GB",
    currency="GBP",
    plan="QuickBooks Online Plus",
    address=Address("5 Foundry Sq", "Leeds", "", "LS11 5QP", "United Kingdom"),
    email="ann@widgets-uk.example",
    preferences={
        "AccountingInfoPrefs.ClassTrackingPerTxn": False,
        "AccountingInfoPrefs.ClassTrackingPerTxnLine": True,
        "AccountingInfoPrefs.TrackDepartments": True,
        "AccountingInfoPrefs.DepartmentTerminology": "Location",
        "AccountingInfoPrefs.UseAccountNumbers": True,
        "VendorAndPurchasesPrefs.TrackingByCustomer": True,
        "VendorAndPurchasesPrefs.BillableExpenseTracking": True,
        "OtherPrefs.PurchseOrderEnabled": True,
        "OtherPrefs.WarnDuplicateBillNumber": True,
        "OtherPrefs.UseCustomTxnNumbers": True,
        "OtherPrefs.ProjectsEnabled": True,
        "CurrencyPrefs.MultiCurrencyEnabled": True,
        "CurrencyPrefs.HomeCurrency": "GBP",
        "TaxPrefs.UsingSalesTax": True,
    },
    accounts=_ACCOUNTS,
    vendors=(*_VENDORS, *_OTHERS),
    classes=_CLASSES,
    departments=_DEPARTMENTS,
    customers=_CUSTOMERS,
    items=_ITEMS,
    terms=_TERMS,
    employees=(Employee("90", "Tom", "Hughes"),),
    tax_agencies=(TaxAgency("1", "HM Revenue & Customs (VAT)"),),
    tax_rates=_TAX_RATES,
    tax_codes=_TAX_CODES,
    foreign_rates=(
        BaseRate("EUR", Decimal("0.8621"), Decimal("0.0007")),
        BaseRate("USD", Decimal("0.7893"), Decimal("0.0009")),
    ),
)

_PRECORO = PrecoroSeed(
    id=2,
    name="Widgets UK Ltd",
    currency="GBP",
    user="ann@widgets-uk.example",
    key="precoro-sandbox-key-2",
    suppliers=(*_SUPPLIERS, *_ALONE),
    fields=(
        SeededField(27030, "QuickBooks Accounts", "item", options_of(_ACCOUNTS, 18801)),
        SeededField(27031, "QuickBooks Classes", "item", options_of(_CLASSES, 18901)),
        SeededField(27032, "QuickBooks Customers", "item", options_of(_CUSTOMERS, 18951)),
        SeededField(12100, "QuickBooks Locations", "document", options_of(_DEPARTMENTS, 1991)),
    ),
    products=tuple(
        CatalogueItem(
            13301 + place, item.sku, item.name, item.cost, "month" if item.name.endswith("month") else "piece"
        )
        for place, item in enumerate(_ITEMS)
    ),
    taxes=(
        SeededTax(51, "VAT 20", Decimal(20)),
        SeededTax(52, "VAT 5", Decimal(5)),
        SeededTax(53, "VAT 0", Decimal(0)),
        SeededTax(54, "VAT exempt", Decimal(0)),
        SeededTax(55, "VAT 20 reverse charge", Decimal(20)),
    ),
    payment_terms=(
        PaymentTerm(21, "Due on receipt", 0),
        PaymentTerm(22, "Net 30", 30),
        PaymentTerm(23, "Net 60", 60),
    ),
    locations=(Location(13, "LDS", "Leeds works", "5 Foundry Sq, Leeds LS11 5QP"),),
    legal_entities=(LegalEntity(12, "Widgets UK Ltd", "Widgets UK Limited", "5 Foundry Sq, Leeds LS11 5QP"),),
)

WIDGETS_UK = CompanyPair(
    quickbooks=_QUICKBOOKS,
    precoro=_PRECORO,
    twins=tuple((19001 + place, row[2]) for place, row in enumerate(_TRADE)),
)
