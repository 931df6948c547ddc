"""What a person decided about a document that waits for a decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

KEEP: Final = "keep"
OVERWRITE: Final = "overwrite"
_ADOPT: Final = "adopt:"


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of a person about one document.

    They are kept with the record as texts until they are carried out.
    `accepted` are the codes of problems to step over. `keep` leaves what stands in QuickBooks as it is, `overwrite` writes
    Precoro's figures over it. `adopt` is the id of the entity there that stands for the document from now on.
    """

    accepted: frozenset[str] = frozenset()
    keep: bool = False
    overwrite: bool = False
    adopt: str | None = None

    @classmethod
    def read(cls, texts: Iterable[str]) -> Decisions:
        """Read what is kept with a record."""
        kept = list(texts)
        adopted = [text.removeprefix(_ADOPT) for text in kept if text.startswith(_ADOPT)]
        accepted = frozenset(text for text in kept if text not in {KEEP, OVERWRITE} and not text.startswith(_ADOPT))
        return cls(accepted, KEEP in kept, OVERWRITE in kept, adopted[-1] if adopted else None)


def adopt(entity_id: str) -> str:
    """Return the text of the decision to adopt an entity."""
    return f"{_ADOPT}{entity_id}"


NONE: Final = Decisions()
