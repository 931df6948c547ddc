"""The words that made-up suppliers are built from, by country."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """What the suppliers of one country are made of.

    A `#` in a format stands for a digit; `dial` leads phone numbers.
    """

    code: str
    written: tuple[str, ...]
    currency: str
    dial: str
    phone: str
    postal: str
    towns: tuple[str, ...]
    people: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    top_level: str


def _each(texts: str) -> tuple[str, ...]:
    return tuple(texts.split("; "))


_ENGLISH_PEOPLE = tuple(
    "Abbott Ainsley Baker Barlow Bennett Bishop Boyd Bradley Brennan Burke Caldwell Carver Chandler Coleman Connolly "
    "Crawford Dalton Dawson Dixon Donnelly Easton Ellis Farrell Finch Fleming Foster Gallagher Garner Gibson Graham "
    "Hale Hansen Hanson Harding Henderson Hewitt Holt Hudson Irving Jarvis Jensen Johansen Johnson Keane Kendall "
    "Lambert Lawson Lowry Marsh Maxwell McBride McCarthy Meyer Miles Morrow Nash Norris O'Brien O'Neill Osborne "
    "Parrish Pearson Peterson Petersen Quinn Ramsey Reeves Rhodes Rossi Sawyer Shaw Simmons Smith Smyth Stanton "
    "Stewart Stuart Sutton Talbot Thompson Thomson Turner Vance Walsh Warner Webb Whitaker Wilcox Winters Yates".split()
)
_ENGLISH_TRADES = _each(
    "Plumbing; Plumbing Supply; Electric; Electrical Services; Roofing; Office Supply; Office Furniture; Printing; "
    "Packaging; Paper; Freight; Logistics; Trucking; Catering; Cleaning Services; Landscaping; Consulting; "
    "Accounting Services; Legal; Software; Technologies; Manufacturing; Machine Tools; Steel; Building Materials; "
    "Hardware; Lighting; Security Systems; Medical Supply; Laboratory Equipment; Marketing; Design; Signs; Safety "
    "Products; Welding Supply; Industrial Supply; Chemical; Foods; Coffee Roasters; Auto Parts; Equipment Rental; "
    "Property Management; Insurance Brokers; Staffing; Associates; International Trading; Waste Management; Water "
    "Treatment"
)

COUNTRIES = (
    Country(
        code="US",
        written=("US", "USA", "United States", "U.S.A."),
        currency="USD",
        dial="+1",
        phone="(2##) 5##-####",
        postal="#####",
        towns=_each(
            "Austin; Boise; Buffalo; Cedar Falls; Charlotte; Cleveland; Dallas; Dayton; Denver; El Paso; Fresno; "
            "Houston; Madison; Memphis; Omaha; Phoenix; Portland; Reno; Salem; San Jose; Spokane; St. Louis; Tucson; "
            "Tulsa"
        ),
        people=_ENGLISH_PEOPLE,
        trades=_ENGLISH_TRADES,
        forms=(
            ("Inc", "Inc.", "Incorporated", ", Inc."),
            ("LLC", "L.L.C.", ", LLC"),
            ("Corp", "Corp.", "Corporation"),
            ("Co", "Co.", "Company"),
        ),
        top_level="com",
    ),
    Country(
        code="GB",
        written=("GB", "UK", "United Kingdom", "England"),
        currency="GBP",
        dial="+44",
        phone="0161 ### ####",
        postal="M## #XY",
        towns=_each("Bath; Bristol; Derby; Exeter; Hull; Leeds; Luton; Oxford; Reading; Swindon; York"),
        people=_ENGLISH_PEOPLE,
        trades=_ENGLISH_TRADES,
        forms=(("Ltd", "Ltd.", "Limited", "LTD"), ("LLP", "L.L.P."), ("PLC", "plc", "P.L.C.")),
        top_level="co.uk",
    ),
    Country(
        code="CA",
        written=("CA", "Canada", "CAN"),
        currency="CAD",
        dial="+1",
        phone="416-5##-####",
        postal="M#B #H#",
        towns=_each("Calgary; Guelph; Halifax; Kelowna; London; Moncton; Oshawa; Regina; Toronto; Windsor"),
        people=_ENGLISH_PEOPLE,
        trades=_ENGLISH_TRADES,
        forms=(("Inc", "Inc.", "Incorporated"), ("Ltd", "Ltd.", "Limited"), ("Corp.", "Corporation")),
        top_level="ca",
    ),
    Country(
        code="DE",
        written=("DE", "Germany", "Deutschland", "DEU"),
        currency="EUR",
        dial="+49",
        phone="030 4#######",
        postal="#####",
        towns=_each("Berlin; Bremen; Dresden; Düsseldorf; Göttingen; Köln; Lübeck; Mainz; München; Ulm"),
        people=_each(
            "Bäcker; Böhm; Fuchs; Götz; Grünwald; Hartmann; Jäger; Keßler; König; Krüger; Lang; Löwe; Möller; "
            "Müller; Schäfer; Schneider; Schröder; Vogel; Weiß; Zöllner"
        ),
        trades=_each(
            "Maschinenbau; Werkzeugbau; Elektrotechnik; Bürobedarf; Druckerei; Verpackungen; Spedition; "
            "Gebäudereinigung; Stahlhandel; Medizintechnik; Softwarehaus; Steuerberatung; Möbelwerke; Baustoffe; "
            "Kältetechnik"
        ),
        forms=(("GmbH", "G.m.b.H.", "gmbh"), ("AG", "A.G."), ("KG",), ("GmbH & Co. KG", "GmbH & Co KG")),
        top_level="de",
    ),
    Country(
        code="FR",
        written=("FR", "France", "FRA"),
        currency="EUR",
        dial="+33",
        phone="01 4# ## ## ##",
        postal="7#0##",
        towns=_each("Angers; Besançon; Bordeaux; Dijon; Grenoble; Lyon; Nîmes; Orléans; Paris; Rennes"),
        people=_each(
            "Beaumont; Béranger; Carré; Chevalier; Delacroix; Deschênes; Fournier; Géraud; Lefèvre; Legrand; Mallet; "
            "Noël; Perrault; Rivière; Thévenot"
        ),
        trades=_each(
            "Imprimerie; Transports; Électricité; Fournitures de Bureau; Conseil; Emballages; Menuiserie; Matériaux; "
            "Informatique; Traiteur; Mécanique"
        ),
        forms=(("SARL", "S.A.R.L."), ("SA", "S.A."), ("SAS", "S.A.S.")),
        top_level="fr",
    ),
    Country(
        code="ES",
        written=("ES", "Spain", "España"),
        currency="EUR",
        dial="+34",
        phone="91 4## ## ##",
        postal="28###",
        towns=_each("Bilbao; Cádiz; Córdoba; Gijón; León; Madrid; Málaga; Sevilla; Valencia; Zaragoza"),
        people=_each("Álvarez; Castaño; Díaz; Fernández; García; Ibáñez; López; Muñoz; Núñez; Peña; Ruiz"),
        trades=_each(
            "Suministros; Construcciones; Transportes; Papelería; Instalaciones Eléctricas; Maquinaria; Consultores; "
            "Limpiezas; Envases; Informática"
        ),
        forms=(("SL", "S.L."), ("SA", "S.A.")),
        top_level="es",
    ),
)

COINED = (
    "al an ar bel bor cal can cor dan del dor el en fal fen gal gor har hel in is jun kal kor lan lem lin mar mel min "
    "mor nal nor om or pal per quin ral ren ros sal sel sol tal ten tor ul val vel ven ver vin vor wel xan yor zan zel"
).split()
COINED_ENDS = "a ex ia ic io is ix on or os um us vex tek dyne corp soft line ware gen mark".split()
PLACES = _each(
    "Atlantic; Blue Ridge; Canyon; Cascade; Coastal; Crescent; Delta; Eagle; Evergreen; Frontier; Golden Gate; "
    "Granite; Great Lakes; Harbor; Heritage; Highland; Keystone; Liberty; Lone Star; Maple Leaf; Metro; Midwest; "
    "Northern; Ocean; Pacific; Pacific Rim; Pinnacle; Pioneer; Prairie; Premier; Redwood; River City; Rocky "
    "Mountain; Silver Creek; Southern; Summit; Sunrise; Superior; Tri-State; Twin Rivers; United; Valley; Western"
)
FIRST_NAMES = _each(
    "Ana; Bill; Carlos; Dana; Elena; Frank; Grace; Hannah; Ivan; James; Karen; Laura; Maria; Nina; Omar; Paul; Rosa; "
    "Susan; Tom; Victor"
)
FREE_MAIL = ("gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "gmx.de", "orange.fr", "icloud.com")
MAILBOXES = ("info", "sales", "ar", "accounts", "billing", "office", "orders")
ABBREVIATIONS = {
    "International": ("Intl", "Int'l", "Intl."),
    "Manufacturing": ("Mfg", "Mfg.", "Manuf."),
    "Services": ("Svcs", "Svc", "Serv."),
    "Supply": ("Sply", "Supp."),
    "Management": ("Mgmt", "Mgmt."),
    "Associates": ("Assoc", "Assoc.", "Assocs"),
    "Technologies": ("Tech", "Technol."),
    "Equipment": ("Equip", "Eqpt"),
    "Industrial": ("Ind", "Indl"),
    "Building": ("Bldg",),
    "Laboratory": ("Lab",),
    "Electrical": ("Elec", "Elect."),
    "Products": ("Prod", "Prods."),
    "Northern": ("No.", "N."),
    "Mountain": ("Mtn",),
    "Insurance": ("Ins", "Ins."),
    "Property": ("Prop.",),
    "Construcciones": ("Constr.",),
    "Transports": ("Transp.",),
}
