from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from preceptor.http import (
    Conflict,
    MemberRequest,
    redirect,
    redirect_to,
    render,
    url,
    whole,
)
from progress import access, actions
from progress.actions.checkins import StaleCheckIn
from progress.checkin_access import checkin_to_answer, checkin_to_edit, checkin_to_read
from progress.checkin_forms import AnswerForm, CheckInForm, HoursForm
from progress.checkins import hours_since_last, listed, reader_of
from progress.models import CheckIn, GrowthPlan
from progress.protected import hours_lately

CHECKINS_A_PAGE = 20


@require_GET
def checkins(request: MemberRequest, pk: int) -> HttpResponse:
    """All that were handed over; who reads the record sees that and when."""
    plan, relations = access.plan_for(request.membership, pk)
    reader = reader_of(plan, relations)
    rows = Paginator(listed(plan, reader), CHECKINS_A_PAGE)
    page = rows.get_page(request.GET.get("page"))
    context = {"plan": plan, "reader": reader, "page": page}
    return render(request, "progress/checkins.html", context)


@require_GET
def checkin(request: MemberRequest, pk: int) -> HttpResponse:
    """Both texts, and the hours of the weeks since the one before."""
    checkin, relations = checkin_to_read(request.membership, pk)
    if checkin.handed_at is None:
        return redirect(request, "progress:prepare_checkin", checkin.plan_id)
    today = timezone.localdate()
    context = {
        "checkin": checkin,
        "plan": checkin.plan,
        "reader": reader_of(checkin.plan, relations),
        "hours": hours_since_last(checkin.plan, checkin, today),
    }
    return render(request, "progress/checkin.html", context)


@require_http_methods(["GET", "POST"])
def prepare_checkin(request: MemberRequest, pk: int) -> HttpResponse:
    """The junior's draft, or the first words of one; kept, or handed over."""
    plan = access.own_plan(request.membership, pk)
    if request.method == "GET":
        return _prepare_page(request, plan)
    hands_over = request.POST.get("then") == "hand"
    form = CheckInForm(request.POST, is_handed=hands_over)
    if not form.is_valid():
        return _prepare_page(request, plan, form, status=422)
    try:
        made = actions.prepare_checkin(
            plan=plan,
            words=form.words(),
            version=form.cleaned_data["version"],
            hands_over=hands_over,
            now=timezone.now(),
        )
    except StaleCheckIn as stale:
        return _prepare_page(request, plan, form, status=409, stale=stale)
    if made.handed_at is None:
        messages.success(request, _("Kept as a draft, which you alone read."))
        return redirect(request, "progress:prepare_checkin", pk)
    messages.success(request, _("Handed over. The mentor of today can answer it now."))
    return redirect(request, "progress:checkin", made.pk)


def _prepare_page(
    request: MemberRequest,
    plan: GrowthPlan,
    form: CheckInForm | None = None,
    *,
    status: int = 200,
    stale: StaleCheckIn | None = None,
) -> HttpResponse:
    draft = plan.checkins.drafts().first()
    seen = {"version": draft.version if draft else 0}
    if form is not None and stale:
        form = CheckInForm({**form.cleaned_data, **seen}, is_handed=False)
    initial = {**seen, **(draft.words if draft else {})}
    last = plan.checkins.handed().newest_first().values_list("pk", flat=True).first()
    context = {
        "plan": plan,
        "draft": draft,
        "form": form or CheckInForm(initial=initial, is_handed=False),
        "stale": stale,
        "last": last,
        "hours": hours_since_last(plan, None, timezone.localdate()),
    }
    return render(request, "progress/prepare_checkin.html", context, status=status)


@require_http_methods(["GET", "POST"])
def discard_checkin(request: MemberRequest, pk: int) -> HttpResponse:
    """Throws the junior's draft away, if it is still the one that they saw."""
    plan = access.own_plan(request.membership, pk)
    if request.method == "POST":
        version = whole(request.POST.get("version"))
        actions.discard_checkin(plan=plan, version=version)
        messages.success(request, _("The draft is gone."))
        return redirect(request, "progress:plan", pk)
    draft = plan.checkins.drafts().first()
    if draft is None:
        return redirect(request, "progress:prepare_checkin", pk)
    relations = access.plan_relations(request.membership, plan)
    reader = reader_of(plan, relations)
    context = {"plan": plan, "checkin": draft, "reader": reader}
    return render(request, "progress/discard_checkin.html", context)


