"""Which option in Precoro belongs to which entry in QuickBooks.

A pair decides, else the id that the option carries, else an equal name. Names are equal by the strict rule
(`mappers.matching.rule`), within the same parent, and only if one option and one entry have them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mappers.lists.entries import ListEntry, ListOption, Mirror
from mappers.matching.rule import matching_name


@dataclass
class Matches:
    """The option of each entry by entry id, and why some entries have none.

    `spare` are the options of entries that were merged away.
    """

    twins: dict[str, ListOption] = field(default_factory=dict)
    spare: dict[str, list[ListOption]] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    adopted: dict[str, ListOption] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def option(self, entry_id: str | None) -> ListOption | None:
        """Return the option that an entry has or gets by adoption."""
        return self.twins.get(entry_id or "") or self.adopted.get(entry_id or "")


def match_pairs(mirror: Mirror) -> Matches:
    """Return the option of each entry, by the pairs.

    Of several, the one that carries the entry's id counts, else the oldest pair not made by hand. What carries the id of
    another entry of ours came by a merge, and is spare.
    """
    matches = Matches()
    rivals: dict[str, list[ListOption]] = defaultdict(list)
    for option in _living(mirror):
        if option.id in mirror.pairs:
            rivals[mirror.pairs[option.id].entry_id].append(option)
    for entry_id, options in rivals.items():
        main = min(options, key=lambda option: _rank(mirror, option, entry_id))
        matches.twins[entry_id] = main
        matches.spare[entry_id] = [option for option in options if option is not main and mirror.is_ours(option)]
        if mirror.pairs[main.id].by_hand and not mirror.names(main, entry_id):
            matches.by_hand.add(entry_id)
    return matches


def adopt(mirror: Mirror, wanted: Iterable[str], matches: Matches) -> None:
    """Find an option for each wanted entry without one, parents first.

    What is unclear becomes a problem.
    """
    unmatched = mirror.in_order(entry_id for entry_id in wanted if entry_id not in matches.twins)
    _by_external_id(mirror, unmatched, matches)
    for level in range(1, 1 + max((mirror.level(entry) for entry in unmatched), default=0)):
        of_level = [entry for entry in unmatched if mirror.level(entry) == level and matches.option(entry.id) is None]
        _by_name(mirror, of_level, matches)


def _living(mirror: Mirror) -> list[ListOption]:
    """Return the options that Precoro has, the oldest first."""
    return sorted((option for option in mirror.options.values() if not option.gone), key=_age)


def _age(option: ListOption) -> tuple[int, str]:
    return (len(option.id), option.id)


def _rank(mirror: Mirror, option: ListOption, entry_id: str) -> tuple[bool, bool, tuple[int, str]]:
    return (not mirror.names(option, entry_id), mirror.pairs[option.id].by_hand, _age(option))


def _free(mirror: Mirror, matches: Matches) -> list[ListOption]:
    """Return the living options that stand for nothing yet."""
    taken = {option.id for option in matches.adopted.values()}
    return [option for option in _living(mirror) if option.id not in mirror.pairs and option.id not in taken]


def _by_external_id(mirror: Mirror, unmatched: Sequence[ListEntry], matches: Matches) -> None:
    """Adopt options that carry the id of an entry.

    What a person refused is not adopted.
    """
    carried: dict[str, list[ListOption]] = defaultdict(list)
    for option in _free(mirror, matches):
        if option.external_id:
            carried[option.external_id].append(option)
    for entry in unmatched:
        ours = [*carried[mirror.external_id(entry.id)], *carried[entry.id]]
        same = [option for option in ours if (option.id, entry.id) not in mirror.refused]
        if len(same) == 1:
            matches.adopted[entry.id] = same[0]
        elif same:
            matches.problems[entry.id] = (
                f"Precoro has {len(same)} options with the id of {mirror.noun} {entry.name}. Delete all but one there."
            )


def _by_name(mirror: Mirror, unmatched: Sequence[ListEntry], matches: Matches) -> None:
    """Adopt options with the name of an entry under the same parent."""
    named = _by_place(_free(mirror, matches))
    rivals: dict[tuple[str | None, str], list[ListEntry]] = defaultdict(list)
    for entry in unmatched:
        parent = matches.option(entry.parent)
        if entry.id not in matches.problems and (entry.parent is None or parent is not None):
            rivals[parent.id if parent else None, matching_name(entry.name)].append(entry)
    for place, entries in rivals.items():
        # What carries the id of another entry is that entry's.
        same = [option for option in named.get(place, ()) if not mirror.is_ours(option)]
        if len(same) == 1 and len(entries) == 1 and (same[0].id, entries[0].id) not in mirror.refused:
            matches.adopted[entries[0].id] = same[0]
        elif same:
            matches.problems.update({entry.id: _unclear(mirror, entry, same, entries) for entry in entries})


def _by_place(options: Iterable[ListOption]) -> Mapping[tuple[str | None, str], list[ListOption]]:
    """Return options by parent and the name that equal names share."""
    by_place: dict[tuple[str | None, str], list[ListOption]] = defaultdict(list)
    for option in options:
        by_place[option.parent, matching_name(option.name)].append(option)
    return by_place


def _unclear(mirror: Mirror, entry: ListEntry, options: Sequence[ListOption], entries: Sequence[ListEntry]) -> str:
    """Say why a name does not decide, and what to do."""
    if len(options) == len(entries) == 1:
        why = f"Option {options[0].name} in Precoro was marked as not the same"
    elif len(options) > 1:
        why = f"Precoro has {len(options)} options named {options[0].name}"
    else:
        why = f"QuickBooks has {len(entries)} entries named {entry.name}"
    return f"{why}. Pair {mirror.noun} {entry.name} by hand, or rename one of them."
