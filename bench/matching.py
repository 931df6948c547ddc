"""How well suppliers are paired: precision and recall on made-up lists, time, memory.

    python -m bench.matching                    # 2,000 pairs, then 10,000 x 10,000
    python -m bench.matching --misses 20        # and what was not found

Each measure runs in this one process; peak memory is that of the whole process, Python and libraries included.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from bench import supplier_lists
from bench.figures import line, machine
from bench.supplier_lists import Lists
from mappers.matching.rule import equal_names
from mappers.matching.suggestions import ScoredPair, suggest


@dataclass(frozen=True)
class MatchResult:
    """The pairs that matching made of two lists by itself, and its suggestions for the rest."""

    lists: Lists
    pairs: dict[str, str]
    suggestions: list[ScoredPair]

    @property
    def wrong(self) -> set[tuple[str, str]]:
        """The pairs that were made by themselves and are different companies."""
        return set(self.pairs.items()) - self.lists.same

    @property
    def precision(self) -> float:
        """The share of the automatic pairs that are right."""
        return 1 - len(self.wrong) / len(self.pairs)

    @property
    def recall(self) -> float:
        """The share of the companies on both sides that were paired automatically."""
        return 1 - len(self.unpaired) / len(self.lists.same)

    @cached_property
    def unpaired(self) -> set[tuple[str, str]]:
        """The companies on both sides that a person has to pair."""
        return self.lists.same - set(self.pairs.items())

    @cached_property
    def first(self) -> dict[str, ScoredPair]:
        """The first suggestion for each left key."""
        first: dict[str, ScoredPair] = {}
        for suggestion in self.suggestions:
            first.setdefault(suggestion.left, suggestion)
        return first

    @cached_property
    def missed(self) -> list[tuple[str, str]]:
        """The companies on both sides whose first suggestion is another one, or none."""
        return sorted((a, b) for a, b in self.unpaired if a not in self.first or self.first[a].right != b)

    @property
    def first_recall(self) -> float:
        """The share of the companies left over whose first suggestion is right."""
        return 1 - len(self.missed) / len(self.unpaired)

    @property
    def share_found(self) -> float:
        """The share of all companies on both sides that were paired, or are the first suggestion."""
        return 1 - len(self.missed) / len(self.lists.same)


def match(lists: Lists) -> MatchResult:
    """Pair what may be paired without asking, and suggest the rest, as setting up suppliers does."""
    pairs = equal_names(lists.left, lists.right)
    paired = set(pairs.values())
    left = [party for party in lists.left if party.key not in pairs]
    right = [party for party in lists.right if party.key not in paired]
    return MatchResult(lists, pairs, suggest(left, right))


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--large", type=int, default=10_000, help="entries on each side of the large lists; 0: none")
    parser.add_argument("--misses", type=int, default=0, help="how many of what was not found to print")
    options = parser.parse_args()
    machine()
    quality(match(supplier_lists.make(options.seed, options.pairs)), options.misses)
    if options.large:
        speed(options.seed, options.large)


def quality(matched: MatchResult, misses: int) -> None:
    """Print how much was paired rightly, and how much of the rest was suggested first."""
    lists = matched.lists
    line("lists", f"{len(lists.left):,} and {len(lists.right):,} entries, {len(lists.same):,} companies on both sides")
    line("paired automatically", f"{len(matched.pairs):,}, of which wrong: {len(matched.wrong)}")
    line("precision of automatic pairing", f"{matched.precision:.3f}")
    line("recall of automatic pairing", f"{matched.recall:.3f}")
    line("recall of the first suggestion", f"{matched.first_recall:.3f} of the {len(matched.unpaired):,} others")
    line("paired, or suggested first", f"{matched.share_found:.3f} of all")
    for least in (95, 85, 70, 50):
        first = [suggestion for suggestion in matched.first.values() if suggestion.score >= least]
        right = sum((suggestion.left, suggestion.right) in lists.same for suggestion in first)
        line(f"first suggestions of {least} or more", f"{len(first):,}, of which right: {right / len(first):.3f}")
    kinds = Counter(lists.kinds[key] for key, _ in matched.missed)
    line("not found, by spelling", ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    _print_misses(matched, misses)


def _print_misses(matched: MatchResult, misses: int) -> None:
    """Print both sides of what was not found, and what was suggested in its place."""
    left, right = ({party.key: party for party in side} for side in (matched.lists.left, matched.lists.right))
    for key, twin in matched.missed[:misses]:
        instead = matched.first.get(key)
        print(f"\n{matched.lists.kinds[key]}\n  {left[key]}\n  {right[twin]}")
        if instead:
            print(f"  instead {instead.score} {instead.evidence}\n  {right[instead.right]}")
    for key, twin in sorted(matched.wrong):
        print(f"\nWRONG\n  {left[key]}\n  {right[twin]}")


def speed(seed: int, size: int) -> None:
    """Print time and memory for lists of so many entries, in which nothing was paired before."""
    lists = supplier_lists.make(seed, int(size / 1.25))
    left, right = lists.left[:size], lists.right[:size]
    before = time.monotonic()
    pairs = equal_names(left, right)
    line(f"pairing {len(left):,} x {len(right):,}", f"{time.monotonic() - before:.1f} s, {len(pairs):,} pairs")
    before, busy = time.monotonic(), time.process_time()
    suggestions = suggest(left, right)
    took, busy = time.monotonic() - before, time.process_time() - busy
    text = f"{took:.1f} s, {busy:.1f} s of CPU, {len(suggestions):,} suggestions"
    line(f"suggesting {len(left):,} x {len(right):,}", text)
    line("peak memory of the process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
