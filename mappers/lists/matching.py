"""Which option of Precoro stands for which entry of QuickBooks: by pair, by the id it carries, else by an equal name.

Names are equal by the strict rule (`matching`), within the same parent, and only if one option and one entry has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mappers.lists.entries import Entry, Mirror, Option
from mappers.matching.rule import matching_name


@dataclass
class Matches:
    """The option of each entry by entry id, and why some cannot have one; `spare` are options of what was merged away."""

    twins: dict[str, Option] = field(default_factory=dict)
    spare: dict[str, list[Option]] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    adopted: dict[str, Option] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def option(self, entry_id: str | None) -> Option | None:
        """Return the option that an entry has or gets by adoption."""
        return self.twins.get(entry_id or "") or self.adopted.get(entry_id or "")


def paired(mirror: Mirror) -> Matches:
    """Return the option of each entry as the pairs have it.

    Of several, the one that carries the entry's id counts, else the oldest pair not made by hand. What carries the id of
    another entry of ours came by a merge, and is spare.
    """
    found = Matches()
    rivals: dict[str, list[Option]] = defaultdict(list)
    for option in _living(mirror):
        if option.id in mirror.pairs:
            rivals[mirror.pairs[option.id].entry_id].append(option)
    for entry_id, options in rivals.items():
        main = min(options, key=lambda one: _rank(mirror, one, entry_id))
        found.twins[entry_id] = main
        found.spare[entry_id] = [one for one in options if one is not main and mirror.is_ours(one)]
        if mirror.pairs[main.id].by_hand and not mirror.names(main, entry_id):
            found.by_hand.add(entry_id)
    return found


def adopt(mirror: Mirror, wanted: Iterable[str], found: Matches) -> None:
    """Find an option for each wanted entry that has none, from the top down; what is unclear is a problem."""
    lost = mirror.in_order(one for one in wanted if one not in found.twins)
    _by_external_id(mirror, lost, found)
    for level in range(1, 1 + max((mirror.level(entry) for entry in lost), default=0)):
        of_level = [one for one in lost if mirror.level(one) == level and found.option(one.id) is None]
        _by_name(mirror, of_level, found)


def _living(mirror: Mirror) -> list[Option]:
    """Return the options that Precoro has, the oldest first."""
    return sorted((one for one in mirror.options.values() if not one.gone), key=_age)


def _age(option: Option) -> tuple[int, str]:
    return (len(option.id), option.id)


def _rank(mirror: Mirror, option: Option, entry_id: str) -> tuple[bool, bool, tuple[int, str]]:
    return (not mirror.names(option, entry_id), mirror.pairs[option.id].by_hand, _age(option))


def _free(mirror: Mirror, found: Matches) -> list[Option]:
    """Return the living options that stand for nothing yet."""
    taken = {option.id for option in found.adopted.values()}
    return [one for one in _living(mirror) if one.id not in mirror.pairs and one.id not in taken]


def _by_external_id(mirror: Mirror, lost: Sequence[Entry], found: Matches) -> None:
    """Adopt options that carry the id of an entry, unless a person said that they are not the same."""
    carried: dict[str, list[Option]] = defaultdict(list)
    for option in _free(mirror, found):
        if option.external_id:
            carried[option.external_id].append(option)
    for entry in lost:
        ours = [*carried[mirror.external_id(entry.id)], *carried[entry.id]]
        same = [one for one in ours if (one.id, entry.id) not in mirror.refused]
        if len(same) == 1:
            found.adopted[entry.id] = same[0]
        elif same:
            found.problems[entry.id] = (
                f"Precoro has {len(same)} options with the id of {mirror.noun} {entry.name}. Delete all but one there."
            )


def _by_name(mirror: Mirror, lost: Sequence[Entry], found: Matches) -> None:
    """Adopt options with the name of an entry under the same parent."""
    named = _named(_free(mirror, found))
    rivals: dict[tuple[str | None, str], list[Entry]] = defaultdict(list)
    for entry in lost:
        parent = found.option(entry.parent)
        if entry.id not in found.problems and (entry.parent is None or parent is not None):
            rivals[parent.id if parent else None, matching_name(entry.name)].append(entry)
    for place, entries in rivals.items():
        # What carries the id of another entry is that entry's.
        same = [one for one in named.get(place, ()) if not mirror.is_ours(one)]
        if len(same) == 1 and len(entries) == 1 and (same[0].id, entries[0].id) not in mirror.refused:
            found.adopted[entries[0].id] = same[0]
        elif same:
            found.problems.update({entry.id: _unclear(mirror, entry, same, entries) for entry in entries})


def _named(options: Iterable[Option]) -> Mapping[tuple[str | None, str], list[Option]]:
    """Return options by parent and the name that equal names share."""
    found: dict[tuple[str | None, str], list[Option]] = defaultdict(list)
    for option in options:
        found[option.parent, matching_name(option.name)].append(option)
    return found


def _unclear(mirror: Mirror, entry: Entry, options: Sequence[Option], entries: Sequence[Entry]) -> str:
    """Say why a name does not decide, and what to do."""
    if len(options) == len(entries) == 1:
        why = f"Option {options[0].name} in Precoro was marked as not the same"
    elif len(options) > 1:
        why = f"Precoro has {len(options)} options named {options[0].name}"
    else:
        why = f"QuickBooks has {len(entries)} entries named {entry.name}"
    return f"{why}. Pair {mirror.noun} {entry.name} by hand, or rename one of them."
