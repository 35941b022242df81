"""What a program costs and may return: scenarios, each with every input in sight."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pairings import lists
from pairings.models import Program
from preceptor.http import MemberRequest, redirect, render, whole
from preceptor.insights.models import Scenario
from preceptor.insights.returns import access, actions
from preceptor.insights.returns.beginning import beginning, said_of
from preceptor.insights.returns.facts import Facts, facts_of
from preceptor.insights.returns.forms import FirstForm, ScenarioForm, typed
from preceptor.insights.returns.inputs import INPUTS
from preceptor.insights.returns.pages import Result
from preceptor.seen import Difference, Stale, Values, mixed, seen_in, written


@require_GET
def scenarios(request: MemberRequest) -> HttpResponse:
    access.require_overseer(request.membership)
    rows = Scenario.objects.visible_to(request.membership).select_related("program")
    ordered = rows.order_by("program__name", "name", "pk")
    context = {
        "page": lists.page_of(ordered, lists.filters_in(request.GET)),
        "may_write": access.may_write_any(request.membership),
    }
    return render(request, "insights/returns/scenarios.html", context)


@require_http_methods(["GET", "POST"])
def add_scenario(request: MemberRequest) -> HttpResponse:
    """First for what and in which money; then every input, with what is known of it."""
    programs = access.require_writer(request.membership)
    first = FirstForm(
        request.GET if "currency" in request.GET else None,
        programs=programs,
        is_manager=request.membership.is_manager,
        initial={"program": whole(request.GET.get("program")) or None},
    )
    if not first.is_valid():
        status = 422 if first.is_bound else 200
        asked = {"form": first}
        return render(request, "insights/returns/first.html", asked, status=status)
    program, currency = first.cleaned_data["program"], first.cleaned_data["currency"]
    facts = _facts(request, program)
    form = ScenarioForm(
        request.POST or None,
        initial=ScenarioForm.answers_of(
            _("What is published, and our plan"), currency, beginning(facts, currency)
        ),
        said=said_of(facts),
    )
    if form.is_valid() and (row := _added(request, program, form)):
        messages.success(request, _("The scenario is saved."))
        return redirect(request, "insights:scenario", row.pk)
    context = {"form": form, "program": program}
    status = 422 if form.errors else 200
    return render(request, "insights/returns/add.html", context, status=status)


def _added(
    request: MemberRequest, program: Program | None, form: ScenarioForm
) -> Scenario | None:
    """The row; where it can't be, the form says why."""
    try:
        return actions.add_scenario(
            actor=request.membership,
            program=program,
            sent=form.values(),
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _facts(request: MemberRequest, program: Program | None) -> Facts:
    """Of the program, or of all that run."""
    if program is not None:
        return facts_of([program])
    rows = Program.objects.filter(organisation=request.organisation)
    return facts_of(list(rows.filter(state=Program.State.RUNNING)))


@require_http_methods(["GET", "POST"])
def scenario(request: MemberRequest, pk: int) -> HttpResponse:
    """The outcome with all inputs beneath it; who may write changes them there."""
    if request.method == "GET":
        row, may_write = access.scenario_for(request.membership, pk)
        return _page(request, row, None, may_write=may_write)
    row = access.scenario_to_write(request.membership, pk)
    form = _form(request, row, request.POST)
    if form.is_valid():
        try:
            actions.save_scenario(
                actor=request.membership,
                scenario=row,
                sent=form.values(),
                seen=seen_in(request.POST),
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Stale as stale:
            return _stale(request, pk, form.values(), stale)
        else:
            messages.success(request, _("Saved, and reckoned anew."))
            return redirect(request, "insights:scenario", pk)
    return _page(request, row, form, may_write=True)


def _form(request: MemberRequest, row: Scenario, data: Any = None) -> ScenarioForm:
    initial = ScenarioForm.answers_of(row.name, row.currency, row.inputs)
    said = said_of(_facts(request, row.program))
    return ScenarioForm(data, initial=initial, said=said)


def _stale(request: MemberRequest, pk: int, sent: Values, stale: Stale) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    row = access.scenario_to_write(request.membership, pk)
    stands = actions.said_of(row)
    shown = mixed(seen_in(request.POST), sent, stands)
    mine = copy(row)
    mine.name, mine.currency = shown["name"], shown["currency"]
    mine.inputs = actions.answers_in(shown)
    differences = _differences(stale, sent, stands)
    form = _form(request, mine)
    return _page(request, row, form, may_write=True, differences=differences)


def _differences(stale: Stale, sent: Values, stands: Values) -> Sequence[Difference]:
    labels = {"name": _("Name of the scenario"), "currency": _("Currency")}
    return [
        Difference(
            labels.get(name) or str(INPUTS[name].label),
            *(_told(name, one[name]) for one in (sent, stands)),
        )
        for name in stale.contested
    ]


def _told(name: str, value: Any) -> str:
    """A text, or an input's three numbers and their source."""
    if not isinstance(value, tuple):
        return value or _("nothing")
    *numbers, source = value
    words = " – ".join(typed(INPUTS[name], one) for one in numbers)
    return f"{words} ({source})" if source else words


def _page(
    request: MemberRequest,
    row: Scenario,
    form: ScenarioForm | None,
    *,
    may_write: bool,
    differences: Sequence[Difference] = (),
) -> HttpResponse:
    """`form` as it was sent, or else of what stands."""
    stands = written(actions.said_of(row))
    if form is None and may_write:
        form = _form(request, row)
    context = {
        "scenario": row,
        "result": Result(row),
        "form": form,
        "seen": stands if differences else request.POST.get("seen") or stands,
        "differences": differences,
        "may_write": may_write,
    }
    has_errors = form is not None and form.errors
    status = 409 if differences else 422 if has_errors else 200
    return render(request, "insights/returns/scenario.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove_scenario(request: MemberRequest, pk: int) -> HttpResponse:
    row = access.scenario_to_write(request.membership, pk)
    if request.method == "POST":
        actions.remove_scenario(actor=request.membership, scenario=row)
        messages.success(request, _("“%(name)s” is removed.") % {"name": row.name})
        return redirect(request, "insights:scenarios")
    return render(request, "insights/returns/remove.html", {"scenario": row})
