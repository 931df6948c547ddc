"""Which products of both sides are the same, and what renames change.

A product is paired without asking when its name or its SKU is that of one item which QuickBooks can buy, and nothing else
points elsewhere. From then on Precoro follows the name and the SKU in QuickBooks; nothing ever goes the other way. A line with
a paired product goes to QuickBooks as an item line, every other line by its account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from mappers.matching.parties import Party
from mappers.matching.rule import matching_name
from mappers.matching.suggestions import ScoredPair, suggest

LONGEST_NAME = 300
"""The most characters that Precoro takes for the name and the SKU of an item (docs/reference/precoro.md, Items)."""
LOWEST_PRODUCT_SCORE = 70
"""The lowest score at which two products are suggested: their names are short, and a size is easily overlooked."""

NOT_SOLD = frozenset({"Category", "Group"})
"""The kinds of items that no line of a bill can have."""

What = Literal["problem", "pair", "rename", "tag", "unchanged"]
ORDER: tuple[What, ...] = get_args(What)


@dataclass(frozen=True, slots=True)
class Product:
    """An item of Precoro's catalogue."""

    key: str
    name: str
    sku: str = ""
    active: bool = True
    external_id: str = ""
    qbo_id: str = ""


@dataclass(frozen=True, slots=True)
class QuickBooksItem:
    """A product or service of QuickBooks.

    `full_name` begins with its categories. Nothing that was merged away is active.
    """

    key: str
    name: str
    full_name: str = ""
    sku: str = ""
    active: bool = True
    kind: str = "NonInventory"
    for_purchase: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A pair, with the name and SKU that Precoro last took over.

    None says that they are as Precoro has them.
    """

    item: str
    name: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class ProductStep:
    """What is to be done about one product, and its sentence."""

    what: What
    product: Product
    sentence: str
    item: QuickBooksItem | None = None
    name: str | None = None
    sku: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class Catalogues:
    """Both catalogues, their pairs, and the pairs that a person refused."""

    products: Sequence[Product]
    items: Sequence[QuickBooksItem]
    links: Mapping[str, Link]
    refused: Collection[tuple[str, str]]
    realm: str


def why_not(item: QuickBooksItem | None) -> str | None:
    """Say why an item cannot be bought on a document; None when it can."""
    if item is None:
        return "it is no longer in QuickBooks. If it was merged, pair the product with the one that stayed"
    if item.kind == "Category":
        return f"{item.name} is a category in QuickBooks, not a product"
    if item.kind == "Group":
        return f"{item.name} is a bundle: cannot be bought on a bill. Pair its parts instead"
    if not item.active:
        return f"{item.name} is inactive in QuickBooks. Make it active there, or pair another one"
    if not item.for_purchase:
        return f"{item.name} is not for purchase. In QuickBooks, give it an expense account for buying it"
    return None


def external_id(realm: str, item_key: str) -> str:
    """Return how Precoro's `externalId` names an item of a QuickBooks company."""
    return f"qbo:{realm}:item:{item_key}"


def is_ours(written: str, realm: str) -> bool:
    """Tell whether an `externalId` may be written over.

    It is empty, or names an item of this QuickBooks company.
    """
    return not written or written.startswith(external_id(realm, ""))


def plan_products(catalogues: Catalogues) -> list[ProductStep]:
    """Return the steps for every active product of Precoro, in its order."""
    items = {item.key: item for item in catalogues.items}
    new_pairs = find_pairs(catalogues)
    steps: list[ProductStep] = []
    for product in catalogues.products:
        link = catalogues.links.get(product.key)
        if link is not None:
            steps += _follow(product, link, items.get(link.item), catalogues.realm)
        elif product.active:
            steps.append(new_pairs.get(product.key) or _unpaired(product))
    return steps


def _follow(product: Product, link: Link, item: QuickBooksItem | None, realm: str) -> Iterator[ProductStep]:
    """Say what a pair needs.

    That is the new name or SKU of QuickBooks, and the id of the item in Precoro.
    """
    reason = why_not(item)
    if reason or item is None:
        yield ProductStep("problem", product, f"{product.name} is paired, but {reason}.")
        return
    changed = {
        "name": _new_value(item.name, link.name, product.name),
        "sku": _new_value(item.sku, link.sku, product.sku),
    }
    changed = {field: value for field, value in changed.items() if value is not None}
    wanted = external_id(realm, item.key)
    too_long = [field for field, value in changed.items() if value and len(value) > LONGEST_NAME]
    if too_long:
        yield ProductStep(
            "problem",
            product,
            f"The {too_long[0]} of {item.name[:60]} is longer than Precoro's {LONGEST_NAME} characters.",
        )
    elif changed:
        values_text = " and ".join(f"{field} {value}" for field, value in changed.items())
        yield ProductStep("rename", product, f"{product.name} gets the {values_text} from QuickBooks", item, **changed)
    if is_ours(product.external_id, realm) and product.external_id != wanted:
        yield ProductStep(
            "tag", product, f"{product.name} gets the id of {item.name} in QuickBooks", item, external_id=wanted
        )
    elif not changed:
        yield ProductStep("unchanged", product, f"{product.name} is paired with {item.name}", item)


def _new_value(now: str, followed: str | None, here: str) -> str | None:
    """Return QuickBooks' value if it changed since Precoro took it over.

    Never an empty one, nor one that Precoro has already.
    """
    before = here if followed is None else followed
    return now if now and now not in {before, here} else None


def _unpaired(product: Product) -> ProductStep:
    return ProductStep(
        "unchanged", product, f"{product.name} has no counterpart in QuickBooks; its lines go by their account"
    )


