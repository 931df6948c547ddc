"""One list of QuickBooks beside the custom field that mirrors it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mappers.books import NOT_FOR_PURCHASES

MOST_LEVELS = 5
"""The most levels that both sides have (docs/reference/precoro.md, Options and custom fields; docs/reference/quickbooks.md, Accounts)."""
NAME_LIMIT = 255
_HASH_LENGTH = 5
EXPENSE_TYPES = frozenset({"Expense", "Other Expense", "Cost of Goods Sold"})
"""The accounts that are mirrored unless others are chosen."""


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One entry of the list in QuickBooks.

    `kind` is the AccountType of an account, `gone` says that the entry was merged away.
    """

    id: str
    name: str
    parent: str | None = None
    code: str | None = None
    kind: str = ""
    active: bool = True
    gone: bool = False

    @property
    def usable(self) -> bool:
        """Say whether documents can go to it."""
        return self.active and not self.gone


@dataclass(frozen=True, slots=True)
class ListOption:
    """One option of the custom field in Precoro.

    `gone` says that a person deleted it.
    """

    id: str
    name: str
    code: str | None = None
    parent: str | None = None
    enabled: bool = True
    external_id: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class OptionPair:
    """The entry that an option is paired with.

    An option paired by hand keeps the name that Precoro gives it.
    """

    entry_id: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries are mirrored: by type, picked, or left out.

    Those of some types (none named: all types) and those picked, or only the picked ones.
    """

    types: frozenset[str] = frozenset()
    picked: frozenset[str] = frozenset()
    only_picked: bool = False
    left_out: frozenset[str] = frozenset()

    def takes(self, entry: ListEntry) -> bool:
        """Tell whether an entry belongs in Precoro's list.

        Accounts that take no purchase lines never do.
        """
        if entry.id in self.left_out or entry.kind in NOT_FOR_PURCHASES:
            return False
        return entry.id in self.picked or (not self.only_picked and (not self.types or entry.kind in self.types))

    def without(self, ids: Iterable[str]) -> Selection:
        """Return the selection with entries left out."""
        gone = frozenset(ids)
        return replace(self, picked=self.picked - gone, left_out=self.left_out | gone)


@dataclass(frozen=True)
class Mirror:
    """Both sides of one list, with all that deciding about it needs.

    `kind` is that of its pairs, `entity` the QuickBooks type in lower case, `noun` what people call one entry. `pairs` goes
    by option id; `refused` holds (option id, entry id) that a person said are not the same; `switched_off` the entries whose
    option was switched off because of QuickBooks; `defaults` what an entry is the default account of.
    """

    kind: str
    entity: str
    noun: str
    realm: str
    entries: Mapping[str, ListEntry]
    options: Mapping[str, ListOption]
    pairs: Mapping[str, OptionPair] = field(default_factory=dict)
    refused: frozenset[tuple[str, str]] = frozenset()
    selection: Selection = Selection()
    switched_off: frozenset[str] = frozenset()
    defaults: Mapping[str, str] = field(default_factory=dict)

    def external_id(self, entry_id: str) -> str:
        """Return the external id that an entry's option carries: `qbo:{realm}:account:{id}`."""
        return f"qbo:{self.realm}:{self.entity}:{entry_id}"

    def is_ours(self, option: ListOption) -> bool:
        """Tell whether we wrote the external id of an option for this list.

        Only that, or nothing, may be written over.
        """
        return (option.external_id or "").startswith(self.external_id(""))

    def names(self, option: ListOption, entry_id: str) -> bool:
        """Tell whether an option carries the id of an entry, ours or bare."""
        return option.external_id in {entry_id, self.external_id(entry_id)}

    def above(self, entry: ListEntry) -> Iterator[ListEntry]:
        """Yield the entries above this one, the nearest first."""
        passed = {entry.id}
        while entry.parent is not None and entry.parent not in passed and entry.parent in self.entries:
            entry = self.entries[entry.parent]
            passed.add(entry.id)
            yield entry

    def level(self, entry: ListEntry) -> int:
        """Return the level of an entry, 1 at the top."""
        return 1 + sum(1 for _ in self.above(entry))

    def in_order(self, ids: Iterable[str]) -> list[ListEntry]:
        """Return entries with parents before children, and by name within a level."""
        return sorted(
            (self.entries[entry_id] for entry_id in ids),
            key=lambda entry: (self.level(entry), entry.name.casefold(), entry.id),
        )

    def wanted(self) -> frozenset[str]:
        """Return the ids of the usable entries that belong in Precoro.

        These are the chosen entries, and those above them, so that they have a place.
        """
        chosen = [entry for entry in self.entries.values() if entry.usable and self.selection.takes(entry)]
        return frozenset(mirrored.id for entry in chosen for mirrored in (entry, *self.above(entry)) if mirrored.usable)

    def staying(self) -> frozenset[str]:
        """Return the ids of usable entries whose option is on in Precoro though they are not chosen: nobody left them out."""
        on = {pair.entry_id for option_id, pair in self.pairs.items() if self._is_on(option_id)}
        others = on - self.wanted() - self.selection.left_out
        return frozenset(entry_id for entry_id in others & self.entries.keys() if self.entries[entry_id].usable)

    def _is_on(self, option_id: str) -> bool:
        option = self.options.get(option_id)
        return option is not None and option.enabled and not option.gone


def fit_name(name: str) -> str:
    """Return a name as an option may have it.

    It has single spaces; one that is too long is cut, with 5 characters of its hash.
    """
    plain = " ".join(name.split())
    if len(plain) <= NAME_LIMIT:
        return plain
    tail = hashlib.sha256(plain.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{plain[: NAME_LIMIT - _HASH_LENGTH - 1]}-{tail}"
