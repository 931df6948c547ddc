"""Products of Precoro's catalogue and of QuickBooks: which belong together, and what a rename there changes here.

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
from mappers.matching.suggestions import Suggestion, suggest

LONGEST = 300
"""The most characters that Precoro takes for the name and the SKU of an item (docs/reference/precoro.md, Items)."""
LEAST = 70
"""The lowest score at which two products are suggested: their names are short, and a size is easily overlooked."""

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
class Item:
    """A product or service of QuickBooks; `full_name` begins with its categories. Nothing that was merged away is active."""

    key: str
    name: str
    full_name: str = ""
    sku: str = ""
    active: bool = True
    kind: str = "NonInventory"
    for_purchase: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A pair, with the name and SKU that QuickBooks had when Precoro last followed it; None: as Precoro has it."""

    item: str
    name: str | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about one product, in a sentence and in what applying needs."""

    what: What
    product: Product
    sentence: str
    item: Item | None = None
    name: str | None = None
    sku: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class Catalogues:
    """Both sides, the pairs between them, and what a person said is not the same."""

    products: Sequence[Product]
    items: Sequence[Item]
    links: Mapping[str, Link]
    refused: Collection[tuple[str, str]]
    realm: str


def why_not(item: Item | None) -> str | None:
    """Say why an item cannot stand on a bill or an order, with the remedy; None when it can."""
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
    """Say whether an `externalId` may be written over: it is empty, or names an item of this QuickBooks company."""
    return not written or written.startswith(external_id(realm, ""))


def decide(catalogues: Catalogues) -> list[Decision]:
    """Return what is to be done about every active product of Precoro, in its order."""
    items = {one.key: one for one in catalogues.items}
    found = find_pairs(catalogues)
    decisions: list[Decision] = []
    for product in catalogues.products:
        link = catalogues.links.get(product.key)
        if link is not None:
            decisions += _follow(product, link, items.get(link.item), catalogues.realm)
        elif product.active:
            decisions.append(found.get(product.key) or _unpaired(product))
    return decisions


def _follow(product: Product, link: Link, item: Item | None, realm: str) -> Iterator[Decision]:
    """Say what a pair needs: the new name or SKU of QuickBooks, and the id of the item in Precoro."""
    reason = why_not(item)
    if reason or item is None:
        yield Decision("problem", product, f"{product.name} is paired, but {reason}.")
        return
    changed = {
        "name": _news(item.name, link.name, product.name),
        "sku": _news(item.sku, link.sku, product.sku),
    }
    changed = {field: value for field, value in changed.items() if value is not None}
    wanted = external_id(realm, item.key)
    too_long = [field for field, value in changed.items() if value and len(value) > LONGEST]
    if too_long:
        yield Decision(
            "problem", product, f"The {too_long[0]} of {item.name[:60]} is longer than Precoro's {LONGEST} characters."
        )
    elif changed:
        told = " and ".join(f"{field} {value}" for field, value in changed.items())
        yield Decision("rename", product, f"{product.name} gets the {told} from QuickBooks", item, **changed)
    if is_ours(product.external_id, realm) and product.external_id != wanted:
        yield Decision(
            "tag", product, f"{product.name} gets the id of {item.name} in QuickBooks", item, external_id=wanted
        )
    elif not changed:
        yield Decision("unchanged", product, f"{product.name} is paired with {item.name}", item)


def _news(now: str, followed: str | None, here: str) -> str | None:
    """Return what QuickBooks calls it now, if that has changed since it was followed and is not here yet; never empty."""
    before = here if followed is None else followed
    return now if now and now not in {before, here} else None


def _unpaired(product: Product) -> Decision:
    return Decision(
        "unchanged", product, f"{product.name} has no counterpart in QuickBooks; its lines go by their account"
    )


def find_pairs(catalogues: Catalogues) -> dict[str, Decision]:
    """Return the new pairs, and why a product that has a counterpart is not paired, by the product's key.

    An id that Precoro kept from before says so by itself, even if several products have it. Otherwise an item that is paired
    already is left alone, and one that two products point to belongs to neither without a person.
    """
    open_ = [one for one in catalogues.products if one.active and one.key not in catalogues.links]
    kept, told = _Kept(catalogues), _Told(catalogues)
    found = {one.key: decision for one in open_ if (decision := kept(one))}
    taken = {link.item for link in catalogues.links.values()} | {one.item.key for one in found.values() if one.item}
    claims = [decision for one in open_ if one.key not in found and (decision := told(one))]
    often = Counter(one.item.key for one in claims if one.item)
    for claim in claims:
        if claim.item is None or claim.item.key not in taken:
            is_shared = claim.item is not None and often[claim.item.key] > 1
            found[claim.product.key] = _shared(claim) if is_shared else claim
    return found


class _Kept:
    """Finds the item that Precoro's record names: in our `externalId`, or in the `qboId` of the integration before us."""

    def __init__(self, catalogues: Catalogues) -> None:
        self.catalogues = catalogues
        self.items = {one.key: one for one in catalogues.items}

    def __call__(self, product: Product) -> Decision | None:
        """Return the pair, if the item is there and can be bought."""
        prefix = external_id(self.catalogues.realm, "")
        written = product.external_id
        key = written.removeprefix(prefix) if written.startswith(prefix) else product.qbo_id
        item = self.items.get(key)
        if item is None or why_not(item) or (product.key, key) in self.catalogues.refused:
            return None
        return _pair(product, item, "the id that Precoro keeps", self.catalogues.realm)


