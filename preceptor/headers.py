"""What every answer tells the browser not to do."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

POLICY: Final = {
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
OWN: Final = (
    "clipboard-write",
    "publickey-credentials-create",
    "publickey-credentials-get",
)
"""What pages of ours ask a browser for: to copy an address, and passkeys."""
# Those that browsers know by name; of another a browser complains to its console.
NOBODYS: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "compute-pressure",
    "cross-origin-isolated",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
HEADERS: Final = {
    "Content-Security-Policy": "; ".join(f"{name} {at}" for name, at in POLICY.items()),
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in NOBODYS), *(f"{name}=(self)" for name in OWN)]
    ),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class HeadersMiddleware(SecurityMiddleware):
    """Stands before all others, so that whatever answers, its headers are there.

    Also where a host is refused, where a static file comes, and where something broke.
    """

    def process_request(self, request: HttpRequest) -> None:
        """To send people on to https is left to the class that this one extends."""

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        answer = super().process_response(request, response)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer
