"""Grow a seeded company to any size: suppliers, and a year of documents."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from standins.companies.shapes import Account, Address, CompanyPair, Supplier, Vendor

# Words of one string read better than a list of two hundred literals.
FIRST_NAMES = (  # noqa: SIM905
    "Abbott Aldridge Ashford Barlow Beacon Bellamy Birch Blackwood Bluebird Bridgeport Brightwater Calloway Cardinal "
    "Cedar Chandler Clearfield Copperline Crestview Dalton Delmar Eastgate Edgewood Elmhurst Fairbanks Falcon Fletcher "
    "Foxglove Garrison Glenwood Granite Greystone Halstead Harborview Hawthorne Highland Hollis Ironwood Jasper Juniper "
    "Kendall Keystone Lakeshore Langley Lowell Magnolia Maple Meridian Milford Northfield Oakridge Osborne Palmer "
    "Pinecrest Prescott Quarry Redwood Ridgeline Rockford Sawyer Silverton Stafford Sterling Summit Thornton Tidewater "
    "Underhill Valley Waverly Westbrook Whitfield Willow Yarrow"
).split()
TRADES = (  # noqa: SIM905
    "Abrasives Adhesives Bearings Cabling Castings Catering Chemicals Cleaning Coatings Components Couriers Electrical "
    "Electronics Engineering Fasteners Filtration Fixtures Foundry Freight Gaskets Glass Hardware Hydraulics Instruments "
    "Insulation Labels Lighting Logistics Lubricants Machining Metals Mouldings Packaging Paints Pallets Paper Plastics "
    "Plating Plumbing Pneumatics Printing Pumps Rubber Safety Sealing Security Signs Springs Staffing Steel Supply Tools "
    "Tooling Valves Welding Wire"
).split()
ENDINGS = ("Inc", "LLC", "Co", "Corp", "Group", "Partners", "& Sons", "Brothers", "Works")
GOODS = (  # noqa: SIM905
    "Hex bolts M8|Shop towels|Cutting discs|Machine oil 5 l|Nitrile gloves|Corrugated boxes|Stretch film|Copper wire|"
    "Steel plate 3 mm|Ball bearings|Printer paper|Safety glasses|Hydraulic hose|Paint, grey|Delivery|Site visit|"
    "Calibration|Labels|Ply sheets|Spare parts"
).split("|")
CITIES = (("Austin", "TX"), ("Dallas", "TX"), ("Tulsa", "OK"), ("Denver", "CO"), ("Memphis", "TN"), ("Toledo", "OH"))

FIRST_VENDOR, FIRST_SUPPLIER, FIRST_BOOKED = 100_001, 1_000_001, 101
FIRST_DAY, DAYS = date(2026, 1, 5), 300
SPENT_ON = frozenset({"Expense", "Cost of Goods Sold"})
ORDERS_IN_TEN = 3


@dataclass(frozen=True)
class Size:
    """How much to make; the same size gives the same companies.

    suppliers   how many Precoro suppliers Widgets Inc has in all, each with a vendor of the same name
    documents   how many approved invoices and purchase orders stand in Precoro
    booked      share of the documents that stand in QuickBooks as well, entered there before anybody connected
    chance      start of the random numbers
    """

    suppliers: int = 0
    documents: int = 0
    booked: float = 1.0
    chance: int = 1


@dataclass(frozen=True)
class PastLine:
    """One line of a document: so many of a thing at a price, spent on an account."""

    name: str
    quantity: int
    price: Decimal
    account: Account

    @property
    def amount(self) -> Decimal:
        """Quantity times price."""
        return self.quantity * self.price


@dataclass(frozen=True)
class PastDocument:
    """One document of the past as both sides know it; `place` counts from 0, `booked` tells whether QuickBooks has it."""

    place: int
    kind: str
    number: str
    supplier: int
    vendor: str
    vendor_name: str
    day: date
    lines: tuple[PastLine, ...]
    booked: bool

    @property
    def total(self) -> Decimal:
        """Sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))


