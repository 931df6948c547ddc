"""Products that people look at, pair and unpair by hand."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from outbound.errors import RemoteError
from store.history import ActionRow
from store.reference import Pair
from tests.integration.workers.products.catalogues import (
    SLUG,
    about,
    in_precoro,
    item,
    listed,
    product,
    sync,
    twin,
)
from tests.stage import REALM, Stage
from workers.errors import NoSuchEntryError, NotPairedError, UnusableItemError
from workers.products import commands
from workers.products.views import ProductRow


def test_near_matches_are_suggested_and_paired_by_hand(stage: Stage) -> None:
    made = item(stage, "Zephyr kite, large")
    kite = product(stage, "Zephyr kite (large)")
    sync(stage)
    suggested = listed(stage, kite)
    assert suggested.state == "suggested"
    assert (suggested.suggestions[0].item, suggested.suggestions[0].evidence) == (
        made,
        ("the same name but for accents and marks",),
    )
    commands.pair(stage.runtime, SLUG, "Zephyr kite (large)", "Zephyr kite, large", "ann")
    assert listed(stage, kite) == ProductRow(kite, "Zephyr kite (large)", "", "paired", made, "Zephyr kite, large")
    assert in_precoro(stage, kite)["externalId"] == f"qbo:{REALM}:item:{made}"
    with stage.runtime.read() as (session, _):
        pair = session.scalars(select(Pair).where(Pair.precoro_key == kite)).one()
        assert (pair.who, (pair.before or {})["precoro"]["name"]) == ("ann", "Zephyr kite (large)")
        assert session.scalars(select(ActionRow.subject).where(ActionRow.action == "pair")).all() == [f"item:{kite}"]


def test_what_a_person_unpaired_is_not_paired_or_suggested_again(stage: Stage) -> None:
    made = item(stage, "Zephyr kite")
    kite = product(stage, "Zephyr kite")
    sync(stage)
    assert commands.unpair(stage.runtime, SLUG, kite, "ann") == made
    assert not in_precoro(stage, kite)["externalId"]
    sync(stage)
    assert (twin(stage, kite), listed(stage, kite).state) == (None, "not in QuickBooks")
    with pytest.raises(NotPairedError):
        commands.unpair(stage.runtime, SLUG, kite, "ann")
    commands.pair(stage.runtime, SLUG, kite, made, "ann")
    assert twin(stage, kite) == made


def test_what_cannot_be_bought_is_not_paired_by_hand_either(stage: Stage) -> None:
    with pytest.raises(UnusableItemError, match="a bundle: cannot be bought on a bill"):
        commands.pair(stage.runtime, SLUG, "Pallet", "Gift box", "ann")
    with pytest.raises(NoSuchEntryError):
        commands.pair(stage.runtime, SLUG, "Pallet", "Flying carpet", "ann")


def test_pairing_an_outage_away_keeps_the_pair_and_the_next_sync_writes_the_id(stage: Stage) -> None:
    made, kite = item(stage, "Box kite"), product(stage, "Zephyr kite")
    sync(stage)
    stage.precoro.post("faults", match={"method": "PATCH", "path": f"/items/{kite}"}, fault="503", times=5)
    with pytest.raises(RemoteError):
        commands.pair(stage.runtime, SLUG, kite, made, "ann")
    stage.precoro.delete("faults")
    assert twin(stage, kite) == made
    assert about(sync(stage), kite) == [("tag", "Zephyr kite gets the id of Box kite in QuickBooks")]
    assert in_precoro(stage, kite)["externalId"] == f"qbo:{REALM}:item:{made}"
