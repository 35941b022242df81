from collections.abc import Sequence
from copy import copy

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import access, lists
from pairings.actions import programs as actions
from pairings.differences import differences
from pairings.forms import StaffForm
from pairings.models import Program
from pairings.program_forms import (
    NAME_LETTERS,
    DatesForm,
    DuplicateForm,
    NewProgramForm,
    ProgramForm,
    next_start,
)
from preceptor.http import MemberRequest, redirect, render
from preceptor.seen import Difference, Stale, Values, mixed, seen_in, written


@require_GET
def programs(request: MemberRequest) -> HttpResponse:
    visible = Program.objects.visible_to(request.membership)
    filters = lists.filters_in(request.GET)
    state = filters.get("state", "")
    page = lists.page_of(visible.in_state(state), filters)
    rows = lists.program_rows(request.membership, page.object_list)
    context = {
        "page": page,
        "rows": rows,
        "state": state,
        "states": Program.State.choices,
        "has_archived": not rows and visible.in_state("archived").exists(),
        "may_create": access.may_create(request.membership),
        "sees_register": access.sees_register(request.membership),
    }
    return render(request, "pairings/programs.html", context)


@require_http_methods(["GET", "POST"])
def create_program(request: MemberRequest) -> HttpResponse:
    access.require_creator(request.membership)
    organisation = request.organisation
    usual = {
        "cadence_days": organisation.cadence_days,
        "juniors_per_mentor": organisation.juniors_per_mentor,
    }
    form = NewProgramForm(request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            program = actions.create_program(actor=request.membership, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("The program is set up. Enrol people, then start it.")
            )
            return redirect(request, "pairings:people", program.pk)
    return render(
        request,
        "pairings/create_program.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@require_GET
def program(request: MemberRequest, pk: int) -> HttpResponse:
    """One's own part of a program; who oversees it goes to the board of its pairs."""
    program, standing = access.program_with_standing(request.membership, pk)
    if standing.oversees:
        return redirect(request, "insights:board", pk)
    filters = lists.filters_in(request.GET)
    page = lists.page_of(lists.pairs_of(program, request.membership), filters)
    context = {
        "program": program,
        "standing": standing,
        "place": access.own_place(request.membership, program),
        "week": program.week_of(timezone.localdate()),
        "page": page,
        "pairs": lists.named_pairs(page),
    }
    return render(request, "pairings/program.html", context)


@require_http_methods(["GET", "POST"])
def edit_program(request: MemberRequest, pk: int) -> HttpResponse:
    is_post = request.method == "POST"
    find = access.program_to_write if is_post else access.program_for
    program = find(request.membership, pk)
    form = ProgramForm(request.POST or None, instance=copy(program))
    if is_post and form.is_valid():
        try:
            actions.edit_program(
                actor=request.membership,
                program=program,
                sent=form.values(),
                seen=seen_in(request.POST),
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Stale as stale:
            return _stale(request, pk, form.values(), stale)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect(request, "pairings:edit_program", pk)
    return _settings(request, pk, form)


def _stale(request: MemberRequest, pk: int, sent: Values, stale: Stale) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    program = access.program_to_write(request.membership, pk)
    stands = actions.settings_of(program, sent)
    for name, value in mixed(seen_in(request.POST), sent, stands).items():
        setattr(program, name, value)
    form = ProgramForm(instance=program)
    return _settings(
        request,
        pk,
        form,
        seen=written(stands),
        differences=differences(stale, sent, stands, form, is_mentor=True),
    )


def _settings(
    request: MemberRequest,
    pk: int,
    form: ProgramForm,
    staff_form: StaffForm | None = None,
    *,
    seen: str = "",
    differences: Sequence[Difference] = (),
) -> HttpResponse:
    """`seen` of a page that is asked for is what stands."""
    program, standing = access.program_to_oversee(request.membership, pk)
    staff = staff_form or StaffForm(organisation_id=request.organisation.pk)
    stands = written(actions.settings_of(program, form.fields))
    context = {
        "program": program,
        "standing": standing,
        "may_create": access.may_create(request.membership),
        "form": form,
        "seen": seen or request.POST.get("seen") or stands,
        "differences": differences,
        "dates_form": DatesForm(initial=DatesForm.answers_of(program)),
        "staff_form": staff,
        "staff": program.staff.with_people(),
        "members": lists.suggested_members(request.membership),
    }
    has_errors = form.errors or staff.errors
    status = 409 if differences else 422 if has_errors else 200
    return render(request, "pairings/edit_program.html", context, status=status)


@require_http_methods(["GET", "POST"])
def duplicate_program(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_duplicate(request.membership, pk)
    following = {"name": _copied(program), "starts_on": next_start(program)}
    form = DuplicateForm(request.POST or None, initial=following)
    if request.method == "POST" and form.is_valid():
        try:
            copy = actions.duplicate_program(
                actor=request.membership, program=program, **form.values()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The draft is made."))
            return redirect(request, "pairings:edit_program", copy.pk)
    context = {
        "program": program,
        "form": form,
        "juniors": program.enrolments.juniors().count(),
        "mentors": program.enrolments.mentors().count(),
    }
    status = 422 if form.errors else 200
    return render(request, "pairings/duplicate_program.html", context, status=status)


def _copied(program: Program) -> str:
    """A name for the duplicate, which the person will want to change."""
    text = _("%(name)s, next cohort") % {"name": program.name}
    return text if len(text) <= NAME_LETTERS else ""


@require_POST
def add_staff(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    form = StaffForm(request.POST, organisation_id=request.organisation.pk)
    if form.is_valid():
        try:
            actions.add_staff(
                actor=request.membership, program=program, **form.values()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(request, "pairings:edit_program", pk)
    return _settings(request, pk, ProgramForm(instance=program), form)


@require_http_methods(["GET", "POST"])
def remove_staff(request: MemberRequest, pk: int) -> HttpResponse:
    staff = access.staff_to_write(request.membership, pk)
    if request.method == "POST":
        program = staff.program_id
        actions.remove_staff(actor=request.membership, staff=staff)
        messages.success(
            request, _("%(who)s is off the staff.") % {"who": staff.membership}
        )
        return redirect(request, "pairings:edit_program", program)
    return render(request, "pairings/remove_staff.html", {"staff": staff})
