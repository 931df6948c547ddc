"""Products that are paired when a company is connected, from the copies of both catalogues."""

from __future__ import annotations

from tests.integration.workers.products.catalogues import (
    SLUG,
    about,
    item,
    product,
    sync,
    twin,
)
from tests.stage import REALM, Stage
from workers.connections import commands as connection_commands


def test_connecting_pairs_by_sku_too_and_later_renames_are_followed(stage: Stage) -> None:
    made = item(stage, "Zephyr kite", Sku="ZK-1")
    kite = product(stage, "Our kite", sku="ZK-1")
    connection_commands.refresh(stage.runtime, SLUG, "ann")
    assert twin(stage, kite) == made
    assert about(sync(stage), kite) == [("tag", "Our kite gets the id of Zephyr kite in QuickBooks")]
    stage.quickbooks.post(f"item/{made}?realm={REALM}", set={"Name": "Zephyr kite II"})
    assert about(sync(stage), kite) == [("rename", "Our kite gets the name Zephyr kite II from QuickBooks")]
