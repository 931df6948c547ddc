"""Widgets Inc of Austin, Texas: a United States company in US dollars, on both sides."""

from __future__ import annotations

from decimal import Decimal

from standins.companies.shapes import (
    Account,
    Address,
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
    SeededField,
    SeededListEntry,
    SeededTax,
    Supplier,
    Term,
    Vendor,
    options_of,
)

_COST = "Cost of Goods Sold"
_OCA = "Other Current Asset"
_OCL = "Other Current Liability"
_LTL = "Long Term Liability"

_ACCOUNTS = (
    Account("35", "1000", "Checking", "Bank", "Checking"),
    Account("36", "1010", "Savings", "Bank", "Savings"),
    Account("37", "1020", "Petty Cash", "Bank", "CashOnHand"),
    Account("84", "1200", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    Account("81", "1300", "Inventory Asset", _OCA, "Inventory"),
    Account("3", "1400", "Prepaid Expenses", _OCA, "PrepaidExpenses"),
    Account("4", "1410", "Undeposited Funds", _OCA, "UndepositedFunds"),
    Account("5", "1420", "Employee Advances", _OCA, "EmployeeCashAdvances"),
    Account("30", "1500", "Machinery", "Fixed Asset", "MachineryAndEquipment"),
    Account("38", "1510", "Computers", "Fixed Asset", "OtherFixedAssets"),
    Account("39", "1520", "Vehicles", "Fixed Asset", "Vehicles"),
    Account("40", "1590", "Accumulated Depreciation", "Fixed Asset", "AccumulatedDepreciation"),
    Account("53", "1900", "Security Deposits", "Other Asset", "SecurityDeposits"),
    Account("33", "2000", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    Account("41", "2100", "Mastercard", "Credit Card", "CreditCard"),
    Account("43", "2110", "Visa", "Credit Card", "CreditCard"),
    Account("90", "2200", "Sales Tax Payable", _OCL, "SalesTaxPayable"),
    Account("57", "2210", "Withholding Tax Payable", _OCL, "OtherCurrentLiabilities"),
    Account("58", "2220", "Accrued Liabilities", _OCL, "OtherCurrentLiabilities"),
    Account("59", "2230", "Payroll Clearing", _OCL, "PayrollClearing"),
    Account("44", "2500", "Notes Payable", _LTL, "NotesPayable"),
    Account("45", "3000", "Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    Account("2", "3100", "Retained Earnings", "Equity", "RetainedEarnings"),
    Account("46", "3200", "Common Stock", "Equity", "CommonStock"),
    Account("79", "4000", "Sales of Product Income", "Income", "SalesOfProductIncome"),
    Account("1", "4100", "Services", "Income", "ServiceFeeIncome"),
    Account("82", "4200", "Discounts Given", "Income", "DiscountsRefundsGiven"),
    Account("83", "4900", "Other Income", "Other Income", "OtherMiscellaneousIncome"),
    Account("80", "5000", "Cost of Goods Sold", _COST, "SuppliesMaterialsCogs"),
    Account("92", "5010", "Raw Materials", _COST, "SuppliesMaterialsCogs", "80"),
    Account("93", "5020", "Packaging", _COST, "SuppliesMaterialsCogs", "80"),
    Account("94", "5030", "Subcontractors", _COST, "CostOfLaborCos", "80"),
    Account("95", "5040", "Inbound Freight", _COST, "ShippingFreightDeliveryCos", "80"),
    Account("7", "6000", "Advertising", "Expense", "AdvertisingPromotional"),
    Account("96", "6010", "Trade Shows", "Expense", "AdvertisingPromotional", "7"),
    Account("97", "6020", "Online Advertising", "Expense", "AdvertisingPromotional", "7"),
    Account("55", "6100", "Automobile", "Expense", "Auto"),
    Account("56", "6110", "Fuel", "Expense", "Auto", "55"),
    Account("8", "6200", "Bank Charges", "Expense", "BankCharges"),
    Account("9", "6210", "Merchant Fees", "Expense", "BankCharges"),
    Account("10", "6250", "Dues and Subscriptions", "Expense", "DuesSubscriptions"),
    Account("29", "6260", "Software", "Expense", "DuesSubscriptions", "10"),
    Account("98", "6270", "Cloud Hosting", "Expense", "DuesSubscriptions", "10"),
    Account("28", "6300", "Equipment Rental", "Expense", "EquipmentRental"),
    Account("11", "6350", "Insurance", "Expense", "Insurance"),
    Account("99", "6360", "Workers Compensation", "Expense", "Insurance", "11"),
    Account("12", "6400", "Legal and Professional Fees", "Expense", "LegalProfessionalFees"),
    Account("69", "6410", "Accounting", "Expense", "LegalProfessionalFees", "12"),
    Account("71", "6420", "Lawyer", "Expense", "LegalProfessionalFees", "12"),
    Account("72", "6500", "Maintenance and Repair", "Expense", "RepairMaintenance"),
    Account("73", "6510", "Building Repairs", "Expense", "RepairMaintenance", "72"),
    Account("75", "6520", "Equipment Repairs", "Expense", "RepairMaintenance", "72"),
    Account("13", "6600", "Meals and Entertainment", "Expense", "EntertainmentMeals"),
    Account("15", "6650", "Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    Account("42", "6660", "Office Supplies", "Expense", "OfficeGeneralAdministrativeExpenses", "15"),
    Account("100", "6670", "Postage and Courier", "Expense", "OfficeGeneralAdministrativeExpenses", "15"),
    Account("17", "6700", "Rent or Lease", "Expense", "RentOrLeaseOfBuildings"),
    Account("101", "6750", "Safety and Workwear", "Expense", "SuppliesMaterials"),
    Account("102", "6760", "Small Tools", "Expense", "SuppliesMaterials"),
    Account("103", "6800", "Training", "Expense", "OfficeGeneralAdministrativeExpenses"),
    Account("22", "6850", "Travel", "Expense", "Travel"),
    Account("104", "6860", "Lodging", "Expense", "Travel", "22"),
    Account("24", "6900", "Utilities", "Expense", "Utilities"),
    Account("76", "6910", "Electricity", "Expense", "Utilities", "24"),
    Account("77", "6920", "Telephone and Internet", "Expense", "Utilities", "24"),
    Account("78", "6930", "Water and Waste", "Expense", "Utilities", "24"),
    Account("105", "6990", "Fax Line", "Expense", "Utilities", active=False),
    Account("14", "7000", "Miscellaneous", "Other Expense", "OtherMiscellaneousExpense"),
)

_CLASSES = (
    SeededListEntry("5000000000000000101", "Manufacturing"),
    SeededListEntry("5000000000000000102", "Assembly", "5000000000000000101"),
    SeededListEntry("5000000000000000103", "Quality", "5000000000000000101"),
    SeededListEntry("5000000000000000104", "Engineering"),
    SeededListEntry("5000000000000000105", "Sales"),
    SeededListEntry("5000000000000000106", "Marketing", "5000000000000000105"),
    SeededListEntry("5000000000000000107", "Warehouse"),
    SeededListEntry("5000000000000000108", "Finance"),
    SeededListEntry("5000000000000000109", "People"),
    SeededListEntry("5000000000000000110", "IT"),
    SeededListEntry("5000000000000000111", "Facilities"),
    SeededListEntry("5000000000000000112", "Management"),
)

_DEPARTMENTS = (
    SeededListEntry("1", "East"),
    SeededListEntry("2", "West"),
    SeededListEntry("3", "Head Office"),
    SeededListEntry("4", "Warehouse Austin"),
)

_CUSTOMERS = (
    Customer("1", "Barton Creek Hardware"),
    Customer("2", "Store 14", "1"),
    Customer("3", "Store 22", "1"),
    Customer("4", "Blue Mesa Robotics"),
    Customer("5", "Blue Mesa Gripper 2026", "4", is_project=True),
    Customer("6", "Cedar Ridge School District"),
    Customer("7", "Cedar Ridge Middle School", "6"),
    Customer("8", "Chaparral Aerospace"),
    Customer("9", "Chaparral Bracket Program", "8", is_project=True),
    Customer("10", "Chaparral Test Stand", "8", is_project=True),
    Customer("11", "Dunmore Pumps"),
    Customer("12", "Four Corners Packaging"),
    Customer("13", "Gulf Coast Marine"),
    Customer("14", "Galveston Yard", "13"),
    Customer("15", "Hill Country Appliances"),
    Customer("16", "Ironwood Furniture"),
    Customer("17", "Juniper Medical Devices"),
    Customer("18", "Juniper Cart Redesign", "17", is_project=True),
    Customer("19", "Lone Star Elevators"),
    Customer("20", "Mockingbird Cycles"),
    Customer("21", "Pecan Valley Farms"),
    Customer("22", "Red Bluff Energy"),
    Customer("23", "San Marcos Fixtures"),
    Customer("24", "Twin Oaks Builders"),
    Customer("25", "Yellow Rose Hotels", active=False),
)


def _bought(
    identity: str, sku: str, name: str, cost: str, account: str, kind: str = "NonInventory"
) -> ProductOrService:
    """Return a product or service that is bought to the given expense account."""
    return ProductOrService(identity, name, kind, sku, cost=Decimal(cost), expense_account=account)


def _stocked(identity: str, sku: str, name: str, cost: str, price: str, on_hand: int) -> ProductOrService:
    """Return an inventory product: purchases post to the inventory asset account."""
    return ProductOrService(
        identity, name, "Inventory", sku, Decimal(cost), Decimal(price), "80", "79", "81", quantity_on_hand=on_hand
    )


_ITEMS = (
    _bought("11", "PEN-1", "Pen, blue", "4.80", "42"),
    _bought("12", "PAP-A4", "Copy paper, case", "38.95", "42"),
    _bought("13", "TON-26", "Toner cartridge 26X", "129.99", "42"),
    _bought("14", "NBK-5", "Notebook, ruled", "3.15", "42"),
    _bought("15", "CHR-ERG", "Desk chair, ergonomic", "289.00", "15"),
    _bought("16", "LAP-14", "Laptop 14 inch", "1199.00", "38"),
    _bought("17", "MON-27", "Monitor 27 inch", "279.50", "38"),
    _bought("18", "DOC-USB", "Docking station", "164.00", "38"),
    _bought("19", "GLV-L", "Work gloves, large", "2.37", "101"),
    _bought("20", "HLM-W", "Safety helmet, white", "18.60", "101"),
    _bought("21", "BOX-M", "Carton, medium", "0.845", "93"),
    _bought("22", "TAP-48", "Packing tape 48 mm", "1.9633", "93"),
    _bought("23", "PAL-EU", "Pallet", "11.25", "93"),
    _bought("24", "STL-3", "Steel sheet 3 mm", "86.40", "92"),
    _bought("25", "ALU-BAR", "Aluminum bar 20 mm", "14.275", "92"),
    _bought("26", "LUB-5L", "Cutting oil, 5 l", "31.10", "92"),
    _bought("27", "DRL-SET", "Drill bit set", "74.99", "102"),
    _stocked("28", "WID-S", "Widget, small", "3.125", "7.90", 1840),
    _stocked("29", "WID-L", "Widget, large", "6.40", "15.50", 960),
    _stocked("30", "BRK-10", "Bracket 10 cm", "1.0725", "3.20", 4210),
    _stocked("31", "BRG-608", "Bearing 608", "0.6667", "2.10", 7500),
    _stocked("32", "SPR-M4", "Spring M4", "0.1834", "0.75", 15200),
    _bought("33", "FRT-IN", "Freight", "95.00", "95", "Service"),
    _bought("34", "CLN-M", "Cleaning, monthly", "640.00", "72", "Service"),
    _bought("35", "CAL-1", "Machine calibration", "425.00", "75", "Service"),
    _bought("36", "CON-H", "Engineering contractor, hour", "92.50", "94", "Service"),
    _bought("37", "HST-M", "Cloud hosting, month", "0.00", "98", "Service"),
    ProductOrService(
        "38", "Installation day", "Service", "INS-D", price=Decimal(980), income_account="1", for_purchase=False
    ),
    ProductOrService("39", "Gift box", "Group", "GFT-1", price=Decimal("24.00"), parts=(("28", 1), ("11", 2))),
    ProductOrService(
        "40", "Old stapler", "NonInventory", "STP-0", cost=Decimal("9.20"), expense_account="42", active=False
    ),
    ProductOrService("41", "Safety", "Category"),
    ProductOrService("42", "Workwear", "Category", parent="41"),
    ProductOrService(
        "43", "Safety glasses, clear", "NonInventory", "GLS-C", Decimal("4.15"), expense_account="101", parent="41"
    ),
    ProductOrService(
        "44", "High-visibility vest", "NonInventory", "VST-O", Decimal("6.90"), expense_account="101", parent="42"
    ),
    _bought("45", "HTR-250", "Hand truck, 250 kg", "118.00", "102"),
)

_TERMS = (
    Term("1", "Due on receipt", 0),
    Term("2", "Net 10", 10),
    Term("3", "Net 30", 30),
    Term("4", "Net 60", 60),
)


def _us(line1: str, city: str, state: str, postal_code: str) -> Address:
    """Return an address in the United States."""
    return Address(line1, city, state, postal_code, "USA")


# Name in Precoro, code, name in QuickBooks, vendor id, address, phone, e-mail, account number, days of the term.
_TRADE = (
    ("Acme Supply", "ACME", "Acme Supply", "56", _us("1 Road St", "Austin", "TX", "78701"), "0100", "ap@acme.example", "A-17", 30),
    ("Allied Fasteners", "ALLI", "Allied Fasteners", "57", _us("4410 Freidrich Ln", "Austin", "TX", "78744"), "0101", "billing@alliedfast.example", "WI-2201", 30),
    ("Austin Power & Light", "APL", "Austin Power & Light", "58", _us("721 Barton Springs Rd", "Austin", "TX", "78704"), "0102", "service@apl.example", "77 410 223", 10),
    ("Baxter and Sons", "BAXT", "Baxter & Sons Ltd", "59", _us("88 Mill Rd", "Round Rock", "TX", "78664"), "0103", "accounts@baxter.example", "B-0093", 30),
    ("Bluebonnet Cleaning", "BLUE", "Bluebonnet Cleaning", "60", _us("2600 S 1st St", "Austin", "TX", "78704"), "0104", "office@bluebonnet.example", "", 10),
    ("Brazos Steel Company", "BRAZ", "Brazos Steel Company", "61", _us("1900 Industrial Blvd", "Waco", "TX", "76705"), "0105", "ar@brazossteel.example", "100882", 30),
    ("Capitol Office Interiors", "CAPO", "Capitol Office Interiors", "62", _us("5555 N Lamar Blvd", "Austin", "TX", "78751"), "0106", "invoices@capitoloffice.example", "C-4410", 30),
    ("Central Texas Couriers", "CTXC", "Central Texas Couriers", "63", _us("9012 Research Blvd", "Austin", "TX", "78758"), "0107", "billing@ctxc.example", "", 10),
    ("Dalton's Tool Crib", "DALT", "Dalton's Tool Crib", "64", _us("310 E Main St", "Pflugerville", "TX", "78660"), "0108", "sales@daltons.example", "WIDGETS", 30),
    ("Desmond Calibration Lab", "DESM", "Desmond Calibration Lab", "65", _us("7000 Burleson Rd", "Austin", "TX", "78744"), "0109", "lab@desmondcal.example", "", 30),
    ("Edwards & Howe LLP", "EDHO", "Edwards & Howe LLP", "66", _us("100 Congress Ave", "Austin", "TX", "78701"), "0110", "billing@edwardshowe.example", "2026-114", 30),
    ("Evergreen Catering", "EVER", "Evergreen Catering Company LLC", "67", _us("1715 E 6th St", "Austin", "TX", "78702"), "0111", "hello@evergreencatering.example", "", 10),
    ("Fairfield Insurance Agency", "FAIR", "Fairfield Insurance Agency", "68", _us("3800 Bee Caves Rd", "Austin", "TX", "78746"), "0112", "policies@fairfield.example", "PLC-55120", 0),
    ("Georgetown Packaging", "GEOP", "Georgetown Packaging", "69", _us("40 Austin Ave", "Georgetown", "TX", "78626"), "0113", "orders@gtpack.example", "W-19", 30),
    ("Granite Peak Software", "GRAN", "Granite Peak Software", "70", _us("1200 17th St", "Denver", "CO", "80202"), "0114", "ar@granitepeak.example", "GP-30041", 30),
    ("Hutto Pallet Works", "HUTT", "Hutto Pallet Works", "71", _us("501 FM 1660", "Hutto", "TX", "78634"), "0115", "ar@huttopallet.example", "", 30),
    ("Jensen, Park and Lee CPAs", "JPL", "Jensen, Park and Lee CPAs", "72", _us("816 Congress Ave", "Austin", "TX", "78701"), "0116", "billing@jplcpa.example", "WID01", 30),
    ("Kilgore Machine Repair", "KILG", "Kilgore Machine Repair", "73", _us("230 Airport Rd", "Temple", "TX", "76504"), "0117", "office@kilgore.example", "", 10),
    ("Lakeway Print Shop", "LAKE", "Lakeway Print Shop", "74", _us("1913 Ranch Rd 620", "Lakeway", "TX", "78734"), "0118", "print@lakeway.example", "", 10),
    ("Meridian Bearings", "MERI", "Meridian Bearings", "75", _us("6201 Harrisburg Blvd", "Houston", "TX", "77011"), "0119", "credit@meridianbrg.example", "M-7781", 60),
    ("Metro Water and Waste", "METW", "Metro Water and Waste", "76", _us("625 E 10th St", "Austin", "TX", "78701"), "0120", "customer@metrowater.example", "0041-2250-9", 10),
    ("Nguyen Freight Services", "NGUY", "Nguyen Freight Svcs.", "77", _us("11400 Hobby Park Dr", "Houston", "TX", "77034"), "0121", "dispatch@nguyenfreight.example", "NF-330", 30),
    ("Northstar Telecom", "NORT", "Northstar Telecom", "78", _us("400 Nicollet Mall", "Minneapolis", "MN", "55401"), "0122", "business@northstartel.example", "612-884-0019", 10),
    ("O'Malley Electric", "OMAL", "O'Malley Electric", "79", _us("2210 Denton Dr", "Austin", "TX", "78758"), "0123", "jobs@omalleyelectric.example", "", 30),
    ("Orbit Cloud Hosting", "ORBI", "Orbit Cloud Hosting", "80", _us("2000 Sierra Point Pkwy", "Brisbane", "CA", "94005"), "0124", "billing@orbitcloud.example", "org-88431", 0),
    ("Pecan Street Staffing", "PECA", "Pecan Street Staffing", "81", _us("301 Pecan St", "Austin", "TX", "78701"), "0125", "payroll@pecanstaffing.example", "", 10),
    ("Quarry Road Chemicals", "QUAR", "Quarry Road Chemicals", "82", _us("77 Quarry Rd", "New Braunfels", "TX", "78130"), "0126", "ar@quarrychem.example", "Q-2215", 30),
    ("Rio Grande Aluminum", "RIOG", "Rio Grande Aluminum", "83", _us("4900 Alameda Ave", "El Paso", "TX", "79905"), "0127", "invoices@riogrande-al.example", "300415", 60),
    ("Sunrise Trade Shows", "SUNR", "Sunrise Trade Shows", "84", _us("3150 Paradise Rd", "Las Vegas", "NV", "89109"), "0128", "exhibitors@sunrise.example", "BOOTH-1420", 0),
    ("Taylor Safety Products", "TAYL", "Taylor Safety Products", "85", _us("120 W 4th St", "Taylor", "TX", "76574"), "0129", "orders@taylorsafety.example", "T-640", 30),
    ("Vista Laptop Outlet", "VIST", "Vista Laptop Outlet", "86", _us("13000 N I-35", "Austin", "TX", "78753"), "0130", "b2b@vistalaptop.example", "WIDG-US", 30),
)  # fmt: skip

_TERM_OF_DAYS = {0: "1", 10: "2", 30: "3", 60: "4"}
_PRECORO_TERM_OF_DAYS = {0: 11, 10: 13, 30: 12, 60: 14}

_VENDORS = (
    *(
        Vendor(
            vendor, name, email, f"+1 512 555 {phone}", address, account_number=account, term=_TERM_OF_DAYS[days]
        )
        for _, _, name, vendor, address, phone, email, account, days in _TRADE
    ),
    Vendor("87", "Acme Supply East", "east@acme.example", "+1 212 555 0190", _us("9 Canal St", "New York", "NY", "10013")),
    Vendor(
        "88", "Harbor Property Management", "rent@harborpm.example", "+1 512 555 0191",
        _us("500 W 2nd St", "Austin", "TX", "78701"), account_number="UNIT 12", term="1",
    ),
    # Nearly called like vendors that have suppliers, but other companies.
    Vendor(
        "93", "Acme Supply Company", "ap@acmesupplyco.example, ar@acmesupplyco.example", "+1 214 555 0192",
        _us("1 Road St", "Dallas", "TX", "75201"), account_number="WIDGETS-2", term="3",
    ),
    Vendor("94", "Meridian Bearing", "sales@meridianbearing.example", "+1 713 555 0193", _us("40 Navigation Blvd", "Houston", "TX", "77003")),
    Vendor("95", "Lone Star Couriers", "", "+1 512 555 0194", _us("77 Airport Blvd", "Austin", "TX", "78702"), active=False),
    Vendor("96", "Manor Print and Sign", "shop@manorprint.example", "", _us("12 Lexington St", "Manor", "TX", "78653"), active=False),
)  # fmt: skip

_SUPPLIERS = tuple(
    Supplier(
        9001 + place,
        code,
        name,
        f"+1 512 555 {phone}",
        address,
        contacts=((f"{name} accounts", email),),
        account_number=account,
        term=_PRECORO_TERM_OF_DAYS[days],
    )
    for place, (name, code, _, _, address, phone, email, account, days) in enumerate(_TRADE)
)

# Without a vendor: one was made inactive, two names belong to a customer and to an employee, one has two currencies.
_ALONE = (
    Supplier(
        9032, "MANP", "Manor Print and Sign", "+1 512 555 0195", _us("12 Lexington St", "Manor", "TX", "78653"),
        contacts=(("Front desk", "shop@manorprint.example"),), term=13,
    ),
    Supplier(
        9033, "GULF", "Gulf Coast Marine", "+1 409 555 0196", _us("2100 Harborside Dr", "Galveston", "TX", "77550"),
        contacts=(("Accounts", "ar@gulfcoastmarine.example"),), account_number="WI-77", term=12,
    ),
    Supplier(
        9034, "MDEL", "Marcus Delgado", "+1 512 555 0197", _us("904 E 7th St", "Austin", "TX", "78702"),
        contacts=(("Marcus Delgado", "marcus@delgado.example"),), term=13,
    ),
    Supplier(
        9035, "NORW", "Northern Widget Works", "+1 604 555 0198", Address("88 Water St", "Vancouver", "BC", "V6B 1A4", "Canada"),
        contacts=(("Accounts", "ar@northernwidget.example"), ("Orders", "orders@northernwidget.example")),
        currencies=("USD", "CAD"), term=12,
    ),
)  # fmt: skip

_QUICKBOOKS = QuickBooksSeed(
    realm="9130001",
    name="Widgets Inc",
    legal_name="Widgets Incorporated",
    country="US",
    currency="USD",
    plan="QuickBooks Online Plus",
    address=_us("200 Widget Way", "Austin", "TX", "78745"),
    email="ann@widgets.example",
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
        "CurrencyPrefs.MultiCurrencyEnabled": False,
        "CurrencyPrefs.HomeCurrency": "USD",
        "TaxPrefs.UsingSalesTax": True,
    },
    accounts=_ACCOUNTS,
    vendors=_VENDORS,
    classes=_CLASSES,
    departments=_DEPARTMENTS,
    customers=_CUSTOMERS,
    items=_ITEMS,
    terms=_TERMS,
    employees=(Employee("90", "Ann", "Lee"), Employee("91", "Marcus", "Delgado"), Employee("92", "Priya", "Raman")),
)

_NOT_IMPORTED = ("84", "59", "46", "105")
_NOT_IN_CATALOGUE = ("38", "39", "40", "41", "42")
_RENAMED = {"45": "Hand truck"}

_PRECORO = PrecoroSeed(
    id=1,
    name="Widgets Inc",
    currency="USD",
    user="ann@widgets.example",
    key="precoro-sandbox-key-1",
    suppliers=(*_SUPPLIERS, *_ALONE),
    fields=(
        SeededField(
            17030,
            "QuickBooks Accounts",
            "item",
            options_of(_ACCOUNTS, 8801, linked=("42", "15"), without=_NOT_IMPORTED),
        ),
        SeededField(17031, "QuickBooks Classes", "item", options_of(_CLASSES, 8901)),
        SeededField(17032, "QuickBooks Customers", "item", options_of(_CUSTOMERS, 8951, without=("25",))),
        SeededField(2100, "QuickBooks Locations", "document", options_of(_DEPARTMENTS, 991, linked=("3",))),
    ),
    products=tuple(
        CatalogueItem(
            3301 + place,
            item.sku,
            _RENAMED.get(item.id, item.name),
            item.cost,
            "month" if item.name.endswith(("monthly", "month")) else "piece",
        )
        for place, item in enumerate(item for item in _ITEMS if item.id not in _NOT_IN_CATALOGUE)
    ),
    taxes=(
        SeededTax(5, "Sales tax 8.25", Decimal("8.25")),
        SeededTax(6, "No tax", Decimal(0)),
        SeededTax(7, "Withholding 24", Decimal(24), is_withholding=True),
    ),
    payment_terms=(
        PaymentTerm(11, "Due on receipt", 0),
        PaymentTerm(12, "Net 30", 30),
        PaymentTerm(13, "Net 10", 10),
        PaymentTerm(14, "Net 60", 60),
    ),
    locations=(
        Location(3, "HQ", "Main office", "200 Widget Way, Austin, TX 78745"),
        Location(4, "WH", "Warehouse", "18 Dock Rd, Austin, TX 78744"),
    ),
    legal_entities=(LegalEntity(2, "Widgets Inc", "Widgets Incorporated", "200 Widget Way, Austin, TX 78745"),),
)

WIDGETS_INC = CompanyPair(
    quickbooks=_QUICKBOOKS,
    precoro=_PRECORO,
    twins=tuple((9001 + place, row[3]) for place, row in enumerate(_TRADE)),
)
