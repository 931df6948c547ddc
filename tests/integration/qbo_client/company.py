"""Our app at the QuickBooks stand-in, and tokens for its companies."""

from __future__ import annotations

from qbo_client.oauth import Endpoints, IssuedTokens, OAuth
from tests.stand_ins import StandIn

WIDGETS, WIDGETS_UK = "9130001", "9130002"
ACME = "56"


def our_app(stand_in: StandIn) -> OAuth:
    """Return our app as the stand-in knows it."""
    return OAuth(
        client_id="sandbox-client",
        client_secret="sandbox-secret",
        redirect_uri="http://localhost:8701/quickbooks/callback",
        endpoints=Endpoints.at(stand_in.url),
    )


def tokens_for(stand_in: StandIn, realm: str) -> IssuedTokens:
    """Return tokens for a company, without the consent page."""
    tokens = stand_in.control("POST", "tokens", {"realm": realm})
    return IssuedTokens(tokens["access_token"], tokens["refresh_token"], 3600, 8640000)
