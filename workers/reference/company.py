"""What a QuickBooks company is and can do, kept fresh: its plan and subscription, preferences, currency and country.

Reading it costs two metered calls, so it is done once a day and when a person asks; preferences alone are also read with
the changes while there is a cause (`workers.catch_up`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qbo_client.company import CompanyProfile, read_company, read_preferences, sections
from settings import Settings
from store import companies, history
from store.companies import QboCompany
from workers import clients
from workers.reference import cache
from workers.runtime import Runtime

DAY = timedelta(days=1)
SWITCHES = ("period", "preferences")
"""Subjects of what is held because of what the company is or has switched off."""
WHO = "QuickBooks"
FACTS = ("name", "plan", "subscription", "country", "home_currency")


def companies_due(session: Session, moment: datetime, settings: Settings) -> set[int]:
    """Return the companies that were not read for a day."""
    since = moment - DAY / settings.speed
    return set(
        session.scalars(
            select(QboCompany.id).where(or_(QboCompany.checked_at.is_(None), QboCompany.checked_at <= since))
        )
    )


def refresh(runtime: Runtime, qbo_id: int) -> CompanyProfile:
    """Read the company again, and pause its connections when its subscription has ended. Raises RemoteError."""
    with runtime.read() as (session, _):
        client = clients.quickbooks(runtime, session.get_one(QboCompany, qbo_id))
    preferences = client.preferences()
    profile = read_company(client.company_info(), preferences)
    with runtime.write() as (session, moment):
        company = session.get_one(QboCompany, qbo_id)
        keep_profile(session, company, profile, preferences, moment)
        if profile.ended:
            _back_off(session, company, profile.ended, moment)
    return profile


def keep_profile(
    session: Session, company: QboCompany, profile: CompanyProfile, preferences: Mapping[str, Any], moment: datetime
) -> None:
    """Store what a company is, and make due what was held because it was otherwise."""
    before = {name: getattr(company, name) for name in FACTS}
    company.name, company.plan, company.subscription = profile.name[:500], profile.plan[:100], profile.subscription[:20]
    company.country, company.home_currency = profile.country[:3], profile.home_currency[:3]
    company.checked_at = moment
    changed = {name: before[name] for name in FACTS if before[name] not in (None, getattr(company, name))}
    keep_preferences(session, company, preferences, moment, profile_changed=bool(changed))
    for connection in company.connections if changed else ():
        after = {name: getattr(company, name) for name in changed}
        history.note(session, moment, WHO, "company", connection.slug, before=changed, after=after)


def keep_preferences(
    session: Session,
    company: QboCompany,
    preferences: Mapping[str, Any],
    moment: datetime,
    *,
    profile_changed: bool = False,
) -> None:
    """Store preferences; when a switch or the profile changed, make due what was held for it."""
    switched = profile_changed or _switches(preferences) != _switches(company.preferences or {})
    company.preferences = sections(preferences)
    for connection in company.connections if switched else ():
        cache.note_changed(session, connection, SWITCHES, moment)


def _switches(preferences: Mapping[str, Any]) -> tuple[object, object]:
    """Return what of the preferences decides on what may be sent."""
    return read_preferences(preferences), preferences.get("CurrencyPrefs")


def _back_off(session: Session, company: QboCompany, reason: str, moment: datetime) -> None:
    """Stop every connection of a company for a day, until it is read again: nothing can be written."""
    wait = DAY.total_seconds()
    for connection in company.connections:
        companies.extend_backoff(session, connection.id, moment, first=wait, most=wait, after=wait, reason=reason)
