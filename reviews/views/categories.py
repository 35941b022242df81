"""An organisation's own flaw categories, beside the product's."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from preceptor.accounts.access import require_owner
from preceptor.http import MemberRequest, redirect, render
from preceptor.seen import Difference, Stale, mixed, seen_in, written
from reviews import taxonomy
from reviews.actions import categories as actions
from reviews.category_forms import CategoryForm
from reviews.models import Finding
from reviews.taxonomy import Kind


@require_GET
def categories(request: MemberRequest) -> HttpResponse:
    """By their groups, the own ones with how many findings have each."""
    require_owner(request.membership)
    own = taxonomy.own_of(request.organisation.own_categories)
    rows = Finding.objects.filter(organisation=request.organisation)
    used = rows.filter(category__in=[one.key for one in own]).order_by()
    counts = Counter(dict(used.values_list("category").annotate(Count("pk"))))
    context = {
        "own": [(one, counts[one.key]) for one in own],
        "groups": taxonomy.groups(),
        "is_full": len(own) >= actions.OWN_AT_MOST,
    }
    return render(request, "reviews/categories.html", context)


@require_http_methods(["GET", "POST"])
def add_category(request: MemberRequest) -> HttpResponse:
    require_owner(request.membership)
    form = CategoryForm(request.POST or None)
    if form.is_valid():
        try:
            kind = actions.add_category(actor=request.membership, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("“%(name)s” can be chosen from now on.")
            messages.success(request, text % {"name": kind.label})
            return redirect(request, "reviews:categories")
    status = 422 if form.is_bound else 200
    return render(request, "reviews/add_category.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def edit_category(request: MemberRequest, key: str) -> HttpResponse:
    """Its name, group and meaning, wherever it was chosen too."""
    kind = _own(request, key)
    stands = actions.category_settings(kind)
    form = CategoryForm(request.POST or None, initial=stands)
    seen = seen_in(request.POST)
    if form.is_valid():
        try:
            actions.edit_category(
                actor=request.membership, key=key, sent=form.cleaned_data, seen=seen
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Stale as stale:
            return _stale(request, key, form, stale)
        else:
            messages.success(request, _("Saved."))
            return redirect(request, "reviews:categories")
    shown = request.POST.get("seen") or written(stands)
    context = {"kind": kind, "form": form, "seen": shown}
    status = 422 if form.is_bound else 200
    return render(request, "reviews/edit_category.html", context, status=status)


def _stale(
    request: MemberRequest, key: str, form: CategoryForm, stale: Stale
) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    request.organisation.refresh_from_db()
    kind, sent = _own(request, key), form.cleaned_data
    stands = actions.category_settings(kind)
    context = {
        "kind": kind,
        "form": CategoryForm(initial=mixed(seen_in(request.POST), sent, stands)),
        "seen": written(stands),
        "differences": [
            Difference(
                str(form.fields[name].label), _said(sent[name]), _said(stands[name])
            )
            for name in stale.contested
        ],
    }
    return render(request, "reviews/edit_category.html", context, status=409)


def _said(value: object) -> str:
    return str(value.label if isinstance(value, taxonomy.Group) else value or "–")


@require_http_methods(["GET", "POST"])
def retire_category(request: MemberRequest, key: str) -> HttpResponse:
    kind = _own(request, key)
    if request.method == "GET":
        is_used = actions.is_category_used(request.organisation.pk, key)
        context = {"kind": kind, "is_used": is_used}
        return render(request, "reviews/retire_category.html", context)
    stays = actions.retire_category(actor=request.membership, key=key)
    text = _("“%(name)s” is chosen no more.") if stays else _("“%(name)s” is gone.")
    messages.success(request, text % {"name": kind.label})
    return redirect(request, "reviews:categories")


@require_POST
def bring_back_category(request: MemberRequest, key: str) -> HttpResponse:
    kind = _own(request, key)
    actions.bring_back_category(actor=request.membership, key=key)
    text = _("“%(name)s” can be chosen again.") % {"name": kind.label}
    messages.success(request, text)
    return redirect(request, "reviews:categories")


def _own(request: MemberRequest, key: str) -> Kind:
    require_owner(request.membership)
    for kind in taxonomy.own_of(request.organisation.own_categories):
        if kind.key == key:
            return kind
    raise Http404