@require_http_methods(["GET", "POST"])
def edit_checkin(request: MemberRequest, pk: int) -> HttpResponse:
    """Another wording of what was handed over and not answered yet."""
    checkin = checkin_to_edit(request.membership, pk)
    if request.method == "GET":
        if checkin.answered_at:
            raise Conflict(_("It was answered, so both texts stay as they are."))
        return _edit_page(request, checkin)
    form = CheckInForm(request.POST, is_handed=True)
    if not form.is_valid():
        return _edit_page(request, checkin, form, status=422)
    try:
        actions.change_checkin(
            checkin=checkin, words=form.words(), version=form.cleaned_data["version"]
        )
    except StaleCheckIn as stale:
        return _edit_page(request, checkin, form, status=409, stale=stale)
    return redirect(request, "progress:checkin", pk)


def _edit_page(
    request: MemberRequest,
    checkin: CheckIn,
    form: CheckInForm | None = None,
    *,
    status: int = 200,
    stale: StaleCheckIn | None = None,
) -> HttpResponse:
    seen = {"version": checkin.version}
    if form is not None and stale:
        stands = stale.stands
        # Once answered, what is typed can only become the draft of another.
        seen = {"version": stands.version if stands and not stands.answered_at else 0}
        form = CheckInForm({**form.cleaned_data, **seen}, is_handed=True)
    initial = {**seen, **checkin.words}
    context = {
        "checkin": checkin,
        "plan": checkin.plan,
        "form": form or CheckInForm(initial=initial, is_handed=True),
        "stale": stale,
    }
    return render(request, "progress/edit_checkin.html", context, status=status)


@require_http_methods(["GET", "POST"])
def answer_checkin(request: MemberRequest, pk: int) -> HttpResponse:
    """The mentor's answer, after which both texts stay as they are."""
    checkin = checkin_to_answer(request.membership, pk)
    if request.method == "GET":
        if checkin.answered_at:
            return redirect(request, "progress:checkin", pk)
        return _answer_page(request, checkin)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _answer_page(request, checkin, form, status=422)
    try:
        actions.answer_checkin(
            actor=request.membership,
            checkin=checkin,
            answer=form.cleaned_data["answer"],
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except StaleCheckIn as stale:
        return _answer_page(request, checkin, form, status=409, stale=stale)
    return redirect(request, "progress:checkin", pk)


def _answer_page(
    request: MemberRequest,
    checkin: CheckIn,
    form: AnswerForm | None = None,
    *,
    status: int = 200,
    stale: StaleCheckIn | None = None,
) -> HttpResponse:
    plan = checkin.plan
    if form is not None and stale and stale.stands:
        checkin = stale.stands
        form = AnswerForm({**form.cleaned_data, "version": checkin.version})
    context = {
        "checkin": checkin,
        "plan": plan,
        "form": form or AnswerForm(initial={"version": checkin.version}),
        "stale": stale,
        "hours": hours_since_last(plan, checkin, timezone.localdate()),
    }
    return render(request, "progress/answer_checkin.html", context, status=status)


@require_POST
def tell_hours(request: MemberRequest, pk: int) -> HttpResponse:
    """One tap: how many protected hours this week or the last one had."""
    plan = access.own_plan(request.membership, pk)
    form = HoursForm(request.POST, hours=hours_lately(plan, timezone.localdate()))
    if not form.is_valid():
        raise Conflict(
            _("Hours are told of this week and the last one, where nobody was away.")
        )
    actions.tell_hours(plan=plan, **form.cleaned_data)
    slug = request.organisation.slug
    if request.POST.get("from") == "today":
        return redirect_to(request, f"{url(slug, 'insights:today')}#hours")
    return redirect_to(request, f"{url(slug, 'progress:plan', pk)}#hours")
