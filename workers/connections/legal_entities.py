"""The legal entities of a Precoro company: which of them a connection serves, and by which the company is recognised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import observations
from store.companies import Connection, PrecoroCompany, QboCompany
from store.observations import LegalEntity

Row = Mapping[str, Any]


def id_of_choice(rows: Sequence[Row], text: str) -> str | None:
    """Return the id of the entity with this id or this very name, or None."""
    return next((str(row["id"]) for row in rows if text in {str(row["id"]), str(row.get("name"))}), None)


def choices(rows: Sequence[Row]) -> str:
    """Return all entities by name, each with its id, for a person to choose from."""
    return ", ".join(f"{row.get('name') or 'without a name'} ({row['id']})" for row in rows)


def keep(session: Session, company: PrecoroCompany, rows: Sequence[Row], moment: datetime) -> None:
    """Keep the entities of a company, in place of those that it had."""
    names = {str(row["id"]): str(row.get("name") or row["id"]) for row in rows}
    observations.keep_legal_entities(session, company.id, names, moment)


def company_of_user(session: Session, host: str, email: str) -> PrecoroCompany | None:
    """Return the Precoro company that is connected with the key of this user."""
    return session.scalar(select(PrecoroCompany).where(PrecoroCompany.host == host, PrecoroCompany.email == email))


def same_company(session: Session, host: str, email: str, rows: Sequence[Row]) -> PrecoroCompany | None:
    """Return a Precoro company that is connected with another user and has these very entities."""
    keys = [str(row["id"]) for row in rows]
    same = (
        select(PrecoroCompany)
        .join(LegalEntity)
        .where(LegalEntity.key.in_(keys), PrecoroCompany.host == host, PrecoroCompany.email != email)
    )
    return session.scalars(same.limit(1)).first()


def is_other_company(session: Session, company: PrecoroCompany, rows: Sequence[Row]) -> bool:
    """Say whether a key sees none of the entities that the company is known to have: it belongs to another one."""
    known_ids = observations.legal_entity_keys(session, company.id)
    return bool(known_ids and rows) and known_ids.isdisjoint(str(row["id"]) for row in rows)


def serving_all(session: Session, host: str, email: str, realm: str) -> Connection | None:
    """Return the connection to other books that serves every legal entity of this Precoro company, if there is one."""
    serving = (
        select(Connection)
        .join(PrecoroCompany)
        .join(QboCompany)
        .where(PrecoroCompany.host == host, PrecoroCompany.email == email, QboCompany.realm != realm)
        .where(Connection.legal_entity.is_(None))
    )
    return session.scalars(serving.limit(1)).first()
