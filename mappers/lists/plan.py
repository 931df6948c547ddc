"""What a custom field of Precoro should hold because of a list in QuickBooks: the plan of an import or an update.

An import by a person adds what is not there, also what a person deleted before. An update refreshes what is mirrored
already and adds nothing; on a schedule it may add what was never there, but not what a person deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from mappers.lists.entries import DEEPEST, Entry, Mirror, Option, fitting
from mappers.lists.matching import Matches, adopt, paired
from mappers.matching.rule import matching_name

Adds: TypeAlias = Literal["nothing", "unseen", "all"]

ADD, UPDATE, PAIR, UNCHANGED, PROBLEM = "add", "update", "pair", "unchanged", "problem"
SHOWN = {"name": "name", "code": "code", "parent": "place", "enabled": "on"}
"""The fields of an option under the names that people read; the id that it carries is told apart."""


@dataclass(frozen=True)
class Row:
    """One row of a plan. `changes` are the new values of the option's fields; `parent` is the id of an entry, None at the top.

    `takes_over` says that the option was not paired with the entry before, `again` that the entry had an option before, which
    our copy of Precoro no longer shows.
    """

    what: str
    entry_id: str
    sentence: str
    option_id: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    takes_over: bool = False
    again: bool = False


def plan(mirror: Mirror, adds: Adds) -> list[Row]:
    """Return a row for every entry that is mirrored or, when adding, should be: parents before children."""
    found = paired(mirror)
    wanted = mirror.wanted() if adds != "nothing" else frozenset()
    if adds == "unseen":
        wanted -= _deleted(mirror)
    if wanted:
        adopt(mirror, wanted, found)
    planning = _Planning(mirror, found, adds)
    for entry in mirror.in_order((wanted | found.twins.keys()) & mirror.entries.keys()):
        planning.decide(entry)
    return planning.rows


def _deleted(mirror: Mirror) -> frozenset[str]:
    """Return the entries whose option a person deleted, or parted from them: they come back only when a person imports them."""
    gone = {pair.entry_id for option_id, pair in mirror.pairs.items() if _is_gone(mirror.options.get(option_id))}
    return frozenset(gone | {entry_id for _, entry_id in mirror.refused})


def _is_gone(option: Option | None) -> bool:
    return option is None or option.gone


class _Planning:
    """The plan under way: the rows so far, and the entries that have an option, or get one, to hang children under."""

    def __init__(self, mirror: Mirror, found: Matches, adds: Adds) -> None:
        self.mirror = mirror
        self.found = found
        self.adds = adds
        self.rows: list[Row] = []
        self.placed: set[str] = set()
        self.dropped = mirror.selection.left_out - mirror.wanted()
        self.taken = _taken_names(mirror)
        self.deleted = _deleted(mirror)

    def decide(self, entry: Entry) -> None:
        """Add the row of one entry, and rows for the options that a merge left over."""
        twin, adopted = self.found.twins.get(entry.id), self.found.adopted.get(entry.id)
        if twin is not None or adopted is not None:
            self.placed.add(entry.id)
        if twin is not None:
            self._refresh(entry, twin, takes_over=False)
            self._switch_off_spare(entry)
        elif entry.id in self.found.problems:
            self._problem(entry, self.found.problems[entry.id])
        elif adopted is not None:
            self._refresh(entry, adopted, takes_over=True)
        else:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        """Plan a new option, or say why there cannot be one."""
        why = self._no_place(entry)
        if why:
            self._problem(entry, why)
            return
        parent = self.found.option(entry.parent)
        changes = {"name": fitting(entry.name), "code": entry.code or "", "parent": entry.parent, "enabled": True}
        if (entry.parent is None or parent) and self._is_taken(entry, parent.id if parent else None, None):
            self._problem(entry, self._name_taken(entry))
            return
        again = entry.id in self.deleted
        below = f" under {self._name(entry.parent)}" if entry.parent else ""
        self.placed.add(entry.id)
        changes["external_id"] = self.mirror.external_id(entry.id)
        told = f"Add {self._label(entry)}{below}{', which a person deleted in Precoro' if again else ''}."
        self.rows.append(Row(ADD, entry.id, told, changes=changes, again=again))

    def _refresh(self, entry: Entry, option: Option, *, takes_over: bool) -> None:
        """Plan what the option of an entry must say from now on."""
        changes = {} if entry.id in self.found.by_hand else self._differences(entry, option)
        why = self._refused(entry, option, changes)
        if why:
            self._problem(entry, why, option)
            if takes_over:
                self.placed.discard(entry.id)
        elif takes_over or changes:
            what = UPDATE if changes else PAIR
            self._row(what, entry, self._told(entry, option, changes, takes_over), option, changes, takes_over)
        else:
            self._row(UNCHANGED, entry, f"{self._label(entry, capital=True)} is as in QuickBooks.", option)

    def _differences(self, entry: Entry, option: Option) -> dict[str, Any]:
        """Return the fields of an option that QuickBooks says otherwise; what belongs to others is left as it is."""
        mirror = self.mirror
        if option.external_id and not mirror.is_ours(option) and not mirror.names(option, entry.id):
            return {}
        if not entry.usable or entry.id in self.dropped:
            return {"enabled": False} if option.enabled else {}
        changes: dict[str, Any] = {}
        if fitting(option.name) != fitting(entry.name):
            changes["name"] = fitting(entry.name)
        if entry.code and entry.code != option.code:
            changes["code"] = entry.code
        if self._has_moved(entry, option):
            changes["parent"] = entry.parent
        if not option.enabled and entry.id in mirror.switched_off:
            changes["enabled"] = True
        if not mirror.names(option, entry.id) and (mirror.is_ours(option) or self.adds != "nothing"):
            changes["external_id"] = mirror.external_id(entry.id)
        return changes

    def _has_moved(self, entry: Entry, option: Option) -> bool:
        """Say whether the option hangs elsewhere; an entry whose parent is not mirrored may hang anywhere."""
        if entry.parent is None:
            return option.parent is not None
        parent = self.found.option(entry.parent)
        return entry.parent in self.placed and (parent is None or parent.id != option.parent)

    def _refused(self, entry: Entry, option: Option, changes: Mapping[str, Any]) -> str | None:
        """Say why an option may not be changed so, if it may not."""
        use = self.mirror.defaults.get(entry.id)
        if changes.get("enabled") is False and use:
            why = "left out" if entry.usable else "inactive or gone in QuickBooks"
            return (
                f"{self._label(entry, capital=True)} is {why}, but it is the default account for {use}. "
                "Choose another default account first: tieout settings set"
            )
        if "parent" in changes and self.mirror.level(entry) > DEEPEST:
            return self._too_deep(entry)
        if changes.keys() & {"name", "parent"} and self._is_taken(
            entry, self._place(entry, option, changes), option.id
        ):
            return self._name_taken(entry)
        return None

    def _place(self, entry: Entry, option: Option, changes: Mapping[str, Any]) -> str | None:
        """Return the option under which an option will hang."""
        if "parent" not in changes:
            return option.parent
        parent = self.found.option(entry.parent)
        return parent.id if parent else None

    def _no_place(self, entry: Entry) -> str | None:
        """Say why a new option has no place in the tree."""
        if self.mirror.level(entry) > DEEPEST:
            return self._too_deep(entry)
        if entry.parent is None or entry.parent in self.placed:
            return None
        above, under = self.mirror.entries.get(entry.parent), self._name(entry.parent)
        where = f"{self._label(entry, capital=True)} lies under {under}, which is"
        if above is None or not above.usable:
            return f"{where} inactive or gone in QuickBooks. Make {under} active there, or leave {entry.name} out."
        return f"{where} not in Precoro. Bring {under} over first, or leave {entry.name} out."

    def _too_deep(self, entry: Entry) -> str:
        return (
            f"{self._label(entry, capital=True)} is on level {self.mirror.level(entry)}; a list in Precoro has {DEEPEST}. "
            "Move it up in QuickBooks, or leave it out."
        )

    def _name_taken(self, entry: Entry) -> str:
        return (
            f"Precoro has another option named {fitting(entry.name)} in the same place, which stands for something else. "
            f"Rename it there, or pair it with {self._label(entry)} by hand."
        )

    def _is_taken(self, entry: Entry, parent: str | None, but: str | None) -> bool:
        """Say whether a living option under a parent has the name already."""
        return bool(self.taken.get((parent, matching_name(fitting(entry.name))), set()) - {but})

    def _switch_off_spare(self, entry: Entry) -> None:
        """Plan that options of entries that were merged into this one can no longer be chosen."""
        for option in self.found.spare.get(entry.id, []):
            if option.enabled and entry.usable:
                sentence = f"Switch off {option.name}: it was merged into {entry.name} in QuickBooks."
                self._row(UPDATE, entry, sentence, option, {"enabled": False})

    def _told(self, entry: Entry, option: Option, changes: Mapping[str, Any], takes_over: bool) -> str:
        """Say in one sentence what changes."""
        parts = [self._difference(option, name, value) for name, value in changes.items() if name in SHOWN]
        if takes_over:
            parts.insert(0, f"is paired with option {option.name}")
        elif "external_id" in changes:
            parts.append("the option gets the QuickBooks id")
        if takes_over and not option.enabled:
            parts.append("it is switched off in Precoro and stays so")
        return f"{self._label(entry, capital=True)}: {'; '.join(parts)}."

    def _difference(self, option: Option, name: str, value: Any) -> str:
        if name == "enabled":
            return "switched on again" if value else "switched off"
        if name == "parent":
            return f"moved under {self._name(value)}" if value else "moved to the top"
        before = getattr(option, name) or "none"
        return f"{SHOWN[name]} {before} becomes {value}"

    def _name(self, entry_id: str | None) -> str:
        entry = self.mirror.entries.get(entry_id or "")
        return entry.name if entry else f"{self.mirror.noun} {entry_id}"

    def _label(self, entry: Entry, *, capital: bool = False) -> str:
        noun = self.mirror.noun.capitalize() if capital else self.mirror.noun
        return " ".join(part for part in (noun, entry.code, entry.name) if part)

    def _problem(self, entry: Entry, sentence: str, option: Option | None = None) -> None:
        self._row(PROBLEM, entry, sentence, option)

    def _row(
        self,
        what: str,
        entry: Entry,
        sentence: str,
        option: Option | None,
        changes: Mapping[str, Any] | None = None,
        takes_over: bool = False,
    ) -> None:
        self.rows.append(Row(what, entry.id, sentence, option.id if option else None, changes or {}, takes_over))


def _taken_names(mirror: Mirror) -> Mapping[tuple[str | None, str], set[str]]:
    """Return the ids of living options by parent and name."""
    found: dict[tuple[str | None, str], set[str]] = {}
    for option in mirror.options.values():
        if not option.gone:
            found.setdefault((option.parent, matching_name(option.name)), set()).add(option.id)
    return found
