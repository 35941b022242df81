"""One page a quarter: of a program, and of the whole organisation."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import lists
from pairings.actions.pauses import today_in
from pairings.models import Program
from preceptor.accounts.exports import taken_along
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest, redirect, render
from preceptor.insights.figures.quarters import Quarter
from preceptor.insights.models import QuarterReport
from preceptor.insights.quarterly import access, actions, export
from preceptor.insights.quarterly.document import Report
from preceptor.insights.quarterly.forms import ScheduleForm
from preceptor.insights.quarterly.pages import row_of, sheets
from preceptor.insights.returns.access import require_overseer
from preceptor.seen import Difference, Stale, mixed, plain, seen_in, written

FILES = ("csv", "xlsx")


@require_GET
def quarters(request: MemberRequest) -> HttpResponse:
    """Where every report over programs is, for who looks after one."""
    require_overseer(request.membership)
    today = today_in(request.organisation, timezone.now())
    programs = Program.objects.visible_to(request.membership).exclude(
        state=Program.State.DRAFT
    )
    if not request.membership.is_manager:
        programs = programs.filter(staff__membership=request.membership)
    context = {
        "page": lists.page_of(programs, lists.filters_in(request.GET)),
        "last": Quarter.of(today).previous,
        "now": Quarter.of(today),
    }
    return render(request, "insights/quarterly/quarters.html", context)


@require_GET
def report(request: MemberRequest, quarter: str, pk: int | None = None) -> HttpResponse:
    """At once where it is quick, else what a worker made, or its progress."""
    program = access.program_of(request.membership, pk)
    of = _begun(request, quarter)
    row: QuarterReport | None = None
    if actions.is_quick(request.organisation, program):
        found = actions.made(request.organisation, program, of, timezone.now())
        return _page(request, program, of, found)
    row = actions.kept(request.organisation, program, of)
    found_kept = actions.report_in(row)
    is_open = row is not None and row.is_in_hand(timezone.now())
    if row is None or is_open or found_kept is None:
        return _progress(request, program, of, row, is_open=is_open)
    if request.htmx and not request.htmx.boosted:
        return _to(request, program, of)
    return _page(request, program, of, found_kept, row)


def _page(
    request: MemberRequest,
    program: Program | None,
    of: Quarter,
    found: Report,
    row: QuarterReport | None = None,
) -> HttpResponse:
    context = {
        **_around(request, program, of),
        "report": found,
        "summary": [row_of(line) for line in found.summary],
        "sheets": list(sheets(found)),
        "row": row,
    }
    return render(request, "insights/quarterly/report.html", context)


def _progress(
    request: MemberRequest,
    program: Program | None,
    of: Quarter,
    row: QuarterReport | None,
    *,
    is_open: bool,
) -> HttpResponse:
    context = {**_around(request, program, of), "row": row, "is_open": is_open}
    template = "insights/quarterly/progress.html"
    return render(request, template, context, partial="progress")


def _around(
    request: MemberRequest, program: Program | None, of: Quarter
) -> dict[str, Any]:
    """What every page of a report shows."""
    today = today_in(request.organisation, timezone.now())
    return {
        "program": program,
        "quarter": of,
        "has_next": of.next.first <= today,
        "name": program.name if program else request.organisation.name,
        "may_schedule": access.may_schedule(request.membership, program),
    }


def _begun(request: MemberRequest, text: str) -> Quarter:
    """404 for one that is yet to come."""
    of = access.quarter_in(text)
    if of.first > today_in(request.organisation, timezone.now()):
        raise Http404
    return of


def _to(request: MemberRequest, program: Program | None, of: Quarter) -> HttpResponse:
    if program is not None:
        return redirect(request, "insights:quarter_report", program.pk, of)
    return redirect(request, "insights:quarter_of_all", of)


@require_POST
def make_report(
    request: MemberRequest, quarter: str, pk: int | None = None
) -> HttpResponse:
    """Has a worker make it, or make it anew."""
    program = access.program_of(request.membership, pk)
    of = _begun(request, quarter)
    actions.ask_report(
        actor=request.membership, program=program, quarter=of, now=timezone.now()
    )
    return _to(request, program, of)


@limited(EXPORT, methods=("GET",))
@require_GET
def report_file(
    request: MemberRequest, quarter: str, kind: str, pk: int | None = None
) -> HttpResponseBase:
    program = access.program_of(request.membership, pk)
    of = _begun(request, quarter)
    if kind not in FILES:
        raise Http404
    if actions.is_quick(request.organisation, program):
        now = timezone.now()
        found: Report | None = actions.made(request.organisation, program, of, now)
    else:
        found = actions.report_in(actions.kept(request.organisation, program, of))
    if found is None:
        return _to(request, program, of)
    write = export.as_xlsx if kind == "xlsx" else export.as_csv
    return taken_along(
        write(found),
        f"{slugify(found.title) or 'report'}-{of}.{kind}".lower(),
        actor=request.membership,
        subject=_("a quarter’s report (%(form)s)") % {"form": kind.upper()},
        program_id=pk,
    )


@require_http_methods(["GET", "POST"])
def schedule(request: MemberRequest, pk: int | None = None) -> HttpResponse:
    """On which day of each quarter whom the report of the last one is mailed to."""
    program = access.to_schedule(request.membership, pk)
    members = access.readers_of(request.organisation, program)
    stands = actions.said_of(actions.schedule_of(request.organisation, program))
    shown = {**stands, "day": stands["day"] or 10}
    form = ScheduleForm(request.POST or None, members=members, initial=shown)
    if not form.is_valid():
        return _schedule(request, program, form, written(stands))
    try:
        actions.set_schedule(
            actor=request.membership,
            program=program,
            sent=form.values(),
            seen=seen_in(request.POST),
            today=today_in(request.organisation, timezone.now()),
        )
    except Stale as stale:
        mine = mixed(seen_in(request.POST), form.values(), stands)
        again = ScheduleForm(members=members, initial=mine)
        differences = _differences(stale, form, stands)
        return _schedule(request, program, again, written(stands), differences)
    messages.success(request, _("Saved. The next report goes by it."))
    if program is not None:
        return redirect(request, "insights:report_schedule", program.pk)
    return redirect(request, "insights:schedule_of_all")


def _differences(
    stale: Stale, form: ScheduleForm, stands: dict[str, Any]
) -> list[Difference]:
    """People by their names."""
    names = {one.pk: str(one) for one in form.fields["readers"].queryset}  # type: ignore[attr-defined] # of the one field that has it

    def told(value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(names.get(pk, "?") for pk in value) or _("nobody")
        return plain(value) or _("nothing")

    sent = form.values()
    return [
        Difference(str(form.fields[name].label), told(sent[name]), told(stands[name]))
        for name in stale.contested
    ]


def _schedule(
    request: MemberRequest,
    program: Program | None,
    form: ScheduleForm,
    stands: str,
    differences: Sequence[Difference] = (),
) -> HttpResponse:
    context = {
        "program": program,
        "name": program.name if program else request.organisation.name,
        "form": form,
        "differences": differences,
        "seen": stands if differences else request.POST.get("seen") or stands,
    }
    status = 409 if differences else 422 if form.errors else 200
    return render(request, "insights/quarterly/schedule.html", context, status=status)
