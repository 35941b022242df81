"""Links by which a junior shares parts of their year, and the page that one opens."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render as plain_render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from preceptor.doors import SHARED, TOKENS, limited, token_in, unguessed
from preceptor.http import MemberRequest, redirect, render
from progress import access, actions
from progress.completion import (
    clock_of,
    completion_of_year,
    own_lessons,
    shared_lessons,
)
from progress.link_access import link_by, link_to_revoke
from progress.link_forms import LinkForm
from progress.models import PlanLink

LINKS_A_PAGE = 20
FRESH = "fresh link"
"""The key of a browser session under which an address waits to be shown once."""

View = Callable[..., HttpResponse]


@require_GET
def links(request: MemberRequest, pk: int) -> HttpResponse:
    """All that were made; the address of the one just made stands here once."""
    plan = access.own_plan(request.membership, pk)
    made = plan.links.annotate(lesson_count=Count("shared_lessons"))
    made = made.order_by("-created_at", "-pk")
    page = Paginator(made, LINKS_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    for link in page:
        link.plan = plan
    context = {
        "plan": plan,
        "page": page,
        "rows": [(link, link.works(now), _parts(link)) for link in page],
        "fresh": _fresh(request, pk),
    }
    return render(request, "progress/links.html", context)


def _fresh(request: MemberRequest, pk: int) -> str:
    """The address of a link of this year that was just made, once."""
    of_plan, token = request.session.get(FRESH, (None, ""))
    if of_plan != pk:
        return ""
    del request.session[FRESH]
    return settings.BASE_URL + reverse("shared:shared_year", args=[token])


def _parts(link: PlanLink) -> list[str]:
    return [str(PlanLink.Part(part).label) for part in link.parts]


@require_http_methods(["GET", "POST"])
def add_link(request: MemberRequest, pk: int) -> HttpResponse:
    plan = access.own_plan(request.membership, pk)
    lessons = list(own_lessons(plan))
    form = LinkForm(request.POST or None, lessons=lessons, today=timezone.localdate())
    if form.is_valid():
        token = actions.add_link(
            actor=request.membership,
            plan=plan,
            name=form.cleaned_data["name"],
            expires_on=form.cleaned_data["expires_on"],
            parts=form.cleaned_data["parts"],
            lessons=form.chosen(),
            key=form.cleaned_data["key"],
            now=timezone.now(),
        )
        request.session[FRESH] = (plan.pk, token)
        return redirect(request, "progress:links", pk)
    context = {"plan": plan, "form": form, "parts": PlanLink.Part.choices}
    status = 422 if form.is_bound else 200
    return render(request, "progress/add_link.html", context, status=status)


@require_http_methods(["GET", "POST"])
def revoke_link(request: MemberRequest, pk: int) -> HttpResponse:
    link = link_to_revoke(request.membership, pk)
    if request.method == "POST":
        actions.revoke_link(link=link, now=timezone.now())
        return redirect(request, "progress:links", link.plan_id)
    context = {"link": link, "plan": link.plan}
    return render(request, "progress/revoke_link.html", context)


def unlisted(view: View) -> View:
    """No copy of the page is kept, no index lists it, and its address goes nowhere."""

    @wraps(view)
    def hidden(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = plain_render(request, "progress/not_shared.html", status=404)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return hidden


@unguessed(TOKENS)
@limited(SHARED, by=token_in, methods=("GET", "HEAD"))
@login_not_required
@require_safe
@unlisted
def shared_year(request: HttpRequest, token: str) -> HttpResponse:
    """What the junior ticked, to whoever has the address, by the junior's clock."""
    now = timezone.now()
    link = link_by(token, now)
    locale = link.plan.junior.membership.user.locale
    with clock_of(link.plan), translation.override(locale):
        today = timezone.localdate(now)
        year = completion_of_year(link.plan, link.parts, shared_lessons(link), today)
        context = {"year": year, "plan": link.plan, "link": link}
        response = plain_render(request, "progress/shared_year.html", context)
    if request.method == "GET":
        actions.note_opening(link=link, now=now)
    return response
