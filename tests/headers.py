"""The headers that every answer has to bear, as a browser reads them."""

import re
from collections.abc import Mapping

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
OFF = ("camera", "geolocation", "microphone", "payment", "usb", "display-capture")


def amiss(headers: Mapping[str, str]) -> list[str]:
    """What is missing or weaker than it has to be."""
    found = [
        f"{name}: {headers.get(name)}"
        for name, value in EXACTLY.items()
        if headers.get(name) != value
    ]
    # What a link alone opens tells nobody, ourselves included.
    if headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        found.append(f"Referrer-Policy: {headers.get('Referrer-Policy')}")
    policy = headers.get("Content-Security-Policy", "")
    if dict(part.split(" ", 1) for part in policy.split("; ") if part) != POLICY:
        found.append(f"Content-Security-Policy: {policy}")
    allowed = headers.get("Permissions-Policy", "")
    granted = dict(re.findall(r"([a-z-]+)=(\([^)]*\))", allowed))
    if any(granted.get(name) != "()" for name in OFF):
        found.append(f"Permissions-Policy: {allowed}")
    if set(granted.values()) != {"()", "(self)"}:
        found.append(f"Permissions-Policy: {allowed}")
    if "Access-Control-Allow-Origin" in headers:
        found.append("Access-Control-Allow-Origin")
    return found
