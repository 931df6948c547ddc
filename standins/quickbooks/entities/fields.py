"""What a property of an entity may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NAME_FORBIDDEN = ":\t\n"


@dataclass(frozen=True)
class FieldSpec:
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
    parts: Mapping[str, FieldSpec] = field(default_factory=dict)


def text(longest: int, forbidden: str = "", *, queryable: bool = True) -> FieldSpec:
    """Describe text of at most so many characters."""
    return FieldSpec("text", longest, forbidden=forbidden, queryable=queryable)


def flag(*, default: bool | None = None) -> FieldSpec:
    """Describe a real boolean."""
    return FieldSpec("flag", default=default)


def choice(*choices: str, default: str | None = None) -> FieldSpec:
    """Describe a choice of words."""
    return FieldSpec("choice", choices=choices, default=default)


def ref(*targets: str, queryable: bool = True) -> FieldSpec:
    """Describe a reference {"value": id, "name": ...} to one of the entities named."""
    return FieldSpec("ref", targets=targets, queryable=queryable)


def parts(**fields: FieldSpec) -> FieldSpec:
    """Describe a nested object."""
    return FieldSpec("parts", parts=fields, queryable=False)


def computed(kind: str = "any", *, queryable: bool = False) -> FieldSpec:
    """Describe what QBO works out itself."""
    return FieldSpec(kind, computed=True, queryable=queryable)


AMOUNT = FieldSpec("amount")
NUMBER = FieldSpec("number")
DATE = FieldSpec("date")
ANY = FieldSpec("any", queryable=False)
EMAIL = parts(Address=FieldSpec("email", 100))
PHONE = parts(FreeFormNumber=text(30))
WEB = parts(URI=text(1000))
TYPED_REF = parts(value=text(100), type=text(100), name=text(500))
"""A reference that names the type of what it points to itself."""
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
NOWHERE = {"Lat": "INVALID", "Long": "INVALID"}
"""What an address shows that QuickBooks found on no map."""
EMAIL_TEXT = ("NotSet", "NeedToSend", "EmailSent")
