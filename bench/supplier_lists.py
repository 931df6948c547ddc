"""Two made-up supplier lists, with the truth about which entries are one company.

One side is what purchasing typed into Precoro, the other what the bookkeeper typed into QuickBooks, years apart. Most
companies stand on both sides, spelled as two people spell; some stand on one side only, and some of these look like
one of the other side but are another company. A company that shares its whole name with another one can be told apart
by what is known of both: what nobody could decide is not in the lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from unicodedata import combining, normalize

from bench import supplier_words as words
from bench.supplier_words import COUNTRIES, Country
from mappers.matching.parties import Party

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
CYRILLIC = str.maketrans("AaceopxyBCEHKMOPTX", "АасеорхуВСЕНКМОРТХ")


@dataclass(frozen=True)
class SampleCompany:
    """A company as it is; what people wrote down about it is a Party.

    `core` is its name without the legal form.
    """

    core: str
    forms: tuple[str, ...]
    country: Country
    currency: str
    city: str
    postal_code: str
    phone: str
    domain: str
    tax_number: str
    account_number: str
    trade_name: str = ""


@dataclass
class Lists:
    """Both sides, and every pair of keys that is one company."""

    left: list[Party] = field(default_factory=list)
    right: list[Party] = field(default_factory=list)
    same: set[tuple[str, str]] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    """For each left key of a pair, how its spelling was changed."""
    companies: dict[str, SampleCompany] = field(default_factory=dict)
    """Which company each key of either side is."""


class Maker:
    """Makes companies and what people write about them; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.names: set[str] = set()

    def company(self) -> SampleCompany:
        """Return a company with a name that no other one has."""
        country = self.chance.choices(COUNTRIES, weights=(50, 15, 10, 12, 8, 5))[0]
        core = self._core(country)
        while core.casefold() in self.names:
            core = self._core(country)
        self.names.add(core.casefold())
        currency = country.currency if self.chance.random() < 0.95 else "USD"
        forms = self.chance.choice(country.forms) if self.chance.random() < 0.75 else ("",)
        trade = self._core(country) if self.chance.random() < 0.03 else ""
        return replace(self.elsewhere(core, country), forms=forms, currency=currency, trade_name=trade)

    def elsewhere(self, core: str, country: Country) -> SampleCompany:
        """Return a company of this name with an address, numbers and a domain of its own."""
        letters = "".join(c for c in _bare(core).casefold() if c.isalnum() and c.isascii())[:24]
        return SampleCompany(
            core=core,
            forms=("",),
            country=country,
            currency=country.currency,
            city=self.chance.choice(country.towns),
            postal_code=self.digits(country.postal),
            phone=self.digits(country.phone),
            domain=f"{letters}{self.chance.choice(('', '', '-online', str(self.chance.randint(2, 99))))}.{country.top_level}",
            tax_number=self.digits("#########"),
            account_number=self.digits(self.chance.choice(("######", "C-####", "####-##"))),
        )

    def digits(self, pattern: str) -> str:
        """Fill in a digit for each `#`, never 0, so that no number is shorter than it looks."""
        return "".join(str(self.chance.randint(1, 9)) if c == "#" else c for c in pattern)

    def _core(self, country: Country) -> str:
        """Make the name of a company, without its legal form."""
        chance, person = self.chance, self.chance.choice(country.people)
        trade = chance.choice(country.trades)
        coined = (chance.choice(words.COINED) + chance.choice(words.COINED) + chance.choice(words.COINED_ENDS)).title()
        makers: tuple[Callable[[], str], ...] = (
            lambda: f"{person} {trade}",
            lambda: f"{person} & {chance.choice(country.people)} {trade}",
            lambda: f"{person} & {chance.choice(country.people)}",
            lambda: f"{person} {chance.choice(('Bros', 'Brothers', '& Sons', 'Group', 'Partners'))} {trade}",
            lambda: f"{chance.choice(country.towns)} {trade}",
            lambda: f"{chance.choice(words.PLACES)} {trade}",
            lambda: f"The {chance.choice(words.PLACES)} {trade} Company",
            lambda: f"{coined} {trade}",
            lambda: coined,
            lambda: f"{chance.choice(words.FIRST_NAMES)} {person}",
            lambda: f"{chance.choice('ABCDEFGJKM')}&{chance.choice('BCDEFHLPRS')} {trade}",
            lambda: f"{chance.choice(words.PLACES)} {coined}",
        )
        return chance.choices(makers, weights=(16, 5, 4, 6, 8, 12, 4, 20, 8, 7, 3, 7))[0]()


