"""Weekly delivery figures: in by file, corrected by hand, beside mentoring depth."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import lists, words
from pairings.access import program_to_oversee
from pairings.actions.pauses import today_in
from pairings.actions.roster import AlreadyImported, EffectChanged
from pairings.roster.files import MAX_BYTES, BadFile
from pairings.tables import to_csv
from preceptor.accounts.exports import empty_form, taken_along
from preceptor.accounts.models import StagedUpload
from preceptor.doors import EXPORT, UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render
from preceptor.insights.delivery_figures import access, actions
from preceptor.insights.delivery_figures.actions import Kind
from preceptor.insights.delivery_figures.beside import FEWEST_PAIRS, teams_beside
from preceptor.insights.delivery_figures.files import FIGURES, HEADER
from preceptor.insights.delivery_figures.forms import TeamForm, WeekFileForm, WeekForm
from preceptor.insights.delivery_figures.pages import sections
from preceptor.insights.models import TeamWeek
from preceptor.insights.returns.access import may_write_any, require_overseer
from preceptor.replica import read
from preceptor.seen import (
    Difference,
    Stale,
    Values,
    mixed,
    plain,
    seen_in,
    written,
)
from preceptor.uploads import Limit


@require_GET
def delivery(request: MemberRequest, pk: int) -> HttpResponse:
    """Of one program: each team before and during it, beside its mentoring depth."""
    program, standing = program_to_oversee(request.membership, pk)
    today = today_in(request.organisation, timezone.now())
    teams = teams_beside(program, today)
    context = {
        "program": program,
        "standing": standing,
        "teams": list(sections(program, teams, today)),
        "fewest": FEWEST_PAIRS,
        "may_write": may_write_any(request.membership),
    }
    return render(request, "insights/delivery/delivery.html", context)


@require_GET
def weeks(request: MemberRequest) -> HttpResponse:
    require_overseer(request.membership)
    form = TeamForm(request.GET)
    rows = TeamWeek.objects.filter(organisation=request.organisation)
    if form.is_valid() and (team := form.cleaned_data["team"]):
        rows = rows.filter(team__icontains=team)
    may_write = may_write_any(request.membership)
    teams = access.teams_to_write(request.membership) if may_write else set()
    page = lists.page_of(
        rows.order_by("-monday", "team", "pk"), lists.filters_in(request.GET)
    )
    context = {
        "form": form,
        "page": page,
        "may_write": may_write,
        "own": {
            row.pk
            for row in page.object_list
            if teams is None or row.team.casefold() in teams
        },
    }
    return render(request, "insights/delivery/weeks.html", context)


@require_GET
def week_template(request: MemberRequest) -> HttpResponse:
    """The columns with two rows as an example."""
    access.teams_to_write(request.membership)
    example = [
        ["Integrations", "2026-W14", "52.5", "6", "1", "14"],
        ["Billing", "2026-03-30", "", "4", "0", ""],
    ]
    return empty_form(to_csv(HEADER, example), "delivery-template.csv")


@limited(EXPORT, methods=("GET",))
@require_GET
def export_weeks(request: MemberRequest) -> HttpResponseBase:
    """All weeks, in the columns that the import reads."""
    require_overseer(request.membership)
    rows = TeamWeek.objects.filter(organisation=request.organisation)
    body = [
        [row.team, row.monday.isoformat(), *(plain(getattr(row, n)) for n in FIGURES)]
        for row in read(lambda: list(rows.order_by("team", "monday", "pk")))
    ]
    return taken_along(
        to_csv(HEADER, body),
        "delivery.csv",
        actor=request.membership,
        subject=_("weekly delivery figures"),
    )


# The limit must be in place before anything reads the form, and the check of the
# form's token reads it: so the check runs inside.
@limited(UPLOAD)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def upload_weeks(request: MemberRequest) -> HttpResponse:
    limit = Limit(request, MAX_BYTES)
    request.upload_handlers.insert(0, limit)
    response: HttpResponse = _upload_weeks(request, limit)
    return response


@csrf_protect
def _upload_weeks(request: MemberRequest, limit: Limit) -> HttpResponse:
    access.teams_to_write(request.membership)
    is_post = request.method == "POST"
    form = WeekFileForm(*((request.POST, request.FILES) if is_post else ()))
    if limit.is_exceeded:
        text = _("The file is larger than %(n)s MB. Upload it in parts.")
        form.refuse(text % {"n": MAX_BYTES // 1024**2})
    elif is_post and form.is_valid():
        try:
            upload = actions.stage_weeks(
                actor=request.membership,
                name=form.cleaned_data["file"].name,
                data=form.cleaned_data["file"].read(),
                now=timezone.now(),
            )
        except BadFile as bad:
            form.refuse(words.of_file(bad))
        else:
            return redirect(request, "insights:week_file", upload.pk)
    return _form(request, form, 422 if form.errors else 200)


def _form(request: MemberRequest, form: WeekFileForm, status: int) -> HttpResponse:
    template = "insights/delivery/upload.html"
    return render(request, template, {"form": form}, status=status)


@require_GET
def week_file(request: MemberRequest, pk: int) -> HttpResponse:
    access.teams_to_write(request.membership)
    upload = access.staged_weeks(request.membership, pk)
    return _gone(request) if upload is None else _preview(request, upload)


def _preview(
    request: MemberRequest, upload: StagedUpload, *, has_changed: bool = False
) -> HttpResponse:
    teams = access.teams_to_write(request.membership)
    today = today_in(request.organisation, timezone.now())
    todo = actions.plan_weeks(upload, teams, today)
    filters = lists.filters_in(request.GET)
    wanted = filters.get("effect", "")
    effects = [one for one in todo.effects if not wanted or one.kind == wanted]
    context = {
        "upload": upload,
        "todo": todo,
        "counts": {kind.value: n for kind, n in todo.counts.items()},
        "unknown": access.nobodys_teams(request.membership, todo.teams),
        "wanted": wanted,
        "page": lists.page_of(effects, filters, per_page=100),
        "has_changed": has_changed,
    }
    status = 409 if has_changed else 200
    return render(request, "insights/delivery/file.html", context, status=status)


@require_POST
def import_weeks(request: MemberRequest, pk: int) -> HttpResponse:
    teams = access.teams_to_write(request.membership)
    upload = access.staged_weeks(request.membership, pk)
    if upload is None:
        return _gone(request)
    now = timezone.now()
    try:
        counts = actions.import_weeks(
            actor=request.membership,
            upload=upload,
            teams=teams,
            fingerprint=request.POST.get("fingerprint", ""),
            today=today_in(request.organisation, now),
            now=now,
        )
    except AlreadyImported:
        return _gone(request)
    except EffectChanged:
        return _preview(request, upload, has_changed=True)
    messages.success(request, _done(counts[Kind.NEW], counts[Kind.CORRECTED]))
    return redirect(request, "insights:weeks")


def _done(new: int, corrected: int) -> str:
    said = ngettext("%(n)s week is new", "%(n)s weeks are new", new) % {"n": new}
    text = ngettext(
        "%(said)s, %(n)s is corrected.", "%(said)s, %(n)s are corrected.", corrected
    )
    return text % {"said": said, "n": corrected}


def _gone(request: MemberRequest) -> HttpResponse:
    """The upload was imported, replaced or is older than an hour: begin again."""
    form = WeekFileForm({})
    text = _(
        "That upload is over: it was imported or is kept no more. Upload it again."
    )
    form.refuse(text)
    return _form(request, form, 410)


@require_http_methods(["GET", "POST"])
def edit_week(request: MemberRequest, pk: int) -> HttpResponse:
    row = access.week_to_write(request.membership, pk)
    form = WeekForm(
        request.POST or None, instance=TeamWeek(team=row.team, **actions.told_of(row))
    )
    if form.is_valid():
        try:
            actions.save_week(
                actor=request.membership,
                week=row,
                sent=form.values(),
                seen=seen_in(request.POST),
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Stale as stale:
            return _stale(request, row, form.values(), stale)
        else:
            messages.success(request, _("The week is corrected."))
            return redirect(request, "insights:weeks")
    return _week(request, row, form)


def _stale(
    request: MemberRequest, row: TeamWeek, sent: Values, stale: Stale
) -> HttpResponse:
    """The form again with the sender's changes over what stands, and both versions."""
    row.refresh_from_db()
    stands = actions.told_of(row)
    form = WeekForm(instance=TeamWeek(**mixed(seen_in(request.POST), sent, stands)))
    differences = [
        Difference(
            str(form.fields[name].label),
            *(plain(one[name]) or _("nothing") for one in (sent, stands)),
        )
        for name in stale.contested
    ]
    return _week(request, row, form, differences)


def _week(
    request: MemberRequest,
    row: TeamWeek,
    form: WeekForm,
    differences: Sequence[Difference] = (),
) -> HttpResponse:
    stands = written(actions.told_of(row))
    context = {
        "week": row,
        "form": form,
        "differences": differences,
        "seen": stands if differences else request.POST.get("seen") or stands,
    }
    status = 409 if differences else 422 if form.errors else 200
    return render(request, "insights/delivery/week.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove_week(request: MemberRequest, pk: int) -> HttpResponse:
    row = access.week_to_write(request.membership, pk)
    if request.method == "POST":
        actions.remove_week(actor=request.membership, week=row)
        messages.success(request, _("The week is removed."))
        return redirect(request, "insights:weeks")
    return render(request, "insights/delivery/remove.html", {"week": row})
