"""Views of a pause: what moves in the junior's year is shown before it moves."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pairings.access import open_pause, pairing_to_arrange
from pairings.actions import pauses as actions
from pairings.life_forms import PauseForm
from pairings.models import Pause
from preceptor.accounts.models import Holiday
from preceptor.http import MemberRequest, redirect, render
from progress.models import MilestoneMove
from progress.moves import moves_of
from reviews.models import ReviewSession, ReviewSessionQuerySet


@require_http_methods(["GET", "POST"])
def pause(request: MemberRequest, pk: int) -> HttpResponse:
    pairing = pairing_to_arrange(request.membership, pk)
    today = actions.today_in(request.organisation, timezone.now())
    form = PauseForm(request.POST or None, pairing=pairing, today=today)
    if form.is_valid() and "look" not in request.POST:
        made = actions.pause(
            actor=request.membership,
            pairing=pairing,
            now=timezone.now(),
            **form.cleaned_data,
        )
        messages.success(request, _arranged(made, today))
        return redirect(request, "insights:pairing", pairing.pk)
    draft = form.draft()
    context = {
        "pairing": pairing,
        "program": pairing.program,
        "form": form,
        "is_free": not pairing.pauses.open().exists(),
        "planned": _planned(draft).count(),
        **_shift(draft, draft.days),
    }
    status = 422 if form.errors else 200
    return render(request, "insights/pause.html", context, status=status)


def _arranged(made: Pause, today: date) -> str:
    if made.starts_on <= today:
        return _("Paused. Reminders about this pair rest.")
    day = formats.date_format(made.starts_on, "j F")
    return _("Arranged. The pause begins on %(day)s.") % {"day": day}


@require_http_methods(["GET", "POST"])
def resume(request: MemberRequest, pk: int) -> HttpResponse:
    """Back from a pause today; one that lies ahead is called off."""
    pairing = pairing_to_arrange(request.membership, pk)
    today = actions.today_in(request.organisation, timezone.now())
    made = open_pause(pairing)
    is_ahead = made.starts_on > today
    if request.method == "POST":
        actions.resume(pairing=pairing, on=today)
        if is_ahead:
            text = _("Called off; what had moved is back where it was.")
        else:
            text = _("They are back; the year goes on from today.")
        messages.success(request, text)
        return redirect(request, "insights:pairing", pairing.pk)
    context = {
        "pairing": pairing,
        "program": pairing.program,
        "pause": made,
        "is_ahead": is_ahead,
        **_shift(made, made.days_until(today)),
    }
    return render(request, "insights/resume.html", context)


def _shift(made: Pause, days: int) -> dict[str, object]:
    """What moves if a pause is worth `days`: milestones, and the junior's last day."""
    rest = days - made.moved_days
    last_on = made.pairing.junior.last_on
    return {
        "days": days,
        "rest": rest,
        "moves": _moves(made, days) if rest else [],
        "last_on": last_on,
        "new_last_on": last_on + timedelta(days=rest),
    }


def _moves(made: Pause, days: int) -> list[MilestoneMove]:
    holidays = Holiday.objects.names(made.pairing.organisation_id)
    return [move for move in moves_of(made, days, holidays) if move.moves]


def _planned(draft: Pause) -> ReviewSessionQuerySet:
    """The sessions that fall into a pause."""
    planned = ReviewSession.objects.planned().filter(pairing=draft.pairing)
    rows = planned.filter(planned_at__date__gte=draft.starts_on)
    return rows.filter(planned_at__date__lt=draft.back_on) if draft.back_on else rows