class Writer:
    """Writes companies down the way people do, each time a little differently."""

    def __init__(self, maker: Maker) -> None:
        self.maker, self.chance = maker, maker.chance

    def precoro(self, key: str, company: SampleCompany) -> Party:
        """Write the company as purchasing does: its proper name, and what the supplier's form asks for."""
        return self._party(key, self.full(company), company, tax=company.tax_number)

    def quickbooks(self, key: str, company: SampleCompany) -> tuple[Party, str]:
        """Write the company as the bookkeeper did, with other spelling; returns also how it was changed."""
        kinds = ["identical", *(name for name, _, _ in SPELLINGS)]
        kind = self.chance.choices(kinds, weights=(45, *(weight for _, weight, _ in SPELLINGS)))[0]
        name = self.full(company)
        if company.trade_name:
            kind, name = "trade name", company.trade_name
        for change in [kind, *self._second(kind, kinds)]:
            name = self.respell(change, name, company)
        moved = self._changed(company)
        masked = "X" * (len(company.tax_number) - 4) + company.tax_number[-4:]
        party = self._party(key, name, moved, tax=masked)
        return (replace(party, other_names=(self.full(company),)) if self._says_both(company) else party), kind

    def full(self, company: SampleCompany) -> str:
        """Write the name with its legal form in its first spelling."""
        return _joined(company.core, company.forms[0])

    def respell(self, kind: str, name: str, company: SampleCompany) -> str:
        """Return the name changed in one way; unchanged where that way does not apply."""
        change = next((change for name, _, change in SPELLINGS if name == kind), None)
        return change(self.chance, name, company) if change else name

    def _second(self, kind: str, kinds: list[str]) -> list[str]:
        """Return a second change for some."""
        if kind in {"identical", "trade name"} or self.chance.random() > 0.25:
            return []
        return [self.chance.choice([other for other in kinds if other != kind])]

    def _says_both(self, company: SampleCompany) -> bool:
        """QuickBooks has a company name beside the display name; few fill in both differently."""
        return bool(company.trade_name) and self.chance.random() < 0.4

    def _changed(self, company: SampleCompany) -> SampleCompany:
        """Years lie between: some moved, some have another phone number or mail address."""
        country, chance = company.country, self.chance
        if chance.random() < 0.07:
            city, postal = chance.choice(country.towns), self.maker.digits(country.postal)
            company = replace(company, city=city, postal_code=postal)
        if chance.random() < 0.08:
            company = replace(company, phone=self.maker.digits(country.phone))
        return company

    def _party(self, key: str, name: str, company: SampleCompany, *, tax: str) -> Party:
        """Write down what this person happened to know."""
        maybe = self._maybe
        return Party(
            key=key,
            names=(name,),
            currencies=frozenset({company.currency}),
            country=maybe(0.75, self.chance.choice(company.country.written)),
            city=maybe(0.7, self._city(company.city)),
            postal_code=maybe(0.65, self.chance.choice((company.postal_code, company.postal_code.replace(" ", "")))),
            phone=maybe(0.7, self._phone(company)),
            emails=tuple(filter(None, [maybe(0.7, self._email(company))])),
            tax_number=maybe(0.45, tax),
            account_number=maybe(0.2, company.account_number),
        )

    def _maybe(self, share: float, value: str) -> str:
        return value if self.chance.random() < share else ""

    def _city(self, city: str) -> str:
        return self.chance.choice((city, city, city.upper(), _bare(city), city.translate(UMLAUTS)))

    def _phone(self, company: SampleCompany) -> str:
        """Write the number as printed, in the international way, or without marks."""
        digits = "".join(c for c in company.phone if c.isdigit())
        abroad = f"{company.country.dial} {digits.lstrip('0')}"
        return self.chance.choice((company.phone, digits, abroad, company.phone.replace("-", ".").replace(" ", ".")))

    def _email(self, company: SampleCompany) -> str:
        """Write a mailbox at the company's own domain or at a free provider, which identifies nobody."""
        letters = company.domain.partition(".")[0]
        if letters and sum(map(ord, letters)) % 4 == 0:
            return f"{letters[:14]}@{words.FREE_MAIL[len(letters) % len(words.FREE_MAIL)]}"
        return f"{self.chance.choice(words.MAILBOXES)}@{company.domain}"


def _joined(core: str, form: str) -> str:
    """Put the legal form behind the name; some are written with a comma."""
    return f"{core}{form}" if form.startswith(",") else f"{core} {form}".strip()


def _bare(text: str) -> str:
    """Drop the accents."""
    return "".join(c for c in normalize("NFKD", text) if not combining(c)).replace("ß", "ss")


def _mark(chance: Random, name: str, _company: SampleCompany) -> str:
    """Write it with the marks that software and people add."""
    return chance.choice(
        (
            f"{name}.",
            f" {name} ",
            name.replace("'", "\u2019"),
            name.replace(" ", "  ", 1),
            name.replace("-", "\u2013"),
            name.upper(),
            name.lower(),
        )
    )


