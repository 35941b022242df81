"""What the programs of somebody say over closed months, and who stays."""

from functools import partial
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pairings.access import program_to_oversee
from pairings.models import Program
from preceptor.accounts.exports import taken_along
from preceptor.accounts.models import Membership
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest, render
from preceptor.insights.access import overseen_programs
from preceptor.insights.figures import export
from preceptor.insights.figures.cohorts import Cohort
from preceptor.insights.figures.estimates import Withheld
from preceptor.insights.figures.lines import all_lines
from preceptor.insights.figures.pages import QuarterPage
from preceptor.insights.figures.quarters import last_closed
from preceptor.insights.figures.retention import Retention, last_counted, retention
from preceptor.replica import read

FILES = ("csv", "xlsx")


@require_GET
def insights(request: MemberRequest) -> HttpResponse:
    """The programs that somebody oversees, and what there is beyond one of them."""
    programs = _programs(request.membership)
    zone = ZoneInfo(request.organisation.time_zone)
    context = {
        "programs": programs,
        "last": last_closed(timezone.now(), zone),
    }
    return render(request, "insights/figures/insights.html", context)


@require_GET
def quarter(request: MemberRequest, pk: int) -> HttpResponse:
    """A program over a quarter, of its closed months."""
    program, standing = program_to_oversee(request.membership, pk)
    context = {
        "program": program,
        "standing": standing,
        "shown": _shown(request, program),
    }
    return render(request, "insights/figures/quarter.html", context)


@limited(EXPORT, methods=("GET",))
@require_GET
def quarter_file(request: MemberRequest, pk: int, kind: str) -> HttpResponseBase:
    """All that the page of the quarter shows."""
    program, _standing = program_to_oversee(request.membership, pk)
    shown = _shown(request, program)
    if kind not in FILES:
        raise Http404
    lines = all_lines(shown.figures, shown.trend) if shown.figures else ()
    table = export.figures_table(_("Insights"), lines)
    name = slugify(f"{program.name} {shown.quarter or ''}") or "insights"
    return taken_along(
        export.as_file(table, kind),
        f"{name}.{kind}",
        actor=request.membership,
        subject=_("the figures of a quarter (%(form)s)") % {"form": kind.upper()},
        program_id=program.pk,
    )


@require_GET
def stays(request: MemberRequest) -> HttpResponse:
    """Who stays, by cohort."""
    found = _retention(request)
    withheld = [one for one in found.curves if isinstance(one.company, Withheld)]
    context = {
        "found": found,
        "cohorts": [Cohort(one) for one in found.curves if one.is_shown],
        "withheld": withheld,
    }
    return render(request, "insights/figures/stays.html", context)


@limited(EXPORT, methods=("GET",))
@require_GET
def stays_file(request: MemberRequest, kind: str) -> HttpResponseBase:
    if kind not in FILES:
        raise Http404
    table = export.retention_table(_("Who stays"), _retention(request).curves)
    return taken_along(
        export.as_file(table, kind),
        f"who-stays.{kind}",
        actor=request.membership,
        subject=_("who stays (%(form)s)") % {"form": kind.upper()},
    )


def _shown(request: MemberRequest, program: Program) -> QuarterPage:
    asked = request.GET.get("quarter", "")
    return read(partial(QuarterPage, program, asked))


def _retention(request: MemberRequest) -> Retention:
    zone = ZoneInfo(request.organisation.time_zone)
    programs = _programs(request.membership)
    last = last_counted(timezone.now(), zone)
    return read(partial(retention, programs, last))


def _programs(member: Membership) -> list[Program]:
    """Those that they oversee and that ran or run; 403 to who oversees none."""
    programs = overseen_programs(member)
    if not programs and not member.is_manager:
        raise PermissionDenied
    return [program for program in programs if not program.is_draft]