def find_pairs(catalogues: Catalogues) -> dict[str, ProductStep]:
    """Return the new pairs by product key.

    A product that has a counterpart but is not paired comes with the reason.
    An id that Precoro kept from before says so by itself, even if several products have it. Otherwise an item that is paired
    already is left alone, and one that two products point to belongs to neither without a person.
    """
    open_ = [product for product in catalogues.products if product.active and product.key not in catalogues.links]
    by_id, by_name = _ByKeptId(catalogues), _ByNameOrSku(catalogues)
    steps = {product.key: step for product in open_ if (step := by_id(product))}
    taken = {link.item for link in catalogues.links.values()} | {step.item.key for step in steps.values() if step.item}
    claims = [step for product in open_ if product.key not in steps and (step := by_name(product))]
    often = Counter(claim.item.key for claim in claims if claim.item)
    for claim in claims:
        if claim.item is None or claim.item.key not in taken:
            is_shared = claim.item is not None and often[claim.item.key] > 1
            steps[claim.product.key] = _shared(claim) if is_shared else claim
    return steps


class _ByKeptId:
    """Finds the item whose id Precoro keeps for a product.

    It stands in our `externalId`, or in the `qboId` of the integration before us.
    """

    def __init__(self, catalogues: Catalogues) -> None:
        self.catalogues = catalogues
        self.items = {item.key: item for item in catalogues.items}

    def __call__(self, product: Product) -> ProductStep | None:
        """Return the pair, if the item is there and can be bought."""
        prefix = external_id(self.catalogues.realm, "")
        written = product.external_id
        key = written.removeprefix(prefix) if written.startswith(prefix) else product.qbo_id
        item = self.items.get(key)
        if item is None or why_not(item) or (product.key, key) in self.catalogues.refused:
            return None
        return _pair(product, item, "the id that Precoro keeps", self.catalogues.realm)


class _ByNameOrSku:
    """Finds the one item with the name or the SKU of a product."""

    def __init__(self, catalogues: Catalogues) -> None:
        self.catalogues = catalogues
        listed = [item for item in catalogues.items if item.active and item.kind != "Category"]
        active = [product for product in catalogues.products if product.active]
        self.by_name = _index(listed, lambda item: (item.name, item.full_name))
        self.by_sku = _index(listed, lambda item: (item.sku,))
        self.names = Counter(matching_name(product.name) for product in active)
        self.skus = Counter(matching_name(product.sku) for product in active)

    def __call__(self, product: Product) -> ProductStep | None:
        """Return the pair, or why there is none although QuickBooks has the name."""
        name, sku = matching_name(product.name), matching_name(product.sku)
        named = _only(self.by_name, name) if self.names[name] == 1 else None
        coded = _only(self.by_sku, sku) if self.skus[sku] == 1 else None
        item = named or coded
        if item is None or (product.key, item.key) in self.catalogues.refused:
            return None
        if named and coded and named != coded:
            return _problem(
                product, f"has the name of {named.name} in QuickBooks, but the SKU of {coded.name}. Pair it by hand"
            )
        if named and sku and named.sku and matching_name(named.sku) != sku:
            return _problem(
                product, f"has the SKU {product.sku}, {named.name} in QuickBooks has {named.sku}. Pair it by hand"
            )
        reason = why_not(item)
        if reason:
            return _problem(product, f"has a counterpart that cannot be used: {reason}")
        return _pair(product, item, "name" if named else f"SKU {product.sku}", self.catalogues.realm)


def _pair(product: Product, item: QuickBooksItem, by: str, realm: str) -> ProductStep:
    wanted = external_id(realm, item.key)
    tag = wanted if is_ours(product.external_id, realm) and product.external_id != wanted else None
    return ProductStep("pair", product, f"{product.name} belongs to {item.name}, by {by}", item, external_id=tag)


def _problem(product: Product, reason: str) -> ProductStep:
    return ProductStep("problem", product, f"{product.name} {reason}.")


def _shared(claim: ProductStep) -> ProductStep:
    name = claim.item.name if claim.item else ""
    return _problem(claim.product, f"is not the only one that could be {name} in QuickBooks. Pair it by hand")


def _index(
    items: Iterable[QuickBooksItem], read: Callable[[QuickBooksItem], tuple[str, ...]]
) -> dict[str, list[QuickBooksItem]]:
    """Return the items by what they are called."""
    index: dict[str, list[QuickBooksItem]] = {}
    for item in items:
        for text in {matching_name(text) for text in read(item)} - {""}:
            index.setdefault(text, []).append(item)
    return index


def _only(index: Mapping[str, list[QuickBooksItem]], text: str) -> QuickBooksItem | None:
    """Return the one item that is called so."""
    items = index.get(text, [])
    return items[0] if len(items) == 1 else None


def suggest_products(catalogues: Catalogues) -> list[ScoredPair]:
    """Return what may belong together, best first.

    Only what can be bought and is neither paired nor about to be.
    """
    new = {key: step.item.key for key, step in find_pairs(catalogues).items() if step.what == "pair" and step.item}
    pairs = {**{key: link.item for key, link in catalogues.links.items()}, **new}
    taken = set(pairs.values())
    left = [
        Party(product.key, (product.name,), product.active)
        for product in catalogues.products
        if product.key not in pairs
    ]
    right = [
        Party(item.key, (item.name,), other_names=(item.full_name,) if item.full_name != item.name else ())
        for item in catalogues.items
        if item.key not in taken and not why_not(item)
    ]
    return [pair for pair in suggest(left, right, catalogues.refused) if pair.score >= LOWEST_PRODUCT_SCORE]
