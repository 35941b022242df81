"""Where somebody is signed in."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from preceptor.accounts.signing_in.sessions import end_all, end_one, open_sessions
from preceptor.http import UserRequest, redirect_to, render, whole


@require_http_methods(["GET", "POST"])
def sessions(request: UserRequest) -> HttpResponse:
    """One's own, each to be ended by itself, or all: the others, or this one too."""
    if request.method == "POST":
        return _end(request)
    found = open_sessions(request, request.user)
    context = {"sessions": found}
    return render(request, "usersessions/usersession_list.html", context)


def _end(request: UserRequest) -> HttpResponse:
    if pk := whole(request.POST.get("end")):
        ended = end_one(request.user, pk)
    else:
        ended = end_all(request.user, but=request.session.session_key)
    if request.POST.get("end") == "everywhere":
        get_adapter(request).logout(request)
        messages.success(request, _("You are signed out everywhere."))
        return redirect_to(request, "/accounts/login/")
    told = ngettext(
        "%(n)d other browser is signed out.",
        "%(n)d other browsers are signed out.",
        ended,
    )
    messages.success(request, told % {"n": ended})
    return redirect_to(request, request.path)
