from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings import access, lists
from pairings.actions import people as actions
from pairings.forms import EnrolForm, PlaceForm
from pairings.models import Enrolment
from pairings.roster.faults import HEADER
from pairings.tables import to_csv
from pairings.views.refusals import shut
from preceptor.http import MemberRequest, redirect, render


@require_GET
def people(request: MemberRequest, pk: int) -> HttpResponse:
    program, standing = access.program_with_standing(request.membership, pk)
    filters = lists.filters_in(request.GET)
    page = lists.page_of(lists.people_of(program, request.membership, filters), filters)
    pairs = lists.counterparts(page.object_list, timezone.localdate())
    context = {
        "program": program,
        "standing": standing,
        "filters": filters,
        "page": page,
        "rows": [(person, pairs.get(person.pk, [])) for person in page.object_list],
        "sides": Enrolment.Side.choices,
        "teams": lists.teams_of(program) if standing.oversees else [],
    }
    return render(request, "pairings/people.html", context)


@require_GET
def export_people(request: MemberRequest, pk: int) -> HttpResponse:
    program, _standing = access.program_to_oversee(request.membership, pk)
    rows = lists.people_of(program, request.membership, lists.filters_in(request.GET))
    rows = rows.select_related("membership__mentor_record")
    body = to_csv(HEADER, (lists.exported(person) for person in rows))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    name = slugify(program.name) or "people"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


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
        "members": lists.suggested_members(request.membership),
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/enrol.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit_enrolment(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = access.enrolment_to_write(request.membership, pk)
    program = enrolment.program
    form = PlaceForm(request.POST or None, instance=enrolment, program=program)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_enrolment(
                actor=request.membership,
                enrolment=enrolment,
                places=form.places(),
                skills=form.cleaned_data["skills"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved: %(who)s.") % {"who": enrolment})
            return redirect(request, "pairings:people", program.pk)
    context = {
        "program": program,
        "enrolment": enrolment,
        "form": form,
        "members": lists.suggested_members(request.membership),
    }
    status = 422 if form.errors else 200
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
