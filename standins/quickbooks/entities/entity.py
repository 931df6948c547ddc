"""One row of the entity table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from standins.quickbooks.entities.fields import FieldSpec, flag


@dataclass(frozen=True)
class Entity:
    """One row of the table.

    `noun` is QBO's word in fault 2500, `plural` the one in its "made inactive" sentence; `order` is the order of a
    query that names none; `feature` must be in the plan.
    """

    name: str
    fields: Mapping[str, FieldSpec]
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


def name_list(
    name: str, noun: str, plural: str, order: str, fields: Mapping[str, FieldSpec], **options: object
) -> Entity:
    """Make the row of a name list."""
    row = Entity(name, {**fields, "Active": flag(default=True)}, noun=noun, plural=plural, order=order)
    return replace(row, **options)  # type: ignore[arg-type]
