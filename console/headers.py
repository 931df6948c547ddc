"""What every answer tells the browser: nothing from elsewhere, nothing kept, nobody may frame it."""

from __future__ import annotations

from flask import Flask, Response, request

from settings import Settings

DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self' https://appcenter.intuit.com",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx",
}
POLICY = "; ".join(f"{name} {sources}" for name, sources in DIRECTIVES.items())
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
A_YEAR = 31_536_000


def install(app: Flask, settings: Settings) -> None:
    """Set the headers of every answer, errors and files included."""
    headers = dict(HEADERS)
    if settings.console_address.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    # A button leads to the dashboard, which is another origin.
    headers["Content-Security-Policy"] = POLICY.replace(
        "form-action 'self'", f"form-action 'self' {settings.dashboard_address}"
    )
    if settings.uses_standins:  # its consent page stands where Intuit's does
        headers["Content-Security-Policy"] = headers["Content-Security-Policy"].replace(
            "https://appcenter.intuit.com", settings.qbo_url
        )

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(headers)
        is_file = request.endpoint == "static" and "v" in request.args
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if is_file else "no-store"
        return response
