"""Which country a free text means: USA, United Kingdom, Deutschland, DE."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pycountry
from babel import Locale

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
"""The languages whose names of countries are understood."""
_PARTS = {"england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "holland": "NL", "uk": "GB"}
"""What people write for a country and no list of countries has."""


def country_code(text: str) -> str | None:
    """Return the country's two letters (ISO 3166), or None."""
    return _codes().get(_plain(text))


def _plain(text: str) -> str:
    """Return the text without points, double spaces, capitals and a leading article."""
    return " ".join(text.replace(".", "").casefold().split()).removeprefix("the ")


@cache
def _codes() -> Mapping[str, str]:
    """Return every known spelling with its code; the official ones win."""
    codes = dict(_PARTS)
    for language in reversed(LANGUAGES):
        territories = Locale(language).territories
        codes |= {_plain(name): code for code, name in territories.items() if len(code) == 2 and code.isalpha()}  # noqa: PLR2004
    for country in pycountry.countries:
        names = (
            getattr(country, field, "") for field in ("official_name", "common_name", "name", "alpha_3", "alpha_2")
        )
        codes |= {_plain(name): country.alpha_2 for name in names if name}
    return codes
