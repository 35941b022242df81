"""An organisation's providers, domains and rules: pages of its owners."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
)

from preceptor.accounts.access import require_owner
from preceptor.accounts.signing_in import actions, arriving, entering, identities
from preceptor.accounts.signing_in.access import domain_to_write, provider_to_write
from preceptor.accounts.signing_in.claims import Refused
from preceptor.accounts.signing_in.domains import NoAnswer
from preceptor.accounts.signing_in.forms import (
    FORMS,
    DomainForm,
    RulesForm,
)
from preceptor.accounts.signing_in.gate import rules_of
from preceptor.accounts.signing_in.models import Domain, Provider
from preceptor.doors import Door, limited
from preceptor.http import AnyRequest, Conflict, MemberRequest, redirect, render
from preceptor.seen import seen_in, written

TRIES = Door("providers", 30, 300)
"""Requests to other people's servers for one owner: providers and name servers."""

TRIED = "tried_provider"
"""The key of a browser session that holds what a test brought back."""


@require_http_methods(["GET", "POST"])
def sign_in(request: MemberRequest) -> HttpResponse:
    """All of it on one page; what is sent to it are the rules."""
    require_owner(request.membership)
    form = RulesForm(request.POST or None, rules=rules_of(request.organisation.pk))
    if form.is_valid():
        try:
            actions.set_rules(
                actor=request.membership,
                said=form.cleaned_data,
                seen=seen_in(request.POST),
            )
        except Conflict as error:
            form.add_error("only_provider", str(error))
        else:
            messages.success(request, _("Saved. It holds from now on, for everybody."))
            return redirect(request, "sign_in:settings")
    return _page(request, rules=form, status=422 if form.is_bound else 200)


