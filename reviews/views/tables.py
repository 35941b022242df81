from django.http import HttpResponse
from django.views.decorators.http import require_GET

from preceptor.http import MemberRequest, redirect, render
from reviews.access import session_to_reread
from reviews.board import Board
from reviews.board_forms import FindingsFilter
from reviews.calibration import bands, brier
from reviews.models import BlindPass
from reviews.reading import change_in, places


@require_GET
def findings(request: MemberRequest, pk: int) -> HttpResponse:
    """Every finding of a revealed session in one table, narrowed by filters."""
    session = session_to_reread(request.membership, pk)
    if not session.is_revealed:
        return redirect(request, "reviews:session", pk)
    board = Board(session, request.membership, "", 0)
    form = FindingsFilter(request.GET)
    form.name_readers(*(str(one) for one in (session.junior, session.mentor)))
    listed = form.narrow(board.flaws)
    places(change_in(board.revision), (flaw.finding for flaw in listed))
    context = {"session": session, "board": board, "form": form, "flaws": listed}
    return render(request, "reviews/findings.html", context)


@require_GET
def calibration(request: MemberRequest) -> HttpResponse:
    """One's own confidences against what came out; nobody else's, for nobody else."""
    passes = BlindPass.objects.of(request.membership)
    rows = passes.calibrating().order_by("locked_at")
    judged = [one.judged for one in rows if one.judged]
    context = {
        "judged": judged,
        "bands": bands(judged),
        "brier": brier(judged),
        "left_out": passes.closed().count() - len(judged),
    }
    return render(request, "reviews/calibration.html", context)
