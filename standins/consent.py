"""Walk QuickBooks' consent page as a person would, and return the callback."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import requests

TIMEOUT = 10.0


def give_consent(authorise_url: str, realm: str) -> dict[str, str]:
    """Return the query of the callback that a consent leads to: code, state and realmId."""
    form = {"realm": realm, "decision": "connect"}
    answer = requests.post(authorise_url, data=form, allow_redirects=False, timeout=TIMEOUT)
    answer.raise_for_status()
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}
