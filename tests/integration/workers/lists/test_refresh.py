"""What an import reads before it plans."""

from __future__ import annotations

from tests.integration.workers.lists.both_sides import (
    import_lists,
)
from tests.stage import Stage


def test_an_import_after_connecting_reads_no_list_of_quickbooks_again(first_day: Stage) -> None:
    import_lists(first_day, "locations")
    paths = [request["path"] for request in first_day.quickbooks.get("requests")]
    assert {path.rpartition("/")[2] for path in paths} == {"cdc"}
