from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings import access, lists, sentences, skill_list, wishes
from pairings.actions import profiles as actions
from pairings.differences import differences
from pairings.models import Enrolment
from pairings.profile_forms import ProfileForm, SeatsForm, SkillRows, skill_rows
from pairings.seats import Seats
from preceptor.http import MemberRequest, redirect, render, whole
from preceptor.seen import Difference, Stale, Values, mixed, seen_in, written


@require_http_methods(["GET", "POST"])
def profile(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = access.profile_to_write(request.membership, pk)
    if request.method == "GET":
        form, rows = ProfileForm(instance=enrolment), skill_rows(None, enrolment)
        seen = written(actions.place_of(enrolment, (*form.names, "skills")))
        return _profile(request, enrolment, form, rows, seen=seen)
    data = request.POST
    form, rows = ProfileForm(data, instance=enrolment), skill_rows(data, enrolment)
    if not form.is_valid() & rows.is_valid():
        fresh = access.profile_to_write(request.membership, pk)
        seen = data.get("seen", "")
        return _profile(request, fresh, form, rows, seen=seen, status=422)
    sent = {**form.values(), "skills": rows.values()}
    try:
        actions.edit_profile(
            actor=request.membership,
            enrolment=enrolment,
            sent=sent,
            seen=seen_in(data),
        )
    except Stale as stale:
        return _stale(request, pk, sent, stale)
    messages.success(request, _("The profile is saved."))
    return redirect(request, "pairings:profile", pk)


def _stale(request: MemberRequest, pk: int, sent: Values, stale: Stale) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    row = access.profile_to_write(request.membership, pk)
    stands = actions.place_of(row, sent)
    shown = mixed(seen_in(request.POST), sent, stands)
    degrees = shown.pop("skills")
    for name, value in shown.items():
        setattr(row, name, value)
    form = ProfileForm(instance=row)
    return _profile(
        request,
        row,
        form,
        skill_rows(None, row, degrees),
        seen=written(stands),
        differences=differences(stale, sent, stands, form, is_mentor=row.is_mentor),
        status=409,
    )


def _profile(
    request: MemberRequest,
    enrolment: Enrolment,
    form: ProfileForm,
    rows: SkillRows,
    *,
    seen: str,
    differences: Sequence[Difference] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "program": enrolment.program,
        "enrolment": enrolment,
        "is_own": enrolment.membership_id == request.membership.pk,
        "form": form,
        "rows": rows,
        "seen": seen,
        "differences": differences,
        "skills": skill_list.suggested_skills(request.organisation.pk),
        "teams": lists.teams_of(enrolment.program),
        "areas": lists.areas_of(enrolment.program),
        "seats": sentences.of_seats(enrolment.seating),
        "wishes": None if enrolment.is_mentor else wishes.wishes_of(enrolment),
    }
    return render(request, "pairings/profile.html", context, status=status)


@require_GET
def seats(request: MemberRequest, pk: int) -> HttpResponse:
    """The sentence on a mentor's seats for what is typed, as a fragment."""
    enrolment = access.profile_to_write(request.membership, pk)
    form, seating = SeatsForm(request.GET), enrolment.seating
    if form.is_valid():
        typed = form.cleaned_data
        seating = Seats(typed["heads"], typed["hours"], seating.each, seating.most)
        text = sentences.of_seats(seating)
    else:
        text = _("Write 0 to 20 heads and 0 to 40 hours to see the seats.")
    return render(request, "pairings/seats.html", {"seats": text})


@require_http_methods(["GET", "POST"])
def wish(request: MemberRequest, pk: int) -> HttpResponse:
    junior = access.wishes_to_write(request.membership, pk)
    reason = ""
    if request.method == "POST":
        person = wishes.person_named(junior, whole(request.POST.get("person")))
        step = request.POST.get("step", "")
        if person is None or step not in list(actions.Step):
            raise Http404
        try:
            actions.wish(
                actor=request.membership,
                junior=junior,
                person=person,
                step=actions.Step(step),
            )
        except ValidationError as error:
            reason = error.messages[0]
        else:
            return redirect(request, "pairings:wish", pk)
    return _wishes(request, junior, reason)


def _wishes(request: MemberRequest, junior: Enrolment, reason: str) -> HttpResponse:
    filters = lists.filters_in(request.GET)
    said = wishes.wishes_of(junior)
    found = wishes.candidates(junior, said, timezone.localdate(), filters)
    context = {
        "program": junior.program,
        "junior": junior,
        "is_own": junior.membership_id == request.membership.pk,
        "wishes": said,
        "filters": filters,
        "page": lists.page_of(found, filters, per_page=20),
        "readers": access.readers_of_wishes(junior.program),
        "reason": reason,
    }
    status = 422 if reason else 200
    return render(request, "pairings/wish.html", context, status=status)