def _form(chance: Random, name: str, company: SampleCompany) -> str:
    """Write the legal form in another way."""
    return _joined(company.core, chance.choice(company.forms)) if company.forms[0] else name


def _no_form(_chance: Random, name: str, company: SampleCompany) -> str:
    return company.core if company.forms[0] else name


def _added_form(_chance: Random, name: str, company: SampleCompany) -> str:
    return name if company.forms[0] else _joined(name, company.country.forms[0][0])


def _ampersand(_chance: Random, name: str, _company: SampleCompany) -> str:
    return name.replace(" & ", " and ") if " & " in name else name.replace("&", " & ")


def _typo(chance: Random, name: str, _company: SampleCompany) -> str:
    """Make one typing mistake, not in the first letter."""
    spots = [i for i in range(1, len(name) - 1) if name[i].isalpha() and name[i + 1].isalpha()]
    if not spots:
        return name
    i = chance.choice(spots)
    a, b = name[i], name[i + 1]
    changed = chance.choice((b, a + a + b, b + a, chance.choice("aeiorstln") + b))
    return name[:i] + changed + name[i + 2 :]


def _abbreviated(chance: Random, name: str, _company: SampleCompany) -> str:
    """Shorten the words that people shorten; else cut the longest one."""
    for word, short in words.ABBREVIATIONS.items():
        name = name.replace(word, chance.choice(short))
    return name


def _order(_chance: Random, name: str, company: SampleCompany) -> str:
    """Write the last part first, as lists of people do."""
    head, _, tail = company.core.rpartition(" ")
    return f"{tail}, {head}" if head and "&" not in company.core else name


def _accents(chance: Random, name: str, _company: SampleCompany) -> str:
    return chance.choice((_bare(name), name.translate(UMLAUTS)))


def _article(_chance: Random, name: str, _company: SampleCompany) -> str:
    return name.removeprefix("The ") if name.startswith("The ") else f"The {name}"


def _city_suffix(chance: Random, name: str, company: SampleCompany) -> str:
    return chance.choice((f"{name} - {company.city}", f"{name} ({company.city})", f"{name} {company.city}"))


def _truncated(chance: Random, name: str, _company: SampleCompany) -> str:
    """Older software cut names."""
    return name[: chance.choice((20, 25, 30))].rstrip()


def _joined_words(_chance: Random, name: str, _company: SampleCompany) -> str:
    return name.replace(" ", "", 1) if name.count(" ") else name


def _remark(chance: Random, name: str, _company: SampleCompany) -> str:
    """Bookkeepers write remarks into names."""
    return chance.choice((f"{name} (1099)", f"{name} - AP", f"{name} (new)", f"{name} #2", f"zz {name}"))


def _initials(_chance: Random, name: str, company: SampleCompany) -> str:
    """Call it by its initials when there are three or more."""
    parts = [part for part in company.core.replace("&", " ").split() if part[0].isalpha()]
    return "".join(part[0] for part in parts).upper() if len(parts) >= 3 else name


SPELLINGS: tuple[tuple[str, float, Callable[[Random, str, SampleCompany], str]], ...] = (
    ("marks", 14, _mark),
    ("legal form", 10, _form),
    ("no legal form", 8, _no_form),
    ("added legal form", 2, _added_form),
    ("ampersand", 5, _ampersand),
    ("typo", 8, _typo),
    ("abbreviation", 6, _abbreviated),
    ("word order", 3, _order),
    ("accents", 6, _accents),
    ("article", 2, _article),
    ("city", 4, _city_suffix),
    ("cut", 2, _truncated),
    ("joined words", 2, _joined_words),
    ("remark", 2, _remark),
    ("initials", 1, _initials),
)
"""How the spelling of one company differs between two lists, and how often."""


def make(seed: int, pairs: int, *, strangers: float = 0.2, look_alikes: float = 0.25) -> Lists:
    """Return lists with so many companies on both sides.

    On top of them each side has a share of strangers, and a share of the companies has a look-alike on the other side.
    """
    maker = Maker(seed)
    writer, lists = Writer(maker), Lists()
    companies = [maker.company() for _ in range(pairs)]
    for number, company in enumerate(companies):
        key, twin = f"{9000 + number}", f"V{50 + number}"
        _put(lists, "left", writer.precoro(key, company), company)
        party, lists.kinds[key] = writer.quickbooks(twin, company)
        _put(lists, "right", party, company)
        lists.same.add((key, twin))
    for number in range(int(pairs * strangers)):
        here, there = maker.company(), maker.company()
        _put(lists, "left", writer.precoro(f"L{number}", here), here)
        _put(lists, "right", writer.quickbooks(f"R{number}", there)[0], there)
    for number, company in enumerate(maker.chance.sample(companies, int(pairs * look_alikes))):
        _add_look_alike(lists, writer, company, number)
    _tell_apart(lists, maker)
    maker.chance.shuffle(lists.left)
    maker.chance.shuffle(lists.right)
    return lists


