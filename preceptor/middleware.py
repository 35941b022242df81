import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.forms import BaseForm
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from preceptor.accounts.access import LAST_SEEN, membership_at
from preceptor.accounts.models import Membership, User
from preceptor.accounts.signing_in.gate import opens
from preceptor.doors import Refused, answer
from preceptor.http import TYPED, Conflict, sent_bytes, url
from preceptor.limits import took_too_long
from reviews import taxonomy

logger = logging.getLogger(__name__)
METHODS = ("GET", "HEAD", "POST", "OPTIONS")

Response = Callable[[HttpRequest], HttpResponse]


class UnaskedMiddleware:
    """Refuses what no page asks for: an odd method, and by its announced size a body
    larger than any form's, before anything reads it.

    Stands before the CSRF check, which would be the first to.
    """

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        is_typed = request.content_type == TYPED
        most = settings.TYPED_FORM_BYTES if is_typed else settings.BODY_BYTES
        if sent_bytes(request) > most:
            raise RequestDataTooBig
        return None


class InvalidFormMiddleware:
    """422 where a view of the sign-in library shows a form again with its errors.

    Our own views say so themselves.
    """

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        shown = (response.context_data or {}).values()
        forms = (form for form in shown if isinstance(form, BaseForm))
        if response.status_code == 200 and any(form.errors for form in forms):
            response.status_code = 422
        return response


def _not_here(request: HttpRequest) -> HttpResponse:
    """Nothing to a stranger. A page that stood open reloads, and says so as a whole."""
    if request.headers.get("HX-Request") != "true":
        raise Http404
    response = HttpResponseClientRefresh()
    response.status_code = 404
    return response


def _to_the_door(request: HttpRequest, member: Membership) -> HttpResponse:
    """A session of which the organisation asks more goes there, and comes back here."""
    slug = member.organisation.slug
    is_page = request.method == "GET" and request.headers.get("HX-Request") != "true"
    then = request.get_full_path() if is_page else url(slug, "insights:today")
    door = reverse("entrance:enter", args=[slug])
    return HttpResponseRedirect(f"{door}?{urlencode({'next': then})}")


class OrganisationMiddleware:
    """Finds the active membership that an address under `/o/<slug>/` speaks of.

    A stranger to the organisation gets 404. The slug leaves the view's arguments.
    Also turns `Conflict` into its 409 page, `Refused` into its 429, what the database
    cut short into 503, a login redirect inside a fragment into a whole-page one. Sets
    the person's time zone and language, and the organisation's own flaw categories.
    """

    def __init__(self, get_response: Response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            user = request.user
            here = timezone.override(user.time_zone), translation.override(user.locale)
            with here[0], here[1], taxonomy.spoken():
                response = self.get_response(request)
            response.headers.setdefault("Cache-Control", "private, no-store")
        else:
            response = self.get_response(request)
        if request.headers.get("HX-Request") == "true":
            patch_vary_headers(response, ["HX-Request"])
            if response.status_code in (301, 302):
                return HttpResponseClientRedirect(response.headers["Location"])
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if (slug := kwargs.pop("slug", None)) is None:
            return None
        if not isinstance(request.user, User):
            raise Http404
        membership = membership_at(request.user, slug)
        if membership is None:
            return _not_here(request)
        if not opens(request, membership):
            return _to_the_door(request, membership)
        if request.session.get(LAST_SEEN) != slug:
            request.session[LAST_SEEN] = slug
        if membership.called:
            membership.called = ""
            membership.save(update_fields=["called"])
        membership.is_writing = request.method not in ("GET", "HEAD", "OPTIONS")
        taxonomy.speak(membership.organisation.own_categories)
        request.membership = membership  # type: ignore[attr-defined] # see MemberRequest
        request.organisation = membership.organisation  # type: ignore[attr-defined]
        return None

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, Conflict):
            return render(request, "409.html", {"reason": str(exception)}, status=409)
        if isinstance(exception, Refused):
            return answer(request, exception)
        if isinstance(exception, PermissionDenied):
            return render(request, "403.html", {"reason": str(exception)}, status=403)
        if took_too_long(exception):
            return _too_long(request, exception)
        return None


def _too_long(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page, and a line for whoever looks after the server."""
    logger.error("The database cut a request short", exc_info=error)
    response = render(request, "503.html", status=503)
    response.headers["Retry-After"] = "5"
    return response
