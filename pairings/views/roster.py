from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import access, lists, words
from pairings.actions import roster as actions
from pairings.forms import RosterForm
from pairings.models import Program
from pairings.roster.faults import HEADER, Fault
from pairings.roster.files import MAX_BYTES, BadFile
from pairings.views.refusals import shut
from preceptor.accounts.models import StagedUpload
from preceptor.doors import UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render
from preceptor.uploads import Limit


# The limit must be in place before anything reads the form, and the check of the
# form's token reads it: so the check runs inside.
@limited(UPLOAD)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def upload_roster(request: MemberRequest, pk: int) -> HttpResponse:
    limit = Limit(request, MAX_BYTES)
    request.upload_handlers.insert(0, limit)
    response: HttpResponse = _upload_roster(request, pk, limit)
    return response


@csrf_protect
def _upload_roster(request: MemberRequest, pk: int, limit: Limit) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    is_post = request.method == "POST"
    if not (is_post or program.takes_people):
        return shut(request, program, _("Upload a roster"))
    form = RosterForm(*((request.POST, request.FILES) if is_post else ()))
    if limit.is_exceeded:
        form.refuse(words.of_file(BadFile(Fault.TOO_LARGE)))
    elif is_post and form.is_valid():
        try:
            upload = actions.stage_roster(
                actor=request.membership,
                program=program,
                name=form.cleaned_data["file"].name,
                data=form.cleaned_data["file"].read(),
                now=timezone.now(),
            )
        except BadFile as bad:
            form.refuse(words.of_file(bad))
        else:
            return redirect(request, "pairings:roster", program.pk, upload.pk)
    context = {"program": program, "form": form, "columns": HEADER}
    status = 422 if form.errors else 200
    return render(request, "pairings/upload_roster.html", context, status=status)


@require_GET
def roster(request: MemberRequest, pk: int, upload_pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    upload = access.staged_roster(request.membership, program, upload_pk)
    if upload is None:
        return _gone(request, program)
    return _preview(request, program, upload)


def _preview(
    request: MemberRequest,
    program: Program,
    upload: StagedUpload,
    *,
    has_changed: bool = False,
) -> HttpResponse:
    todo = actions.plan_import(program, upload)
    filters = lists.filters_in(request.GET)
    wanted = filters.get("effect", "")
    effects = [e for e in todo.effects if not wanted or e.kind == wanted]
    page = lists.page_of(effects, filters, per_page=100)
    context = {
        "program": program,
        "upload": upload,
        "todo": todo,
        "counts": {kind.value: n for kind, n in todo.counts.items()},
        "wanted": wanted,
        "page": page,
        "rows": [words.PreviewRow.of(effect) for effect in page.object_list],
        "new_skills": words.of_new_skills(todo.new_skills),
        "confirm": words.of_button(todo.counts),
        "has_changed": has_changed,
    }
    status = 409 if has_changed else 200
    return render(request, "pairings/roster.html", context, status=status)


@require_POST
def import_roster(request: MemberRequest, pk: int, upload_pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    upload = access.staged_roster(request.membership, program, upload_pk)
    if upload is None:
        return _gone(request, program)
    try:
        counts = actions.import_roster(
            actor=request.membership,
            program=program,
            upload=upload,
            fingerprint=request.POST.get("fingerprint", ""),
        )
    except actions.AlreadyImported:
        return _gone(request, program)
    except actions.EffectChanged:
        return _preview(request, program, upload, has_changed=True)
    messages.success(request, words.of_import(counts))
    return redirect(request, "pairings:people", program.pk)


def _gone(request: MemberRequest, program: Program) -> HttpResponse:
    """The upload was imported, replaced or is older than an hour: begin again."""
    form = RosterForm({})
    text = _(
        "That upload is over: it was imported or is kept no more. Upload it again."
    )
    form.refuse(text)
    context = {"program": program, "form": form, "columns": HEADER}
    return render(request, "pairings/upload_roster.html", context, status=410)
