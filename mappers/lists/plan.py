"""What a custom field of Precoro should hold because of a QuickBooks list.

An import by a person adds what is not there, also what a person deleted before. An update refreshes what is mirrored
already and adds nothing; on a schedule it may add what was never there, but not what a person deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from mappers.lists.entries import MOST_LEVELS, ListEntry, ListOption, Mirror, fit_name
from mappers.lists.matching import Matches, adopt, match_pairs
from mappers.matching.rule import matching_name
from mappers.remedies import Remedy
from mappers.settings.default_accounts import choose_another

Adds: TypeAlias = Literal["nothing", "unseen", "all"]

RowAction: TypeAlias = Literal["add", "update", "pair", "unchanged", "problem"]
_SHOWN_FIELDS = {"name": "name", "code": "code", "parent": "place", "enabled": "on"}
"""The fields of an option under the names that people read; the id that it carries is told apart."""


@dataclass(frozen=True)
class Row:
    """One row of a plan: what happens to the option of one entry; a problem may have a remedy.

    `changes` are the new values of the option's fields; a new `parent` is the id of an entry, None at the top. `takes_over`
    says that the option was not paired with the entry before, `again` that the entry had an option before, which our copy of
    Precoro no longer shows, `spare` that the option is left over from a merge and another one stands for the entry.
    """

    what: RowAction
    entry_id: str
    sentence: str
    option_id: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    takes_over: bool = False
    again: bool = False
    spare: bool = False
    remedy: Remedy | None = None


def plan(mirror: Mirror, adds: Adds) -> list[Row]:
    """Return a row for every entry that is or should be mirrored, parents first."""
    matches = match_pairs(mirror)
    wanted = mirror.wanted() if adds != "nothing" else frozenset()
    if adds == "unseen":
        wanted -= _deleted(mirror)
    if wanted:
        adopt(mirror, wanted, matches)
    planning = _ListPlanner(mirror, matches, adds)
    for entry in mirror.in_order((wanted | matches.twins.keys()) & mirror.entries.keys()):
        planning.decide(entry)
    return planning.rows


def _deleted(mirror: Mirror) -> frozenset[str]:
    """Return the entries whose option a person deleted or unpaired.

    They come back only when a person imports them.
    """
    gone = {pair.entry_id for option_id, pair in mirror.pairs.items() if _is_gone(mirror.options.get(option_id))}
    return frozenset(gone | {entry_id for _, entry_id in mirror.refused})


def _is_gone(option: ListOption | None) -> bool:
    return option is None or option.gone


class _ListPlanner:
    """The rows so far, and the entries that have an option or get one.

    Children are placed under these.
    """

    def __init__(self, mirror: Mirror, matches: Matches, adds: Adds) -> None:
        self.mirror = mirror
        self.matches = matches
        self.adds = adds
        self.rows: list[Row] = []
        self.placed: set[str] = set()
        self.dropped = mirror.selection.left_out - mirror.wanted()
        self.taken = _taken_names(mirror)
        self.deleted = _deleted(mirror)

    def decide(self, entry: ListEntry) -> None:
        """Add the row of one entry, and rows for its spare options."""
        twin, adopted = self.matches.twins.get(entry.id), self.matches.adopted.get(entry.id)
        if twin is not None or adopted is not None:
            self.placed.add(entry.id)
        if twin is not None:
            self._refresh(entry, twin, takes_over=False)
            self._switch_off_spare(entry)
        elif entry.id in self.matches.problems:
            self._problem(entry, self.matches.problems[entry.id])
        elif adopted is not None:
            self._refresh(entry, adopted, takes_over=True)
        else:
            self._add(entry)

    def _add(self, entry: ListEntry) -> None:
        """Plan a new option, or say why there cannot be one."""
        why = self._no_place(entry)
        if why:
            self._problem(entry, why)
            return
        parent = self.matches.option(entry.parent)
        changes = {"name": fit_name(entry.name), "code": entry.code or "", "parent": entry.parent, "enabled": True}
        if (entry.parent is None or parent) and self._is_taken(entry, parent.id if parent else None, None):
            self._problem(entry, self._name_taken(entry))
            return
        again = entry.id in self.deleted
        below = f" under {self._name(entry.parent)}" if entry.parent else ""
        self.placed.add(entry.id)
        changes["external_id"] = self.mirror.external_id(entry.id)
        sentence = f"Add {self._label(entry)}{below}{', which a person deleted in Precoro' if again else ''}."
        self.rows.append(Row("add", entry.id, sentence, changes=changes, again=again))

    def _refresh(self, entry: ListEntry, option: ListOption, *, takes_over: bool) -> None:
        """Plan what the option of an entry must say from now on."""
        changes = {} if entry.id in self.matches.by_hand else self._differences(entry, option)
        use = self.mirror.defaults.get(entry.id) if changes.get("enabled") is False else None
        why = self._default_left_out(entry, use) if use else self._no_change(entry, option, changes)
        if why:
            self._problem(entry, why, option, choose_another(use) if use else None)
            if takes_over:
                self.placed.discard(entry.id)
        elif takes_over or changes:
            what: RowAction = "update" if changes else "pair"
            self._row(
                what, entry, self._change_sentence(entry, option, changes, takes_over), option, changes, takes_over
            )
        else:
            self._row("unchanged", entry, f"{self._label(entry, capital=True)} is as in QuickBooks.", option)

    def _differences(self, entry: ListEntry, option: ListOption) -> dict[str, Any]:
        """Return the fields of an option that differ from QuickBooks.

        What belongs to others is left as it is.
        """
        mirror = self.mirror
        if option.external_id and not mirror.is_ours(option) and not mirror.names(option, entry.id):
            return {}
        if not entry.usable or entry.id in self.dropped:
            return {"enabled": False} if option.enabled else {}
        changes: dict[str, Any] = {}
        if fit_name(option.name) != fit_name(entry.name):
            changes["name"] = fit_name(entry.name)
        if entry.code and entry.code != option.code:
            changes["code"] = entry.code
        if self._has_moved(entry, option):
            changes["parent"] = entry.parent
        if not option.enabled and entry.id in mirror.switched_off:
            changes["enabled"] = True
        if not mirror.names(option, entry.id) and (mirror.is_ours(option) or self.adds != "nothing"):
            changes["external_id"] = mirror.external_id(entry.id)
        return changes

    def _has_moved(self, entry: ListEntry, option: ListOption) -> bool:
        """Tell whether the option has another parent than the entry.

        An entry whose parent is not mirrored may stand anywhere.
        """
        if entry.parent is None:
            return option.parent is not None
        parent = self.matches.option(entry.parent)
        return entry.parent in self.placed and (parent is None or parent.id != option.parent)

    def _default_left_out(self, entry: ListEntry, use: str) -> str:
        """Say why the option of a default account is not switched off."""
        why = "left out" if entry.usable else "inactive or gone in QuickBooks"
        return f"{self._label(entry, capital=True)} is {why}, but it is the default account for {use}."

    def _no_change(self, entry: ListEntry, option: ListOption, changes: Mapping[str, Any]) -> str | None:
        """Say why an option cannot be changed in this way, if it cannot."""
        if "parent" in changes and self.mirror.level(entry) > MOST_LEVELS:
            return self._too_deep(entry)
        if changes.keys() & {"name", "parent"} and self._is_taken(
            entry, self._place(entry, option, changes), option.id
        ):
            return self._name_taken(entry)
        return None

    def _place(self, entry: ListEntry, option: ListOption, changes: Mapping[str, Any]) -> str | None:
        """Return the option under which an option will hang."""
        if "parent" not in changes:
            return option.parent
        parent = self.matches.option(entry.parent)
        return parent.id if parent else None

    def _no_place(self, entry: ListEntry) -> str | None:
        """Say why a new option has no place in the tree."""
        if self.mirror.level(entry) > MOST_LEVELS:
            return self._too_deep(entry)
        if entry.parent is None or entry.parent in self.placed:
            return None
        above, under = self.mirror.entries.get(entry.parent), self._name(entry.parent)
        where = f"{self._label(entry, capital=True)} lies under {under}, which is"
        if above is None or not above.usable:
            return f"{where} inactive or gone in QuickBooks. Make {under} active there, or leave {entry.name} out."
        return f"{where} not in Precoro. Bring {under} over first, or leave {entry.name} out."

    def _too_deep(self, entry: ListEntry) -> str:
        return (
            f"{self._label(entry, capital=True)} is on level {self.mirror.level(entry)}; a list in Precoro has {MOST_LEVELS}. "
            "Move it up in QuickBooks, or leave it out."
        )

    def _name_taken(self, entry: ListEntry) -> str:
        return (
            f"Precoro has another option named {fit_name(entry.name)} in the same place, which stands for something else. "
            f"Rename it there, or pair it with {self._label(entry)} by hand."
        )

    def _is_taken(self, entry: ListEntry, parent: str | None, but: str | None) -> bool:
        """Say whether a living option under a parent has the name already."""
        return bool(self.taken.get((parent, matching_name(fit_name(entry.name))), set()) - {but})

    def _switch_off_spare(self, entry: ListEntry) -> None:
        """Plan that options of merged entries can no longer be chosen."""
        for option in self.matches.spare.get(entry.id, []):
            if option.enabled and entry.usable:
                sentence = f"Switch off {option.name}: it was merged into {entry.name} in QuickBooks."
                self.rows.append(Row("update", entry.id, sentence, option.id, {"enabled": False}, spare=True))

    def _change_sentence(
        self, entry: ListEntry, option: ListOption, changes: Mapping[str, Any], takes_over: bool
    ) -> str:
        """Say in one sentence what changes."""
        parts = [self._difference(option, name, value) for name, value in changes.items() if name in _SHOWN_FIELDS]
        if takes_over:
            parts.insert(0, f"is paired with option {option.name}")
        elif "external_id" in changes:
            parts.append("the option gets the QuickBooks id")
        if takes_over and not option.enabled:
            parts.append("it is switched off in Precoro and stays so")
        return f"{self._label(entry, capital=True)}: {'; '.join(parts)}."

    def _difference(self, option: ListOption, name: str, value: Any) -> str:
        if name == "enabled":
            return "switched on again" if value else "switched off"
        if name == "parent":
            return f"moved under {self._name(value)}" if value else "moved to the top"
        before = getattr(option, name) or "none"
        return f"{_SHOWN_FIELDS[name]} {before} becomes {value}"

    def _name(self, entry_id: str | None) -> str:
        entry = self.mirror.entries.get(entry_id or "")
        return entry.name if entry else f"{self.mirror.noun} {entry_id}"

    def _label(self, entry: ListEntry, *, capital: bool = False) -> str:
        noun = self.mirror.noun.capitalize() if capital else self.mirror.noun
        return " ".join(part for part in (noun, entry.code, entry.name) if part)

    def _problem(
        self, entry: ListEntry, sentence: str, option: ListOption | None = None, remedy: Remedy | None = None
    ) -> None:
        option_id = option.id if option else None
        self.rows.append(Row("problem", entry.id, sentence, option_id, remedy=remedy))

    def _row(
        self,
        what: RowAction,
        entry: ListEntry,
        sentence: str,
        option: ListOption | None,
        changes: Mapping[str, Any] | None = None,
        takes_over: bool = False,
    ) -> None:
        self.rows.append(Row(what, entry.id, sentence, option.id if option else None, changes or {}, takes_over))


def _taken_names(mirror: Mirror) -> Mapping[tuple[str | None, str], set[str]]:
    """Return the ids of living options by parent and name."""
    taken: dict[tuple[str | None, str], set[str]] = {}
    for option in mirror.options.values():
        if not option.gone:
            taken.setdefault((option.parent, matching_name(option.name)), set()).add(option.id)
    return taken
