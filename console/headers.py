"""What every answer tells the browser: nothing from elsewhere, nothing kept, nobody may frame it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from settings import Settings

DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx",
}
CONSENT = "https://appcenter.intuit.com"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
A_YEAR = 31_536_000


def without_scripts(response: Response, *, style: str) -> Response:
    """Give a page that stands alone a policy of its own, stricter than that of the console: its one style, and nothing else."""
    alone = {
        **dict.fromkeys(("default-src", "base-uri", "form-action", "frame-ancestors"), "'none'"),
        "style-src": style,
    }
    response.headers["Content-Security-Policy"] = "; ".join(f"{name} {sources}" for name, sources in alone.items())
    return response


def install(app: Flask, settings: Settings) -> None:
    """Set the headers of every answer, errors and files included."""
    headers = dict(HEADERS)
    if settings.console_address.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    headers["Content-Security-Policy"] = _policy(settings)

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        is_file = request.endpoint == "static" and "v" in request.args
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if is_file else "no-store"
        return response


def _policy(settings: Settings) -> str:
    """Return the policy; buttons may lead to the dashboard, to Intuit's consent page, and to the identity provider."""
    consent = settings.qbo_url if settings.uses_standins else CONSENT
    issuer = urlsplit(settings.oidc_issuer)
    provider = [f"{issuer.scheme}://{issuer.netloc}"] if settings.oidc_issuer else []
    targets = " ".join(["'self'", settings.dashboard_address, consent, *provider])
    return "; ".join(f"{name} {sources}" for name, sources in {**DIRECTIVES, "form-action": targets}.items())
