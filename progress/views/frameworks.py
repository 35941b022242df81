"""Frameworks: the list, a version to read, and what is done to a whole one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import lists
from pairings.access import program_to_write
from pairings.actions.together import Stale
from preceptor.http import MemberRequest, redirect, render, whole
from progress import framework_access as access
from progress.actions import frameworks as actions
from progress.framework_forms import (
    DuplicateFrameworkForm,
    FrameworkForm,
    NameForm,
    ProgramFrameworkForm,
    PublishForm,
)
from progress.framework_pages import changes_page, framework_rows, version_page
from progress.frameworks.changes import changes_between, fingerprint
from progress.frameworks.content import Content
from progress.models import Framework, FrameworkVersion
from progress.views.framework_drafts import keeps_words


@require_GET
def frameworks(request: MemberRequest) -> HttpResponse:
    visible = Framework.objects.visible_to(request.membership)
    archived = visible.filter(archived_at__isnull=False)
    shows_archived = "archived" in request.GET
    shown = archived if shows_archived else visible.filter(archived_at=None)
    context = {
        "rows": framework_rows(request.membership, list(shown)),
        "shows_archived": shows_archived,
        "has_archived": not shows_archived and archived.exists(),
    }
    return render(request, "progress/frameworks.html", context)


@require_http_methods(["GET", "POST"])
def add_framework(request: MemberRequest) -> HttpResponse:
    """An empty framework, which begins as a draft."""
    access.require_writer(request.membership)
    form = NameForm(request.POST or None)
    if form.is_valid():
        try:
            draft = actions.create_framework(
                actor=request.membership,
                **form.values(),
                content=Content(),
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(request, "progress:framework_version", draft.pk)
    status = 422 if form.errors else 200
    context = {"form": form}
    return render(request, "progress/add_framework.html", context, status=status)


@require_POST
def take_starter(request: MemberRequest) -> HttpResponse:
    access.require_writer(request.membership)
    version = actions.take_starter(actor=request.membership, now=timezone.now())
    return redirect(request, "progress:framework", version.framework_id)


@require_GET
def framework(request: MemberRequest, pk: int) -> HttpResponse:
    """Its newest version; its draft where nothing is published yet."""
    framework = access.framework_for(request.membership, pk)
    newest = framework.versions.published().first() or framework.versions.get()
    newest.framework = framework
    return _version(request, newest)


@require_GET
def framework_version(request: MemberRequest, pk: int) -> HttpResponse:
    return _version(request, access.version_for(request.membership, pk))


def _version(request: MemberRequest, version: FrameworkVersion) -> HttpResponse:
    versions = FrameworkVersion.objects.filter(framework=version.framework)
    if not request.membership.is_manager:
        versions = versions.published()
    filters = lists.filters_in(request.GET)
    context = {
        "version": version,
        "framework": version.framework,
        "versions": list(versions.select_related("published_by__user")),
        "open_all": filters.get("levels") == "all" or bool(filters.get("q")),
        "shown": version_page(version, filters),
        "writes": request.membership.is_manager,
    }
    name = "draft" if version.is_draft else "framework"
    return render(request, f"progress/{name}.html", context)


@require_http_methods(["GET", "POST"])
def edit_framework(request: MemberRequest, pk: int) -> HttpResponse:
    """Its words; if they changed meanwhile, what stands over what is typed."""
    framework = access.framework_to_write(request.membership, pk)
    said = {"name": framework.name, "about": framework.about}
    said["seen"] = actions.words_of(framework)
    form = FrameworkForm(request.POST or None, initial=said)
    stale = None
    if form.is_valid():
        try:
            actions.edit_framework(
                actor=request.membership,
                framework=framework,
                seen=form.cleaned_data["seen"],
                **form.values(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Stale as error:
            stale = error
            framework.refresh_from_db()
            seen = actions.words_of(framework)
            form = FrameworkForm({**form.cleaned_data, "seen": seen})
        else:
            return redirect(request, "progress:framework", pk)
    status = 409 if stale else 422 if form.errors else 200
    context = {"form": form, "framework": framework, "stale": stale}
    return render(request, "progress/edit_framework.html", context, status=status)


@require_POST
def begin_draft(request: MemberRequest, pk: int) -> HttpResponse:
    framework = access.framework_in_use(request.membership, pk)
    draft = actions.begin_draft(
        actor=request.membership, framework=framework, now=timezone.now()
    )
    return redirect(request, "progress:framework_version", draft.pk)


@require_http_methods(["GET", "POST"])
def discard_draft(request: MemberRequest, pk: int) -> HttpResponse:
    draft = access.draft_for(request.membership, pk)
    if request.method == "POST":
        framework = draft.framework_id
        seen = request.POST.get("seen", "")
        if actions.discard_draft(actor=request.membership, draft=draft, seen=seen):
            return redirect(request, "progress:frameworks")
        return redirect(request, "progress:framework", framework)
    is_only = not draft.framework.versions.published().exists()
    context = {
        "draft": draft,
        "framework": draft.framework,
        "is_only": is_only,
        "seen": fingerprint(draft.content()),
    }
    return render(request, "progress/discard_draft.html", context)


@require_http_methods(["GET", "POST"])
@keeps_words
def publish_draft(request: MemberRequest, pk: int) -> HttpResponse:
    """What would change for whoever follows, then the step that can't be undone."""
    draft = access.draft_for(request.membership, pk)
    form = PublishForm(request.POST or None)
    if form.is_valid():
        try:
            actions.publish(
                actor=request.membership,
                draft=draft,
                note=form.cleaned_data["note"],
                seen=request.POST.get("seen", ""),
                now=timezone.now(),
            )
        except actions.Unseen as unseen:
            form.add_error(None, str(unseen))
            return _before_publishing(request, draft, form, 409)
        messages.success(
            request,
            _("Published. A plan that begins with this framework from now on has it."),
        )
        return redirect(request, "progress:framework", draft.framework_id)
    status = 422 if form.errors else 200
    return _before_publishing(request, draft, form, status)


