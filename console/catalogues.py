"""Long lists of entries to pick from, each written into a page once: a field is typed into, and the browser offers the names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mappers.settings.rules import BY_ID, SettingValue

MOST_IN_A_SELECT = 100
"""How many entries a field offers as a plain choice; a page may have several such fields, and has to stay small."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Entries to pick from: what is typed for each, and its id."""

    name: str
    texts: Mapping[str, str]

    def text(self, value: str | None) -> str:
        """Return what stands in a field for an entry that was chosen."""
        return "" if not value else self.texts.get(value, f"{BY_ID}{value}")


def catalogues(entries: Mapping[str, Sequence[SettingValue]]) -> dict[str, Catalogue]:
    """Return the catalogue of each setting that offers many entries; settings that offer the same share one."""
    shared: dict[tuple[SettingValue, ...], Catalogue] = {}
    by_setting: dict[str, Catalogue] = {}
    for setting, offered in entries.items():
        if len(offered) > MOST_IN_A_SELECT:
            catalogue = Catalogue(f"entries-{len(shared) + 1}", _texts(offered))
            by_setting[setting] = shared.setdefault(tuple(offered), catalogue)
    return by_setting


def _texts(offered: Sequence[SettingValue]) -> dict[str, str]:
    """Return what is typed for each entry: its name, or its id where several go by that name."""
    numbers = Counter(entry.meaning for entry in offered)
    return {entry.value: entry.meaning if numbers[entry.meaning] == 1 else f"{BY_ID}{entry.value}" for entry in offered}
