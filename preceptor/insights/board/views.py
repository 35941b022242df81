"""The pair board: every pair of a program, what needs attention first."""

from collections import Counter
from datetime import date
from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pairings.access import Standing, own_place, program_to_oversee
from pairings.lists import filters_in, page_of, unpaired_of
from pairings.models import Program
from preceptor.accounts.exports import taken_along
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest, render
from preceptor.insights.board import export
from preceptor.insights.board.figures import figures
from preceptor.insights.board.filters import BoardForm
from preceptor.insights.board.markup import Markup, head
from preceptor.insights.board.pairs import Board, Row
from preceptor.replica import read

PER_PAGE, WAITING = 500, 20


@require_GET
def board(request: MemberRequest, pk: int) -> HttpResponse:
    program, standing = program_to_oversee(request.membership, pk)
    today = timezone.localdate()
    pairs = Board(program, today, sees_wishes=standing.runs)
    form = BoardForm(request.GET, pairs=pairs.pairs)
    rows = form.narrow(pairs.rows)
    page: Page[Row] = page_of(rows, filters_in(request.GET), PER_PAGE)
    counts = Counter(row.group for row in rows)
    markup = Markup(pairs, request.organisation.slug, opens_proposals=standing.runs)
    counted = figures(pairs)
    waiting = unpaired_of(program, today, {})
    shown = list(waiting[:WAITING]) if counted.unpaired else []
    context = {
        "form": form,
        "page": page,
        "bodies": markup.bodies(list(page), counts),
        "months": head(program.starts_on, pairs.pace),
        "figures": counted,
        "has_pairs": bool(pairs.pairs),
        "unpaired": shown,
        "unpaired_count": len(shown) if len(shown) < WAITING else waiting.count(),
        "place": own_place(request.membership, program),
        **_program(program, standing, today),
    }
    return render(request, "insights/board.html", context)


def _program(program: Program, standing: Standing, today: date) -> dict[str, Any]:
    """What the head of the page says."""
    leads = program.staff.leads().select_related("membership__user")
    return {
        "program": program,
        "standing": standing,
        "week": program.week_of(today),
        "leads": [str(lead.membership) for lead in leads],
    }


@limited(EXPORT, methods=("GET",))
@require_GET
def board_csv(request: MemberRequest, pk: int) -> HttpResponseBase:
    return _file(request, pk, "csv")


@limited(EXPORT, methods=("GET",))
@require_GET
def board_xlsx(request: MemberRequest, pk: int) -> HttpResponseBase:
    return _file(request, pk, "xlsx")


def _file(request: MemberRequest, pk: int, kind: str) -> HttpResponseBase:
    """The rows of all pages under the same filters."""
    program, standing = program_to_oversee(request.membership, pk)
    today = timezone.localdate()
    write = export.as_xlsx if kind == "xlsx" else export.as_csv

    def written() -> bytes:
        pairs = Board(program, today, sees_wishes=standing.runs)
        rows = BoardForm(request.GET, pairs=pairs.pairs).narrow(pairs.rows)
        return write(rows, today)

    return taken_along(
        read(written),
        f"{slugify(program.name) or 'program'}-pairs.{kind}",
        actor=request.membership,
        subject=_("the pair board (%(form)s)") % {"form": kind.upper()},
        program_id=program.pk,
    )
