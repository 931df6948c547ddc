"""Which rows of the books one document needs."""

from __future__ import annotations

from dataclasses import dataclass

from mappers.books import tax_set
from mappers.documents.document import Document, OptionValue


@dataclass(frozen=True, slots=True)
class Needs:
    """The Precoro references of a document, which decide what is loaded."""

    supplier_id: int | None
    options: tuple[OptionValue, ...]
    item_ids: frozenset[int]
    tax_ids: frozenset[int]
    tax_sets: frozenset[str]
    term_id: int | None
    currencies: frozenset[str]

    @property
    def field_ids(self) -> frozenset[int]:
        """Return the custom fields in which the document has chosen something."""
        return frozenset(option.field_id for option in self.options)

    @property
    def option_ids(self) -> frozenset[int]:
        """Return the option ids that the document names; the rest is found by value."""
        return frozenset(option.option_id for option in self.options if option.option_id is not None)


def needs(document: Document) -> Needs:
    """Return the references of this document."""
    taxes = [tax for line in document.lines for tax in line.taxes]
    sets = [[tax for tax in line.taxes if not tax.withholding] for line in document.lines]
    return Needs(
        supplier_id=document.supplier_id,
        options=(*document.options, *(option for line in document.lines for option in line.options)),
        item_ids=frozenset(line.item_id for line in document.lines if line.item_id is not None),
        tax_ids=frozenset(tax.id for tax in taxes),
        tax_sets=frozenset(tax_set([tax.id for tax in taxed]) for taxed in sets if taxed),
        term_id=document.payment_term_id,
        currencies=frozenset({document.currency, *(line.currency or document.currency for line in document.lines)}),
    )