def _before_publishing(
    request: MemberRequest, draft: FrameworkVersion, form: PublishForm, status: int
) -> HttpResponse:
    before = draft.framework.versions.published().first()
    content = draft.content()
    changes = changes_between(before.content() if before else Content(), content)
    context = {
        "draft": draft,
        "framework": draft.framework,
        "before": before,
        "form": form,
        "shown": changes_page(changes, lists.filters_in(request.GET)),
        "seen": fingerprint(content),
        "unfinished": actions.unfinished(content),
        "is_empty": not content,
    }
    return render(request, "progress/publish_draft.html", context, status=status)


@require_GET
def compare_versions(request: MemberRequest, pk: int) -> HttpResponse:
    """What a version says that another one of its framework, or a draft, did not."""
    version = access.version_for(request.membership, pk)
    others = version.framework.versions.published().exclude(pk=pk)
    asked = others.filter(number=whole(request.GET.get("with")))
    was = asked.first() or others.filter(number__lt=version.number).first()
    content = was.content() if was else Content()
    changes = changes_between(content, version.content())
    context = {
        "version": version,
        "framework": version.framework,
        "was": was,
        "others": others,
        "shown": changes_page(changes, lists.filters_in(request.GET)),
    }
    return render(request, "progress/compare_versions.html", context)


@require_http_methods(["GET", "POST"])
def duplicate_framework(request: MemberRequest, pk: int) -> HttpResponse:
    framework = access.framework_to_write(request.membership, pk)
    form = DuplicateFrameworkForm(request.POST or None)
    if form.is_valid():
        try:
            draft = actions.duplicate_framework(
                actor=request.membership,
                framework=framework,
                name=form.cleaned_data["name"],
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(request, "progress:framework_version", draft.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "framework": framework}
    return render(request, "progress/duplicate_framework.html", context, status=status)


@require_http_methods(["GET", "POST"])
def archive_framework(request: MemberRequest, pk: int) -> HttpResponse:
    framework = access.framework_to_write(request.membership, pk)
    if request.method == "POST":
        actions.archive_framework(framework=framework, now=timezone.now())
        return redirect(request, "progress:frameworks")
    (row,) = framework_rows(request.membership, [framework])
    programs = framework.programs.select_related("program").order_by("pk")
    context = {"framework": framework, "row": row, "programs": programs}
    return render(request, "progress/archive_framework.html", context)


@require_POST
def bring_back_framework(request: MemberRequest, pk: int) -> HttpResponse:
    framework = access.framework_to_write(request.membership, pk)
    actions.bring_back_framework(framework=framework)
    return redirect(request, "progress:framework", pk)


@require_POST
def make_default(request: MemberRequest, pk: int) -> HttpResponse:
    framework = access.framework_to_write(request.membership, pk)
    actions.make_default(actor=request.membership, framework=framework)
    return redirect(request, "progress:framework", pk)


@require_http_methods(["GET", "POST"])
def program_framework(request: MemberRequest, pk: int) -> HttpResponse:
    """What plans of a program begin with; plans that have begun stay as they are."""
    program = program_to_write(request.membership, pk)
    usable = Framework.objects.usable().filter(organisation=request.organisation.pk)
    default = usable.filter(is_default=True).first()
    follows = _("The organisation’s default")
    form = ProgramFrameworkForm(
        request.POST or None,
        organisation_id=request.organisation.pk,
        default=f"{follows}: {default}" if default else follows,
        initial={"framework": actions.choice_of(program)},
    )
    if form.is_bound and form.is_valid():
        framework = form.cleaned_data["framework"]
        actions.choose_framework(program=program, framework=framework)
        messages.success(request, _("Saved. Plans that have begun stay as they are."))
        return redirect(request, "pairings:edit_program", pk)
    context = {"program": program, "form": form, "has_any": usable.exists()}
    status = 422 if form.errors else 200
    return render(request, "progress/program_framework.html", context, status=status)
