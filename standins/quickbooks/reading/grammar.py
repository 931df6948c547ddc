"""QBO's query language: its grammar, and statements read into conditions, order and page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput

from standins.quickbooks import errors

GRAMMAR = r"""
    start: "select"i projection "from"i NAME where? order? (position? limit? | limit position) ";"?
    projection: "*" ("," field)*        -> all_fields
              | "count"i "(" "*" ")"    -> count
              | field ("," field)*      -> some_fields
    where: "where"i condition ("and"i condition)*
    condition: field OPERATOR value     -> comparison
             | field "in"i "(" value ("," value)* ")" -> one_of
    order: ("orderby"i | "order"i "by"i) sorting ("," sorting)*
    sorting: field DIRECTION?
    position: "startposition"i INTEGER
    limit: "maxresults"i INTEGER
    ?field: NAME
    value: STRING | BOOLEAN
    OPERATOR: "<=" | ">=" | "!=" | "<" | ">" | "=" | /like\b/i
    DIRECTION.3: /asc\b/i | /desc\b/i
    BOOLEAN.3: /true\b/i | /false\b/i
    INTEGER: /-?\d+/
    STRING: /'(\\.|[^'\\])*'/
    NAME: /[A-Za-z_][A-Za-z0-9_.]*/
    %ignore /\s+/
"""
MOST, USUAL = 1000, 100
WORD = re.compile(r"[\w.']+")


@dataclass(frozen=True)
class Condition:
    """One comparison of the where clause; `in` has several values."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """A statement, read."""

    entity: str
    fields: tuple[str, ...] = ()
    counts: bool = False
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    position: int = 1
    limit: int = USUAL


class _Reader(Transformer[Token, Query]):
    def value(self, parts: list[Token]) -> str:
        text = str(parts[0])
        return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith("'") else text.lower()

    def comparison(self, parts: list[Any]) -> Condition:
        return Condition(str(parts[0]), str(parts[1]).lower(), (parts[2],))

    def one_of(self, parts: list[Any]) -> Condition:
        return Condition(str(parts[0]), "in", tuple(parts[1:]))

    def where(self, parts: list[Any]) -> tuple[str, Any]:
        return "conditions", tuple(parts)

    def sorting(self, parts: list[Any]) -> tuple[str, bool]:
        return str(parts[0]), len(parts) > 1 and str(parts[1]).lower() == "desc"

    def order(self, parts: list[Any]) -> tuple[str, Any]:
        return "order", tuple(parts)

    def position(self, parts: list[Any]) -> tuple[str, Any]:
        return "position", int(parts[0])

    def limit(self, parts: list[Any]) -> tuple[str, Any]:
        return "limit", int(parts[0])

    def all_fields(self, _: list[Any]) -> tuple[str, Any]:
        return "fields", ()

    def some_fields(self, parts: list[Any]) -> tuple[str, Any]:
        return "fields", tuple(str(part) for part in parts)

    def count(self, _: list[Any]) -> tuple[str, Any]:
        return "counts", True

    def start(self, parts: list[Any]) -> Query:
        clauses: dict[str, Any] = dict(part for part in parts if isinstance(part, tuple))
        name = next(str(part) for part in parts if isinstance(part, Token))
        return Query(entity=name, **clauses)


PARSER = Lark(GRAMMAR, parser="lalr", lexer="contextual", transformer=_Reader())


@lru_cache(maxsize=2048)
def read(statement: str) -> Query:
    """Read a statement, or refuse it with 4000 or 4001."""
    try:
        query: Query = PARSER.parse(statement)  # type: ignore[assignment]
    except UnexpectedInput as error:
        raise errors.query_unreadable(_unexpected(statement, error)) from error
    for number in (query.position, query.limit):
        if number < 1:
            raise errors.query_invalid(f"value {number} is too small. Min allowed value is 1")
    if query.limit > MOST:
        raise errors.query_invalid(f"value {query.limit} is too large. Max allowed value is {MOST}")
    return query


def _unexpected(statement: str, error: UnexpectedInput) -> str:
    """Say what stands where in the words of QuickBooks' parser."""
    expected = "\n".join(f"    {name} ..." for name in sorted(_expected(error)))
    if getattr(error, "token", None) is not None and error.token.type == "$END":  # type: ignore[attr-defined]
        return f'Encountered "<EOF>" at line 1, column {len(statement)}.\nWas expecting one of:\n{expected}'
    unread = statement[error.pos_in_stream or 0 :]
    word = WORD.match(unread)
    text = word[0] if word else unread[0]
    kind = "<STRING>" if word else f'"{text}"'
    where = f"at line {error.line}, column {error.column}"
    return f'Encountered " {kind} "{text} "" {where}.\nWas expecting one of:\n{expected}'


def _expected(error: UnexpectedInput) -> set[str]:
    names = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None) or ()
    return {"<EOF>" if name == "$END" else f"<{name}>" for name in names}
