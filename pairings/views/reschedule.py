"""The page that shows what new dates would move, and moves it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pairings import access, lists, move_words
from pairings.actions import reschedule as actions
from pairings.models import Program
from pairings.program_forms import DatesForm
from pairings.rescheduling import Effect
from pairings.views.refusals import shut
from preceptor.http import MemberRequest, redirect, render


@require_http_methods(["GET", "POST"])
def reschedule(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    if request.method == "GET":
        if not program.takes_people:
            return shut(request, program, _("What new dates would move"))
        is_asked = "starts_on" in request.GET
        asked = request.GET if is_asked else DatesForm.answers_of(program)
        return _preview(request, program, DatesForm(asked))
    form = DatesForm(request.POST)
    if not form.is_valid():
        return _preview(request, program, form)
    try:
        effect = actions.reschedule(
            actor=request.membership,
            program=program,
            fingerprint=request.POST.get("fingerprint", ""),
            today=timezone.localdate(),
            **form.values(),
        )
    except (actions.EffectChanged, ValidationError):
        return _preview(request, program, form, has_changed=True)
    messages.success(request, move_words.done(effect))
    return redirect(request, "pairings:edit_program", pk)


def _preview(
    request: MemberRequest,
    program: Program,
    form: DatesForm,
    *,
    has_changed: bool = False,
) -> HttpResponse:
    effect = _effect(program, form)
    context: dict[str, object] = {
        "program": program,
        "form": form,
        "effect": effect,
        "has_changed": has_changed,
    }
    if effect is not None:
        filters = lists.filters_in(request.GET)
        page = lists.page_of(effect.changed, filters, per_page=100)
        context["page"] = page
        context["rows"] = move_words.rows(page.object_list)
        context["figures"] = move_words.figures(effect)
    status = 422 if form.errors else 409 if has_changed else 200
    return render(request, "pairings/reschedule.html", context, status=status)


def _effect(program: Program, form: DatesForm) -> Effect | None:
    """What the dates of the form would do, or None with its errors in the form."""
    if not form.is_valid():
        return None
    today = timezone.localdate()
    try:
        return actions.plan_reschedule(program, today=today, **form.values())
    except ValidationError as error:
        form.add_error(None, error)
        return None
