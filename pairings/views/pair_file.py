"""Pairs that exist already, as a file: in with a preview, and out again."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import access, lists, words
from pairings.actions import pair_file as actions
from pairings.actions.pauses import today_in
from pairings.actions.roster import AlreadyImported, EffectChanged
from pairings.forms import PairFileForm
from pairings.models import Program
from pairings.roster.faults import Fault
from pairings.roster.files import MAX_BYTES, BadFile
from pairings.roster.pairs import HEADER
from pairings.tables import to_csv
from pairings.views.refusals import shut
from preceptor.accounts.exports import taken_along
from preceptor.accounts.models import StagedUpload
from preceptor.doors import EXPORT, UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render
from preceptor.replica import read
from preceptor.uploads import Limit


# The limit must be in place before anything reads the form, and the check of the
# form's token reads it: so the check runs inside.
@limited(UPLOAD)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def upload_pairs(request: MemberRequest, pk: int) -> HttpResponse:
    limit = Limit(request, MAX_BYTES)
    request.upload_handlers.insert(0, limit)
    response: HttpResponse = _upload_pairs(request, pk, limit)
    return response


@csrf_protect
def _upload_pairs(request: MemberRequest, pk: int, limit: Limit) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    is_post = request.method == "POST"
    if not (is_post or program.is_running):
        return shut(request, program, _("Take over existing pairs"))
    form = PairFileForm(*((request.POST, request.FILES) if is_post else ()))
    if limit.is_exceeded:
        form.refuse(words.of_file(BadFile(Fault.TOO_LARGE)))
    elif is_post and form.is_valid():
        try:
            upload = actions.stage_pairs(
                actor=request.membership,
                program=program,
                name=form.cleaned_data["file"].name,
                data=form.cleaned_data["file"].read(),
                now=timezone.now(),
            )
        except BadFile as bad:
            form.refuse(words.of_file(bad))
        else:
            return redirect(request, "pairings:pair_file", program.pk, upload.pk)
    status = 422 if form.errors else 200
    return _form(request, program, form, status)


def _form(
    request: MemberRequest, program: Program, form: PairFileForm, status: int
) -> HttpResponse:
    context = {"program": program, "form": form}
    return render(request, "pairings/upload_pairs.html", context, status=status)


@require_GET
def pair_file(request: MemberRequest, pk: int, upload_pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    upload = access.staged_pairs(request.membership, program, upload_pk)
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
    today = today_in(request.organisation, timezone.now())
    todo = actions.plan_pairs(program, upload, today)
    filters = lists.filters_in(request.GET)
    wanted = filters.get("effect", "")
    effects = [e for e in todo.effects if not wanted or e.kind == wanted]
    context = {
        "program": program,
        "upload": upload,
        "todo": todo,
        "counts": {kind.value: n for kind, n in todo.counts.items()},
        "wanted": wanted,
        "page": lists.page_of(effects, filters, per_page=100),
        "has_changed": has_changed,
    }
    status = 409 if has_changed else 200
    return render(request, "pairings/pair_file.html", context, status=status)


@require_POST
def import_pairs(request: MemberRequest, pk: int, upload_pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    upload = access.staged_pairs(request.membership, program, upload_pk)
    if upload is None:
        return _gone(request, program)
    try:
        counts = actions.import_pairs(
            actor=request.membership,
            program=program,
            upload=upload,
            fingerprint=request.POST.get("fingerprint", ""),
            now=timezone.now(),
        )
    except AlreadyImported:
        return _gone(request, program)
    except EffectChanged:
        return _preview(request, program, upload, has_changed=True)
    messages.success(request, words.of_pairs(counts))
    return redirect(request, "pairings:program", program.pk)


def _gone(request: MemberRequest, program: Program) -> HttpResponse:
    """The upload was imported, replaced or is older than an hour: begin again."""
    form = PairFileForm({})
    text = _(
        "That upload is over: it was imported or is kept no more. Upload it again."
    )
    form.refuse(text)
    return _form(request, program, form, 410)


@limited(EXPORT, methods=("GET",))
@require_GET
def export_pairs(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The standing pairs, in the columns that the import reads."""
    program, _standing = access.program_to_oversee(request.membership, pk)
    return taken_along(
        read(lambda: to_csv(HEADER, actions.pairs_as_rows(program))),
        "pairs.csv",
        actor=request.membership,
        subject=_("the pairs (CSV)"),
        program_id=program.pk,
    )
