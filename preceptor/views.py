from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from preceptor.accounts.access import LAST_SEEN, current_membership
from preceptor.http import TYPED, UserRequest, form_megabytes, sent_bytes, url
from preceptor.metrics import exposition
from preceptor.readiness import readiness


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 where the process should be sent requests, else 503 and what misses."""
    misses = readiness.misses()
    text = "; ".join(misses) or "ok"
    response = HttpResponse(
        text, content_type="text/plain", status=503 if misses else 200
    )
    response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, by the token that was set; nothing where none was."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    response = HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def home(request: UserRequest) -> HttpResponse:
    """On to the organisation last looked at, or a word to who has none."""
    membership = current_membership(request.user, request.session.get(LAST_SEEN))
    if membership is None:
        return render(request, "no_organisation.html")
    return redirect(url(membership.organisation.slug, "insights:today"))


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Why a request was refused before any form saw it, in place of a bare line."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", _too_much(request), status=413)
    return render(request, "400.html", {"reason": _reason(exception)}, status=400)


def _too_much(request: HttpRequest) -> dict[str, int | bool]:
    """How many megabytes would have been taken, and whether of files."""
    if request.content_type != TYPED and sent_bytes(request) > settings.BODY_BYTES:
        return {"megabytes": settings.BODY_BYTES // 1024**2, "is_body": True}
    megabytes = form_megabytes()
    most = megabytes.get(request.content_type or "", max(megabytes.values()))
    return {"megabytes": most}


def _reason(exception: Exception) -> str:
    match exception:
        case TooManyFieldsSent():
            text = _("The form came with more than %(n)d fields; send less at once.")
            return text % {"n": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
        case TooManyFilesSent():
            text = _("The form came with more than %(n)d files; send fewer at once.")
            return text % {"n": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
        case MultiPartParserError():
            return _("The form broke off, or came in a shape that is none; send again.")
    return _("The form came with a value that it does not offer; load it anew.")