def _page(request: MemberRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    organisation = request.organisation.pk
    rows = Provider.objects.filter(organisation=organisation).order_by("pk")
    providers = list(rows.defer("metadata", "sealed_secret"))
    form = forms.get("rules") or RulesForm(rules=rules_of(organisation))
    context = {
        "is_open": form.rules.only_provider and not any(row.is_on for row in providers),
        "providers": providers,
        "domains": Domain.objects.filter(organisation=organisation),
        "domain_form": forms.get("domain") or DomainForm(),
        "form": form,
        "seen": request.POST.get("seen") if form.is_bound else written(form.initial),
        "kinds": [(kind, Provider.Way(kind).label) for kind in FORMS],
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@require_http_methods(["GET", "POST"])
def add(request: MemberRequest, kind: str) -> HttpResponse:
    require_owner(request.membership)
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST or None, provider=None)
    if form.is_valid():
        row = actions.add_provider(actor=request.membership, kind=kind, said=form.said)
        messages.success(
            request, _("Saved. Give the provider the addresses below, then test it.")
        )
        return redirect(request, "sign_in:provider", row.pk)
    context = {"form": form, "kind": Provider.Way(kind)}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/sign_in_provider.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """One provider, what to copy to it, and what its last test brought."""
    row = provider_to_write(request.membership, pk)
    form = FORMS[row.kind](request.POST or None, provider=row)
    if form.is_valid():
        try:
            actions.change_provider(
                actor=request.membership, provider=row, said=form.said
            )
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            request.session.pop(TRIED, None)
            messages.success(request, _("Saved."))
            return redirect(request, "sign_in:provider", pk)
    tried = request.session.get(TRIED)
    context = {
        "form": form,
        "kind": Provider.Way(row.kind),
        "provider": row,
        "addresses": entering.addresses(row),
        "tried": tried if tried and tried["provider"] == pk else None,
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/sign_in_provider.html", context, status=status)


@require_POST
@limited(TRIES)
def test(request: MemberRequest, pk: int) -> HttpResponse:
    """Begins the round trip, at whose end nobody is signed in."""
    row = provider_to_write(request.membership, pk)
    state = {
        "process": "test",
        "member": request.membership.pk,
        "reached_by": actions.fingerprint(row),
    }
    try:
        there = entering.begin(request, row, state)
    except Refused as error:
        request.session[TRIED] = {"provider": pk, "why": str(error), "told": []}
        return redirect(request, "sign_in:provider", pk)
    context = {"there": there, "provider": row}
    return render(request, "accounts/onward.html", context)


def tested(
    request: AnyRequest, row: Provider, state: dict[str, Any], tried: entering.Tried
) -> None:
    """Keeps what came back for the page, and that it worked where it did."""
    why = tried.why
    if tried.claims is not None:
        try:
            arriving.acceptable(row, tried.claims)
        except Refused as error:
            why = str(error)
    if not why and not actions.note_test(
        provider=row, reached_by=state["reached_by"], now=timezone.now()
    ):
        why = _("The provider was changed in between. Test it once more.")
    claims = tried.claims
    request.session[TRIED] = {
        "provider": row.pk,
        "why": why,
        "email": claims.email if claims else "",
        "is_verified": claims.is_verified if claims else None,
        "has_factor": claims.has_factor if claims else False,
        "told": [list(pair) for pair in claims.told] if claims else [],
    }


@require_POST
def turn_on(request: MemberRequest, pk: int) -> HttpResponse:
    row = provider_to_write(request.membership, pk)
    actions.turn_on(actor=request.membership, provider=row)
    messages.success(request, _("People come in through %(name)s now.") % {"name": row})
    return redirect(request, "sign_in:settings")


@require_http_methods(["GET", "POST"])
def turn_off(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks first, and says for whom what changes."""
    row = provider_to_write(request.membership, pk)
    if request.method == "GET":
        context = {
            "provider": row,
            "came": identities.how_many_came(row),
            "rules": rules_of(row.organisation_id),
        }
        return render(request, "accounts/sign_in_turn_off.html", context)
    actions.turn_off(actor=request.membership, provider=row)
    messages.success(request, _("Nobody comes in through %(name)s.") % {"name": row})
    return redirect(request, "sign_in:settings")


@require_http_methods(["GET", "POST"])
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    row = provider_to_write(request.membership, pk)
    if request.method == "GET":
        return render(request, "accounts/sign_in_remove.html", {"provider": row})
    actions.remove_provider(actor=request.membership, provider=row)
    messages.success(request, _("%(name)s was removed.") % {"name": row})
    return redirect(request, "sign_in:settings")


@require_POST
def add_domain(request: MemberRequest) -> HttpResponse:
    require_owner(request.membership)
    form = DomainForm(request.POST)
    if form.is_valid():
        try:
            actions.add_domain(actor=request.membership, name=form.cleaned_data["name"])
        except Conflict as error:
            form.add_error("name", str(error))
        else:
            return redirect(request, "sign_in:settings")
    return _page(request, domain=form, status=422)


@require_POST
@limited(TRIES)
def check_domain(request: MemberRequest, pk: int) -> HttpResponse:
    row = domain_to_write(request.membership, pk)
    try:
        is_there = actions.check_domain(
            actor=request.membership, domain=row, now=timezone.now()
        )
    except NoAnswer as error:
        messages.error(request, str(error))
    else:
        if is_there:
            messages.success(request, _("%(name)s is yours.") % {"name": row})
        else:
            messages.error(request, _not_there(row))
    return redirect(request, "sign_in:settings")


def _not_there(row: Domain) -> str:
    return _(
        "No TXT record of %(name)s says it yet. New records take minutes, and at some"
        " providers hours, to be seen everywhere."
    ) % {"name": row}


@require_http_methods(["GET", "POST"])
def remove_domain(request: MemberRequest, pk: int) -> HttpResponse:
    row = domain_to_write(request.membership, pk)
    if request.method == "GET":
        return render(request, "accounts/sign_in_remove_domain.html", {"domain": row})
    actions.remove_domain(actor=request.membership, domain=row)
    messages.success(request, _("%(name)s was removed.") % {"name": row})
    return redirect(request, "sign_in:settings")