def _put(lists: Lists, side: str, party: Party, company: SampleCompany) -> None:
    """Add what was written of a company to a side."""
    getattr(lists, side).append(party)
    lists.companies[party.key] = company


def _add_look_alike(lists: Lists, writer: Writer, company: SampleCompany, number: int) -> None:
    """Put another company that looks like this one on one of the sides."""
    other = writer.chance.choice(LOOK_ALIKES)(writer, company)
    if other is None:
        return
    if writer.chance.random() < 0.5:
        _put(lists, "left", writer.precoro(f"A{number}", other), other)
    else:
        _put(lists, "right", writer.quickbooks(f"B{number}", other)[0], other)


def _tell_apart(lists: Lists, maker: Maker) -> None:
    """Give different companies of one name details by which a person could tell them apart."""
    by_name: dict[str, list[int]] = {}
    for position, party in enumerate(lists.left):
        by_name.setdefault(_letters(party.names[0]), []).append(position)
    for there, party in enumerate(lists.right):
        for here in by_name.get(_letters(party.names[0]), []):
            if (lists.left[here].key, party.key) not in lists.same:
                differ = maker.chance.choice((_by_tax_number, _by_office))
                lists.left[here] = differ(lists.left[here], lists.companies[lists.left[here].key])
                lists.right[there] = differ(lists.right[there], lists.companies[party.key])


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _by_tax_number(party: Party, company: SampleCompany) -> Party:
    return replace(party, tax_number=company.tax_number, country=company.country.written[0])


def _by_office(party: Party, company: SampleCompany) -> Party:
    return replace(party, city=company.city, postal_code=company.postal_code, phone=company.phone)


def _other_trade(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Give the same family name another trade."""
    first = company.core.split()[0]
    core = f"{first} {writer.chance.choice(company.country.trades)}"
    return None if core.casefold() in writer.maker.names else writer.maker.elsewhere(core, company.country)


def _no_ampersand(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Make AB of A & B."""
    core = company.core.replace(" & ", "").replace("&", "")
    return None if core == company.core else writer.maker.elsewhere(core, company.country)


def _another_letter(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Make Hanson of Hansen."""
    twins = {"en": "on", "son": "sen", "Smith": "Smyth", "Stewart": "Stuart", "Thompson": "Thomson", "er": "or"}
    old = next((ending for ending in twins if ending in company.core), None)
    if old is None:
        return None
    core = company.core.replace(old, twins[old], 1)
    return replace(writer.maker.elsewhere(core, company.country), forms=company.forms)


def _branch(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Make a subsidiary or a branch, which is billed on its own."""
    extra = writer.chance.choice(("Holdings", "Group", "Finance", "(Export)", "East", "West", "Leasing"))
    return replace(writer.maker.elsewhere(f"{company.core} {extra}", company.country), domain=company.domain)


def _numbered(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Make a store of a chain, told apart by its number."""
    core = f"{company.core} #{writer.chance.randint(100, 999)}"
    return replace(writer.maker.elsewhere(core, company.country), domain=company.domain)


def _other_form(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Make a second firm of one family: Smith Ltd and Smith LLP."""
    others = [forms for forms in company.country.forms if forms != company.forms]
    return replace(writer.maker.elsewhere(company.core, company.country), forms=writer.chance.choice(others))


def _abroad(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Put the same name in another country, paid in the same currency."""
    country = writer.chance.choice([country for country in COUNTRIES if country.code != company.country.code])
    return replace(writer.maker.elsewhere(company.core, country), forms=company.forms, currency=company.currency)


def _other_alphabet(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Make an impostor with letters that only look right."""
    return replace(writer.maker.elsewhere(company.core.translate(CYRILLIC), company.country), forms=company.forms)


def _same_house(writer: Writer, company: SampleCompany) -> SampleCompany | None:
    """Put another company into the same building, with the building's phone."""
    other = writer.maker.company()
    return replace(other, country=company.country, city=company.city, postal_code=company.postal_code,
                   phone=company.phone, currency=company.currency)  # fmt: skip


LOOK_ALIKES: tuple[Callable[[Writer, SampleCompany], SampleCompany | None], ...] = (
    _other_trade,
    _no_ampersand,
    _another_letter,
    _branch,
    _numbered,
    _other_form,
    _abroad,
    _other_alphabet,
    _same_house,
)
"""Companies that only look like another one."""
