"""Frameworks as files: in with a preview, and out again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import lists
from pairings.actions.roster import AlreadyImported, EffectChanged
from pairings.roster.faults import Fault
from pairings.roster.files import MAX_BYTES, BadFile
from preceptor.accounts.exports import taken_along
from preceptor.accounts.models import StagedUpload
from preceptor.doors import EXPORT, UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render
from preceptor.uploads import Limit
from progress import framework_access as access
from progress.actions import framework_files as actions
from progress.framework_forms import FrameworkFileForm
from progress.framework_pages import effect_rows
from progress.framework_words import of_file
from progress.frameworks.faults import BadFramework
from progress.frameworks.writing import as_csv, as_json
from progress.models import Framework

PER_PAGE = 100
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


# The limit must be in place before anything reads the form, and the check of the
# form's token reads it: so the check runs inside.
@limited(UPLOAD)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def upload_framework(request: MemberRequest) -> HttpResponse:
    """A file that becomes a framework of its own."""
    return _limited(request, None)


@limited(UPLOAD)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def upload_version(request: MemberRequest, pk: int) -> HttpResponse:
    """A file over what a framework says by now."""
    return _limited(request, pk)


def _limited(request: MemberRequest, pk: int | None) -> HttpResponse:
    limit = Limit(request, MAX_BYTES)
    request.upload_handlers.insert(0, limit)
    response: HttpResponse = _upload(request, pk, limit)
    return response


@csrf_protect
def _upload(request: MemberRequest, pk: int | None, limit: Limit) -> HttpResponse:
    access.require_writer(request.membership)
    framework = access.framework_in_use(request.membership, pk) if pk else None
    is_post = request.method == "POST"
    data = (request.POST, request.FILES) if is_post else ()
    form = FrameworkFileForm(*data, is_new=framework is None)
    if limit.is_exceeded:
        form.refuse(of_file(BadFile(Fault.TOO_LARGE)))
    elif is_post and form.is_valid():
        try:
            upload = _staged(request, framework, form)
        except (BadFramework, BadFile) as bad:
            form.refuse(of_file(bad))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(request, "progress:framework_file", upload.pk)
    return _form(request, framework, form, 422 if form.errors else 200)


def _staged(
    request: MemberRequest, framework: Framework | None, form: FrameworkFileForm
) -> StagedUpload:
    said = form.cleaned_data
    return actions.stage_framework(
        actor=request.membership,
        framework=framework,
        name=said["file"].name,
        data=said["file"].read(),
        asked=said.get("name", ""),
        removes=said.get("removes", False),
        now=timezone.now(),
    )


def _form(
    request: MemberRequest,
    framework: Framework | None,
    form: FrameworkFileForm,
    status: int,
) -> HttpResponse:
    context = {"framework": framework, "form": form}
    return render(request, "progress/upload_framework.html", context, status=status)


@require_GET
def framework_file(request: MemberRequest, pk: int) -> HttpResponse:
    upload = access.staged_framework(request.membership, pk)
    return _preview(request, upload) if upload else _gone(request)


def _preview(
    request: MemberRequest, upload: StagedUpload, *, has_changed: bool = False
) -> HttpResponse:
    framework, plan = actions.plan_framework(upload)
    filters = lists.filters_in(request.GET)
    wanted = filters.get("effect", "")
    effects = [one for one in plan.effects if not wanted or one.kind == wanted]
    page = lists.page_of(effects, filters, per_page=PER_PAGE)
    context = {
        "upload": upload,
        "framework": framework,
        "plan": plan,
        "counts": plan.counts,
        "wanted": wanted,
        "page": page,
        "rows": effect_rows(list(page.object_list)),
        "has_changed": has_changed,
    }
    status = 409 if has_changed else 200
    return render(request, "progress/framework_file.html", context, status=status)


@require_POST
def import_framework(request: MemberRequest, pk: int) -> HttpResponse:
    upload = access.staged_framework(request.membership, pk)
    if upload is None:
        return _gone(request)
    try:
        draft = actions.import_framework(
            actor=request.membership,
            upload=upload,
            fingerprint=request.POST.get("fingerprint", ""),
            now=timezone.now(),
        )
    except AlreadyImported:
        return _gone(request)
    except EffectChanged:
        return _preview(request, upload, has_changed=True)
    except ValidationError as error:
        form = FrameworkFileForm({}, is_new=True)
        form.refuse(" ".join(error.messages))
        return _form(request, None, form, 409)
    messages.success(request, _("The file stands in the draft. Look, then publish."))
    return redirect(request, "progress:framework_version", draft.pk)


def _gone(request: MemberRequest) -> HttpResponse:
    """The upload was taken over, replaced or is older than an hour: begin again."""
    form = FrameworkFileForm({}, is_new=True)
    text = _(
        "That upload is over: it was taken over or is kept no more. Upload it again."
    )
    form.refuse(text)
    return _form(request, None, form, 410)


@limited(EXPORT, methods=("GET",))
@require_GET
def export_framework(request: MemberRequest, pk: int, form: str) -> HttpResponseBase:
    """A version as a file that the import reads back without loss."""
    version = access.version_for(request.membership, pk)
    framework, content = version.framework, version.content()
    if form == "csv":
        body = as_csv(content)
    elif form == "json":
        body = as_json(framework.name, framework.about, content)
    else:
        raise Http404
    subject = _("a framework (%(form)s)") % {"form": form.upper()}
    name = f"{slugify(framework.name) or 'framework'}-{version.number}.{form}"
    return taken_along(body, name, actor=request.membership, subject=subject)