def read_size(seed: dict[str, Any]) -> Size:
    """Read {"size": {"suppliers", "documents", "booked"}, "random": n}; ValueError says what is wrong."""
    size = seed["size"]
    unknown = sorted(set(seed) - {"size", "random"}) + sorted(set(size) - {"suppliers", "documents", "booked"})
    if unknown:
        raise ValueError(f"A seed has no {unknown[0]!r}. Known: size (suppliers, documents, booked) and random")
    read = Size(int(size.get("suppliers", 0)), int(size.get("documents", 0)), float(size.get("booked", 1)))
    if read.suppliers < 0 or read.documents < 0 or not 0 <= read.booked <= 1:
        raise ValueError("A size is not negative, and booked is a share from 0 to 1")
    return replace(read, chance=int(seed.get("random", 1)))


def grow(company: CompanyPair, size: Size) -> CompanyPair:
    """Return a company with so many suppliers, each with a vendor of the same name."""
    chance = random.Random(size.chance)
    more = max(size.suppliers - len(company.precoro.suppliers), 0)
    taken = {vendor.name for vendor in company.quickbooks.vendors}
    pairs = [_pair(place, name, chance) for place, name in enumerate(_names(more, taken, chance))]
    return replace(
        company,
        quickbooks=replace(company.quickbooks, vendors=(*company.quickbooks.vendors, *(vendor for _, vendor in pairs))),
        precoro=replace(company.precoro, suppliers=(*company.precoro.suppliers, *(supplier for supplier, _ in pairs))),
    )


def documents(company: CompanyPair, size: Size) -> Iterator[PastDocument]:
    """Yield the documents of a grown company, oldest first."""
    chance = random.Random(f"documents {size.chance}")
    vendors = {vendor.name: vendor for vendor in company.quickbooks.vendors if vendor.active}
    partners = [supplier for supplier in company.precoro.suppliers if supplier.name in vendors and supplier.enable]
    names = {option.name for option in company.precoro.field("QuickBooks Accounts").options}
    accounts = [
        account
        for account in company.quickbooks.accounts
        if account.type in SPENT_ON and account.name in names and account.active
    ]
    for place in range(size.documents):
        supplier = chance.choice(partners)
        is_order = chance.randrange(10) < ORDERS_IN_TEN
        yield PastDocument(
            place=place,
            kind="purchase_order" if is_order else "invoice",
            number=f"PO-{100_000 + place}" if is_order else f"S-{100_000 + place}",
            supplier=supplier.id,
            vendor=vendors[supplier.name].id,
            vendor_name=supplier.name,
            day=FIRST_DAY + timedelta(days=place * DAYS // size.documents),
            lines=tuple(_line(accounts, chance) for _ in range(chance.choice((1, 1, 1, 2, 2, 3)))),
            booked=chance.random() < size.booked,
        )


def booked_id(document: PastDocument) -> str:
    """Return the id that a booked document has in QuickBooks."""
    return str(FIRST_BOOKED + document.place)


def _line(accounts: list[Account], chance: random.Random) -> PastLine:
    price = Decimal(chance.randrange(100, 50_000)) / 100
    return PastLine(chance.choice(GOODS), chance.randrange(1, 25), price, chance.choice(accounts))


def _names(count: int, taken: set[str], chance: random.Random) -> list[str]:
    """Return so many names that nobody has, numbered after the first round."""
    words = [" ".join(parts) for parts in product(FIRST_NAMES, TRADES, ENDINGS)]
    free = [name for name in words if name not in taken]
    chance.shuffle(free)
    return [free[place % len(free)] + _round(place // len(free)) for place in range(count)]


def _round(number: int) -> str:
    return f" {number + 1}" if number else ""


def _pair(place: int, name: str, chance: random.Random) -> tuple[Supplier, Vendor]:
    city, state = chance.choice(CITIES)
    number = chance.randrange(1, 9900)
    address = Address(
        f"{number} {chance.choice(FIRST_NAMES)} St", city, state, f"{chance.randrange(10000, 99999)}", "US"
    )
    phone = f"+1 {chance.randrange(200, 990)} 555 0{chance.randrange(100, 200)}"
    email = f"accounts@{''.join(filter(str.isalnum, name.lower()))}.example"
    supplier = Supplier(
        id=FIRST_SUPPLIER + place,
        code=f"G{place + 1:05}",
        name=name,
        phone=phone,
        address=address,
        contacts=(("Accounts", email),),
        term=12,
    )
    return supplier, Vendor(str(FIRST_VENDOR + place), name, email, phone, address)