class _Told:
    """Finds the one item with the name or the SKU of a product."""

    def __init__(self, catalogues: Catalogues) -> None:
        self.catalogues = catalogues
        listed = [one for one in catalogues.items if one.active and one.kind != "Category"]
        active = [one for one in catalogues.products if one.active]
        self.by_name = _index(listed, lambda one: (one.name, one.full_name))
        self.by_sku = _index(listed, lambda one: (one.sku,))
        self.names = Counter(matching_name(one.name) for one in active)
        self.skus = Counter(matching_name(one.sku) for one in active)

    def __call__(self, product: Product) -> Decision | None:
        """Return the pair, or why there is none although the name or the SKU is known in QuickBooks."""
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


def _pair(product: Product, item: Item, by: str, realm: str) -> Decision:
    wanted = external_id(realm, item.key)
    tag = wanted if is_ours(product.external_id, realm) and product.external_id != wanted else None
    return Decision("pair", product, f"{product.name} belongs to {item.name}, by {by}", item, external_id=tag)


def _problem(product: Product, reason: str) -> Decision:
    return Decision("problem", product, f"{product.name} {reason}.")


def _shared(claim: Decision) -> Decision:
    name = claim.item.name if claim.item else ""
    return _problem(claim.product, f"is not the only one that could be {name} in QuickBooks. Pair it by hand")


def _index(items: Iterable[Item], read: Callable[[Item], tuple[str, ...]]) -> dict[str, list[Item]]:
    """Return the items by what they are called."""
    found: dict[str, list[Item]] = {}
    for one in items:
        for text in {matching_name(text) for text in read(one)} - {""}:
            found.setdefault(text, []).append(one)
    return found


def _only(index: Mapping[str, list[Item]], text: str) -> Item | None:
    """Return the one item that is called so."""
    found = index.get(text, [])
    return found[0] if len(found) == 1 else None


def near(catalogues: Catalogues) -> list[Suggestion]:
    """Return what may belong together among what can be bought and is neither paired nor about to be, best first."""
    new = {key: one.item.key for key, one in find_pairs(catalogues).items() if one.what == "pair" and one.item}
    pairs = {**{key: link.item for key, link in catalogues.links.items()}, **new}
    taken = set(pairs.values())
    left = [Party(one.key, (one.name,), one.active) for one in catalogues.products if one.key not in pairs]
    right = [
        Party(one.key, (one.name,), other_names=(one.full_name,) if one.full_name != one.name else ())
        for one in catalogues.items
        if one.key not in taken and not why_not(one)
    ]
    return [one for one in suggest(left, right, catalogues.refused) if one.score >= LEAST]
