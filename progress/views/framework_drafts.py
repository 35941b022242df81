"""The parts of a framework's draft: areas and competencies."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from pairings.actions.together import Stale
from preceptor.http import Conflict, MemberRequest, redirect_to, render, url
from progress import framework_access as access
from progress.actions import drafts as actions
from progress.forms import ShiftForm
from progress.framework_forms import AreaForm, CompetencyForm, typed_words
from progress.framework_pages import PER_PAGE, competency_row
from progress.models import Area, Competency, FrameworkVersion

View = Callable[[MemberRequest, int], HttpResponse]


def keeps_words(view: View) -> View:
    """Gives back what was typed for a part, or a draft, that is gone by now."""

    @wraps(view)
    def kept(request: MemberRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except (Http404, Conflict) as gone:
            words = typed_words(request.POST)
            if not words:
                raise
            is_gone = isinstance(gone, Http404)
            context = {"reason": "" if is_gone else gone, "words": words}
            status = 404 if is_gone else 409
            return render(request, "progress/words_kept.html", context, status=status)

    return kept


@require_http_methods(["GET", "POST"])
@keeps_words
def add_area(request: MemberRequest, pk: int) -> HttpResponse:
    draft = access.draft_for(request.membership, pk)
    form = AreaForm(request.POST or None)
    if form.is_valid():
        try:
            area = actions.add_area(draft=draft, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _to_area(request, area)
    return _page(request, "add_area", draft, {"form": form})


@require_http_methods(["GET", "POST"])
@keeps_words
def edit_area(request: MemberRequest, pk: int) -> HttpResponse:
    area = access.area_to_write(request.membership, pk)
    form = AreaForm(request.POST or None, initial=AreaForm.answers_of(area))
    stale = None
    if form.is_valid():
        edits = form.cleaned_data["edits"]
        try:
            actions.edit_area(area=area, edits=edits, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        except Stale as error:
            stale = error
            area.refresh_from_db()
            form = AreaForm({**form.cleaned_data, "edits": area.edits})
        else:
            return _to_area(request, area)
    context = {"form": form, "area": area, "stale": stale}
    return _page(request, "edit_area", area.version, context)


@require_http_methods(["GET", "POST"])
def remove_area(request: MemberRequest, pk: int) -> HttpResponse:
    area = access.area_to_write(request.membership, pk)
    if request.method == "POST":
        actions.remove_area(area=area)
        return _to_draft(request, area.version)
    context = {"area": area, "competencies": area.competencies.count()}
    return _page(request, "remove_area", area.version, context)


@require_POST
def shift_area(request: MemberRequest, pk: int) -> HttpResponse:
    area = access.area_to_write(request.membership, pk)
    actions.shift_area(area=area, by=_by(request))
    return _to_area(request, area)


@require_http_methods(["GET", "POST"])
@keeps_words
def add_competency(request: MemberRequest, pk: int) -> HttpResponse:
    """To an area at first; the form may name another one."""
    area = access.area_to_write(request.membership, pk)
    form = CompetencyForm(
        request.POST or None,
        draft=area.version,
        initial=CompetencyForm.answers_of(area),
    )
    if form.is_valid():
        area = form.cleaned_data["area"]
        try:
            made = actions.add_competency(area=area, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _to_competency(request, made)
    return _page(request, "add_competency", area.version, {"form": form, "area": area})


@require_http_methods(["GET", "POST"])
@keeps_words
def edit_competency(request: MemberRequest, pk: int) -> HttpResponse:
    competency = access.competency_to_write(request.membership, pk)
    draft = competency.version
    said = CompetencyForm.answers_of(competency)
    form = CompetencyForm(request.POST or None, draft=draft, initial=said)
    stale = None
    if form.is_valid():
        try:
            actions.edit_competency(
                competency=competency,
                area=form.cleaned_data["area"],
                edits=form.cleaned_data["edits"],
                **form.values(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Stale as error:
            stale, form = error, _over_what_stands(form, competency)
        else:
            return _to_competency(request, competency)
    context = {
        "form": form,
        "competency": competency,
        "stale": stale,
        "stands": competency_row(competency) if stale else None,
    }
    return _page(request, "edit_competency", draft, context)


def _over_what_stands(form: CompetencyForm, competency: Competency) -> CompetencyForm:
    """What was typed, in a form that may now be saved over what somebody else wrote."""
    competency.refresh_from_db()
    data = {**form.cleaned_data, "area": form.cleaned_data["area"].pk}
    data["edits"] = competency.edits
    return CompetencyForm(data, draft=competency.version)


@require_http_methods(["GET", "POST"])
def remove_competency(request: MemberRequest, pk: int) -> HttpResponse:
    competency = access.competency_to_write(request.membership, pk)
    if request.method == "POST":
        actions.remove_competency(competency=competency)
        return _to_area(request, competency.area)
    context = {"competency": competency}
    return _page(request, "remove_competency", competency.version, context)


@require_POST
def shift_competency(request: MemberRequest, pk: int) -> HttpResponse:
    competency = access.competency_to_write(request.membership, pk)
    actions.shift_competency(competency=competency, by=_by(request))
    return _to_competency(request, competency)


def _by(request: MemberRequest) -> int:
    form = ShiftForm(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    return int(form.cleaned_data["by"])


def _page(
    request: MemberRequest,
    name: str,
    draft: FrameworkVersion,
    context: Mapping[str, Any],
) -> HttpResponse:
    form, stale = context.get("form"), context.get("stale")
    has_errors = form is not None and form.errors
    status = 409 if stale else 422 if has_errors else 200
    shown = {"draft": draft, "framework": draft.framework, **context}
    return render(request, f"progress/{name}.html", shown, status=status)


def _to_draft(
    request: MemberRequest, draft: FrameworkVersion, end: str = ""
) -> HttpResponse:
    path = url(request.organisation.slug, "progress:framework_version", draft.pk)
    return redirect_to(request, f"{path}{end}")


def _to_area(request: MemberRequest, area: Area) -> HttpResponse:
    """To the page of the draft where the area begins; an empty one is on the last."""
    rows = Competency.objects.filter(version=area.version_id)
    if rows.filter(area=area).exists():
        rows = rows.filter(area__position__lt=area.position)
    place = rows.count()
    end = f"?page={place // PER_PAGE + 1}#area-{area.pk}"
    return _to_draft(request, area.version, end)


def _to_competency(request: MemberRequest, one: Competency) -> HttpResponse:
    """To the page of the draft on which it stands, and there to its row."""
    one.refresh_from_db()
    rows = Competency.objects.filter(version=one.version_id)
    before = rows.filter(area__position__lt=one.area.position).count()
    before += rows.filter(area=one.area_id, position__lt=one.position).count()
    end = f"?page={before // PER_PAGE + 1}#competency-{one.pk}"
    return _to_draft(request, one.version, end)
