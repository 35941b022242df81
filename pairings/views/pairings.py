from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pairings import access, lists
from pairings.actions import pairings as actions
from pairings.forms import EndForm, PairForm
from pairings.models import Enrolment, Pairing, Program
from pairings.views.refusals import shut
from preceptor.accounts.models import Membership
from preceptor.http import MemberRequest, redirect, render


@require_http_methods(["GET", "POST"])
def pair(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    if request.method == "GET" and not program.is_running:
        return shut(request, program, _("Pair a junior"))
    junior = access.junior_in(program, request.GET.get("junior", ""))
    if junior is None:
        return _choose_junior(request, program)
    instead = access.pairing_to_replace(program, junior, request.GET.get("instead", ""))
    form = PairForm(request.POST or None, junior=junior)
    if form.only_looks():
        form.forgive()
    elif request.method == "POST" and form.is_valid():
        try:
            pairing = _paired(request.membership, junior, form, instead)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _to_pair(request, pairing)
    return _choose_mentor(request, junior, form, instead)


def _to_pair(request: MemberRequest, pairing: Pairing) -> HttpResponse:
    who: dict[str, object] = {"junior": pairing.junior, "mentor": pairing.mentor}
    if pairing.is_proposed:
        text = _("%(junior)s and %(mentor)s are asked; each has three days to answer.")
        messages.success(request, text % who)
        return redirect(request, "pairings:proposal", pairing.pk)
    if pairing.starts_on > timezone.localdate():
        text = _("%(junior)s and %(mentor)s are a pair from %(day)s.")
        who["day"] = date_format(pairing.starts_on, "j F Y")
    else:
        text = _("%(junior)s and %(mentor)s are a pair.")
    messages.success(request, text % who)
    return redirect(request, "insights:pairing", pairing.pk)


def _paired(
    actor: Membership, junior: Enrolment, form: PairForm, instead: Pairing | None
) -> Pairing:
    """The new pairing; in place of the one that stands, if it takes its place."""
    values, now = form.values(), timezone.now()
    if instead is None:
        return actions.pair(actor=actor, junior=junior, now=now, **values)
    del values["kind"]
    reason = _("A new match, by nobody’s fault")
    return actions.replace(
        actor=actor, pairing=instead, reason=reason, now=now, **values
    )


def _choose_junior(request: MemberRequest, program: Program) -> HttpResponse:
    filters = lists.filters_in(request.GET)
    rows = lists.unpaired_of(program, timezone.localdate(), filters)
    page = lists.page_of(rows, filters)
    asked = Pairing.objects.primary().proposed().filter(program=program).count()
    context = {"program": program, "filters": filters, "page": page, "asked": asked}
    return render(request, "pairings/choose_junior.html", context)


def _choose_mentor(
    request: MemberRequest,
    junior: Enrolment,
    form: PairForm,
    instead: Pairing | None,
) -> HttpResponse:
    filters = lists.filters_in(request.POST)
    starts_on, ends_on = form.span()
    choices = lists.mentor_choices(junior, starts_on, ends_on, filters)
    if instead is not None:
        choices = [one for one in choices if one.enrolment.pk != instead.mentor_id]
    page = lists.page_of(choices, filters)
    chosen = form.chosen()
    context = {
        "program": junior.program,
        "junior": junior,
        "instead": instead,
        "form": form,
        "filters": filters,
        "page": page,
        "chosen": chosen,
        "avoided": access.avoided_by(junior),
        "is_shown": chosen in [choice.enrolment for choice in page.object_list],
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/pair.html", context, status=status)


@require_http_methods(["GET", "POST"])
def end(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = access.pairing_to_arrange(request.membership, pk)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.end(
            actor=request.membership,
            pairing=pairing,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(request, _("The pairing has ended; its record stays."))
        return redirect(request, "insights:pairing", pairing.pk)
    context = {
        "pairing": pairing,
        "program": pairing.program,
        "form": form,
        "pause": pairing.pauses.open().first(),
        "is_ahead": pairing.starts_on > timezone.localdate(),
        "stays": Pairing.objects.making_way_for(pairing).with_people().first(),
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/end.html", context, status=status)
