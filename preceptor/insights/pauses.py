"""Views of a pause: what moves in the junior's year is shown before it moves."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pairings.access import open_pause, pairing_to_arrange
from pairings.actions import pauses as actions
from pairings.life_forms import PauseForm
from pairings.models import Pairing, Pause
from preceptor.http import MemberRequest, redirect, render
from progress.moves import moves_of
from reviews.models import ReviewSession, ReviewSessionQuerySet


@require_http_methods(["GET", "POST"])
def pause(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = pairing_to_arrange(request.membership, pk)
    form = PauseForm(request.POST or None)
    if form.is_valid() and "look" not in request.POST:
        actions.pause(
            actor=request.membership,
            pairing=pairing,
            back_on=form.cleaned_data["back_on"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(request, _("Paused. Reminders about this pair rest."))
        return redirect(request, "insights:pairing", pairing.pk)
    today = timezone.localdate()
    draft = Pause(pairing=pairing, organisation=pairing.organisation, starts_on=today)
    context = {
        "pairing": pairing,
        "program": pairing.program,
        "form": form,
        "planned": _planned(pairing, today, form.days()).count(),
        **_shift(draft, form.days()),
    }
    status = 422 if form.errors else 200
    return render(request, "insights/pause.html", context, status=status)


@require_http_methods(["GET", "POST"])
def resume(request: MemberRequest, pk: int) -> HttpResponse:
    pairing, today = pairing_to_arrange(request.membership, pk), timezone.localdate()
    if request.method == "POST":
        actions.resume(pairing=pairing, on=today)
        messages.success(request, _("They are back; the year goes on from today."))
        return redirect(request, "insights:pairing", pairing.pk)
    made = open_pause(pairing)
    days = (today - made.starts_on).days
    context = {
        "pairing": pairing,
        "program": pairing.program,
        "pause": made,
        **_shift(made, days),
    }
    return render(request, "insights/resume.html", context)


def _shift(made: Pause, days: int) -> dict[str, object]:
    """What moves if a pause is worth `days`: milestones, and the junior's last day."""
    rest = days - made.moved_days
    last_on = made.pairing.junior.last_on
    return {
        "days": days,
        "rest": rest,
        "moves": [move for move in moves_of(made, days) if move.moves] if rest else [],
        "last_on": last_on,
        "new_last_on": last_on + timedelta(days=rest),
    }


def _planned(pairing: Pairing, today: date, days: int) -> ReviewSessionQuerySet:
    """The sessions that fall into the pause."""
    rows = ReviewSession.objects.planned().filter(
        pairing=pairing, planned_at__date__gte=today
    )
    if not days:
        return rows
    return rows.filter(planned_at__date__lt=today + timedelta(days=days))
