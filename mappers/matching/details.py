"""Phone, e-mail, tax number and address in a form that can be compared.

Each function returns an empty text when there is nothing to compare. Both services take free text in all of these.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import phonenumbers
from stdnum import get_cc_module
from stdnum.util import clean

FREE_MAIL = frozenset(
    "aol.com bt.com "  # noqa: SIM905 - a line of words reads best
    "btinternet.com comcast.net gmail.com gmx.at gmx.de gmx.net googlemail.com hotmail.co.uk hotmail.com "
    "hotmail.fr icloud.com live.com mac.com mail.com mail.ru me.com msn.com orange.fr outlook.com outlook.de proton.me "
    "protonmail.com qq.com rocketmail.com sbcglobal.net t-online.de verizon.net wanadoo.fr web.de wp.pl yahoo.ca "
    "yahoo.co.uk yahoo.com yahoo.de yahoo.fr ymail.com zoho.com".split()
)
"""Domains at which anybody has a mailbox: sharing one tells nothing."""
LAST_FOUR = 4
_SHORTEST_PHONE = 6
_US_ZIP = 5
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "a", "œ": "o", "ß": "ss", "þ": "th", "ð": "d"})
"""Letters that no decomposition makes plain."""
_MASKED = re.compile(r"^[Xx*•]+")


def phone(text: str, country: str | None) -> str:
    """Return the national digits of a phone number.

    They are the same with and without country code, marks and leading zeros.
    A number without its country code is read as one of the country.
    """
    try:
        return str(phonenumbers.parse(text, country).national_number)
    except phonenumbers.NumberParseException:
        digits = "".join(c for c in text if c.isdecimal()).lstrip("0")
        return digits if len(digits) >= _SHORTEST_PHONE else ""


def mail(address: str) -> str:
    """Return an e-mail address as it is compared."""
    address = address.strip().casefold()
    return address if "@" in address else ""


def own_domain(address: str) -> str:
    """Return the domain of an e-mail address if it tells something about the company."""
    domain = mail(address).rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


def tax_number(text: str, country: str | None) -> str:
    """Return a tax number without marks and the country's prefix.

    A masked one (XXXXXXX6789) comes without the mask.
    """
    number = clean(text, " -./,:").strip().upper()
    module = _vat(country) if country else None
    if module is not None and module.is_valid(number):
        number = module.compact(number)
    number = _MASKED.sub("", number)
    return number if any(c.isdigit() for c in number) else ""


def last_four(number: str) -> str:
    """Return the end of a tax number, which is all that QuickBooks shows."""
    return number[-LAST_FOUR:] if len(number) >= LAST_FOUR else ""


def postal_code(text: str) -> str:
    """Return a postal code without marks.

    Of an American one with nine digits, the first five.
    """
    code = _NOT_ALPHANUMERIC.sub("", text).upper()
    return code[:_US_ZIP] if re.fullmatch(r"\d{5}-\d{4}", text.strip()) else code


def city(text: str) -> str:
    """Return the name of a city without accents, marks and capitals."""
    return _NOT_ALPHANUMERIC.sub("", unaccented(text.casefold()))


def account_number(text: str) -> str:
    """Return the number that the supplier gave us, without marks and leading zeros."""
    return _NOT_ALPHANUMERIC.sub("", text).upper().lstrip("0")


def unaccented(text: str) -> str:
    """Return folded text without accents.

    ü and ue are the same, since people write one for the other.
    """
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@cache
def _vat(country: str) -> Any:
    """Return what knows the tax numbers of a country."""
    return get_cc_module(country, "vat")
