from collections.abc import Sequence
from copy import copy

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings import access, lists, skill_list
from pairings.actions import people as actions
from pairings.actions.profiles import place_of
from pairings.differences import differences
from pairings.forms import PLACED, EnrolForm, PlaceForm
from pairings.models import Enrolment, Program
from pairings.roster.faults import HEADER
from pairings.roster.skills import join_skills
from pairings.tables import to_csv
from pairings.views.refusals import shut
from preceptor.accounts.exports import taken_along
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest, redirect, render
from preceptor.replica import read
from preceptor.seen import Difference, Stale, Values, mixed, seen_in, written


@require_GET
def people(request: MemberRequest, pk: int) -> HttpResponse:
    program, standing = access.program_with_standing(request.membership, pk)
    filters = lists.filters_in(request.GET)
    page = lists.page_of(lists.people_of(program, request.membership, filters), filters)
    on = timezone.localdate()
    context = {
        "program": program,
        "standing": standing,
        "filters": filters,
        "page": page,
        "on": on,
        "rows": lists.people_rows(page.object_list, on, with_proposals=standing.runs),
        "sides": Enrolment.Side.choices,
        "teams": lists.teams_of(program) if standing.oversees else [],
    }
    return render(request, "pairings/people.html", context)


@limited(EXPORT, methods=("GET",))
@require_GET
def export_people(request: MemberRequest, pk: int) -> HttpResponseBase:
    program, _standing = access.program_to_oversee(request.membership, pk)
    rows = lists.people_of(program, request.membership, lists.filters_in(request.GET))
    rows = rows.select_related("membership__mentor_record")
    return taken_along(
        read(lambda: to_csv(HEADER, map(lists.exported, rows.all()))),
        f"{slugify(program.name) or 'people'}.csv",
        actor=request.membership,
        subject=_("the people (CSV)"),
        program_id=program.pk,
    )


@require_http_methods(["GET", "POST"])
def enrol(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    if request.method == "GET" and not program.takes_people:
        return shut(request, program, _("Enrol somebody"))
    form = EnrolForm(request.POST or None, program=program)
    if request.method == "POST" and form.is_valid():
        try:
            enrolment = actions.enrol(
                actor=request.membership,
                program=program,
                person=form.person(),
                places=form.places(),
                skills=form.cleaned_data["skills"],
                tell=form.cleaned_data.get("tell", False),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(who)s is enrolled.") % {"who": enrolment})
            return redirect(request, "pairings:people", program.pk)
    context = {
        "program": program,
        "form": form,
        **_suggested(request, program),
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/enrol.html", context, status=status)


def _suggested(request: MemberRequest, program: Program) -> dict[str, object]:
    """What the fields of somebody's place complete."""
    return {
        "members": lists.suggested_members(request.membership),
        "skills": skill_list.suggested_skills(request.organisation.pk),
        "teams": lists.teams_of(program),
    }


ASKED = ("heads", "hours")
"""What the address may fill in, for somebody to look at and save."""


@require_http_methods(["GET", "POST"])
def edit_enrolment(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = access.enrolment_to_write(request.membership, pk)
    program = enrolment.program
    if request.method == "GET":
        asked = {name: request.GET[name] for name in ASKED if name in request.GET}
        form = PlaceForm(instance=enrolment, program=program, initial=asked)
        seen = written(place_of(enrolment, PLACED))
        return _place(request, enrolment, form, seen=seen)
    form, seen = _form_over(enrolment, request.POST), request.POST.get("seen", "")
    if not form.is_valid():
        return _place(request, enrolment, form, seen=seen, status=422)
    try:
        actions.edit_enrolment(
            actor=request.membership,
            enrolment=enrolment,
            sent=form.sent(),
            seen=seen_in(request.POST),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return _place(request, enrolment, form, seen=seen, status=422)
    except Stale as stale:
        return _stale(request, pk, form.sent(), stale)
    messages.success(request, _("Saved: %(who)s.") % {"who": enrolment})
    return redirect(request, "pairings:people", program.pk)


def _form_over(enrolment: Enrolment, answers: QueryDict) -> PlaceForm:
    """The form writes what it is given into its row: not into the page's."""
    return PlaceForm(answers, instance=copy(enrolment), program=enrolment.program)


def _stale(request: MemberRequest, pk: int, sent: Values, stale: Stale) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    row = access.enrolment_to_write(request.membership, pk)
    stands, is_mentor = place_of(row, sent), row.is_mentor
    shown = mixed(seen_in(request.POST), sent, stands)
    skills = join_skills(shown.pop("skills"))
    row_to_be = copy(row)
    for name, value in shown.items():
        setattr(row_to_be, name, value)
    form = PlaceForm(
        instance=row_to_be, program=row.program, initial={"skills": skills}
    )
    both = differences(stale, sent, stands, form, is_mentor=is_mentor)
    seen = written(stands)
    return _place(request, row, form, seen=seen, differences=both, status=409)


def _place(
    request: MemberRequest,
    enrolment: Enrolment,
    form: PlaceForm,
    *,
    seen: str,
    differences: Sequence[Difference] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "program": enrolment.program,
        "enrolment": enrolment,
        "form": form,
        "seen": seen,
        "differences": differences,
        **_suggested(request, enrolment.program),
    }
    return render(request, "pairings/edit_enrolment.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove_enrolment(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = access.enrolment_to_write(request.membership, pk)
    reason = None
    if request.method == "POST":
        program, who = enrolment.program_id, str(enrolment)
        try:
            actions.remove_enrolment(actor=request.membership, enrolment=enrolment)
        except ValidationError as error:
            reason = error.messages[0]
        else:
            messages.success(
                request, _("%(who)s is out of the program.") % {"who": who}
            )
            return redirect(request, "pairings:people", program)
    context = {"enrolment": enrolment, "program": enrolment.program, "reason": reason}
    status = 422 if reason else 200
    return render(request, "pairings/remove_enrolment.html", context, status=status)
