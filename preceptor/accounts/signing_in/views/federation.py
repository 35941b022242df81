"""Back from a provider of SAML, which posts from its own site.

Such a request comes without the browser's session. So what it brought waits in a small
session of its own while the browser is led on to `back`, which has both.
"""

from allauth.socialaccount.sessions import LoginSession
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from preceptor.accounts.entrance import THROUGH
from preceptor.accounts.signing_in import entering, saml
from preceptor.accounts.signing_in.access import provider_at
from preceptor.accounts.signing_in.claims import Refused, TestFailed
from preceptor.accounts.signing_in.models import Provider
from preceptor.accounts.signing_in.views.entrance import (
    came_back,
    end_test,
    not_let_in,
)
from preceptor.doors import limited, network_of
from preceptor.http import AnyRequest

WAITS_SECONDS = 300
COOKIE = f"{settings.HOST_ONLY}saml-acs-session"


def _federated(code: str) -> Provider:
    provider = provider_at(code)
    if not provider.is_saml:
        raise Http404
    return provider


def _waiting(request: HttpRequest) -> LoginSession:
    return LoginSession(request, "saml_acs_session", COOKIE)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
@limited(THROUGH, by=network_of)
def acs(request: AnyRequest, code: str) -> HttpResponse:
    """Keeps what the provider posted for a moment. It is not looked at here."""
    provider = _federated(code)
    answer = request.POST.get("SAMLResponse", "")
    if not answer or len(answer) > saml.RESPONSE_LETTERS:
        raise SuspiciousOperation("No SAML response, or one beyond any that is sent")
    response = HttpResponseRedirect(reverse("entrance:back", args=[provider.code]))
    waiting = _waiting(request)
    waiting.store["answer"] = answer
    waiting.store.set_expiry(WAITS_SECONDS)
    waiting.save(response)
    response.cookies[COOKIE]["httponly"] = True
    response.cookies[COOKIE]["path"] = "/"
    return response


@login_not_required
@never_cache
@require_GET
def back(request: AnyRequest, code: str) -> HttpResponse:
    provider, waiting = _federated(code), _waiting(request)
    answer = waiting.store.get("answer", "")
    waiting.delete()
    try:
        state, claims = saml.finish(request, provider, answer)
    except TestFailed as failed:
        tried = entering.Tried(None, str(failed))
        return end_test(request, provider, failed.state, tried)
    except Refused as error:
        return not_let_in(request, provider, error)
    return came_back(request, provider, state, claims)


@login_not_required
@require_GET
def metadata(request: AnyRequest, code: str) -> HttpResponse:
    """How we describe ourselves, for the provider to read."""
    found = saml.metadata(_federated(code))
    return HttpResponse(found, content_type="application/samlmetadata+xml")
