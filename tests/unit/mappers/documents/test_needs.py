"""A document names every row of the books that planning it needs, and no other."""

from __future__ import annotations

from mappers.documents.needs import needs
from tests.unit.mappers.cases import ACCOUNT_FIELD, field_value, invoice, line, option, tax


def test_a_document_names_all_that_the_books_must_know() -> None:
    rows = [
        line(1, item={"id": 3301}, taxes=[tax(7, "5"), tax(5, "20")]),
        line(2, dataItemCustomFields=[field_value(ACCOUNT_FIELD, option(880))]),
    ]
    references = needs(invoice(items=rows))
    assert (references.supplier_id, references.term_id) == (9001, 12)
    assert references.item_ids == {3301}
    assert references.tax_ids == {5, 7}
    assert references.tax_sets == {"5+7"}
    assert references.field_ids == {ACCOUNT_FIELD}
    assert references.option_ids == {880}
    assert references.currencies == {"USD"}
