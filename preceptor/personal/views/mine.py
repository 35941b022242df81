"""What is held of me: gathering it, and the one download."""

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from preceptor.accounts.acts import Act
from preceptor.accounts.exports import taken_along
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest, redirect, render, whole
from preceptor.personal import access, actions
from preceptor.personal.gathering import parts_of, token_of
from preceptor.personal.models import Archive


@require_GET
def mine(request: MemberRequest) -> HttpResponse:
    """The page polls by the version of the archive, and gets 204 while it stands."""
    member, now = request.membership, timezone.now()
    archive = access.own_archive(member)
    version = archive.version if archive else 0
    if request.htmx and whole(request.GET.get("version"), -1) == version:
        return HttpResponse(status=204)
    is_ready = archive is not None and archive.is_ready(now)
    context = {
        "archive": archive,
        "is_ready": is_ready,
        "token": token_of(archive) if archive and is_ready else "",
        "erasure": access.own_erasure(member),
    }
    return render(request, "personal/mine.html", context, partial="archive")


@limited(EXPORT)
@require_POST
def ask_archive(request: MemberRequest) -> HttpResponse:
    actions.ask_archive(actor=request.membership, now=timezone.now())
    return redirect(request, "personal:mine")


@limited(EXPORT, methods=("GET",))
@require_GET
def download(request: MemberRequest, token: str) -> HttpResponseBase:
    """Once: of two clicks on the link one gets the bytes, the other a sentence."""
    archive, now = access.archive_by(request.membership, token), timezone.now()
    rows = Archive.objects.ready(now).filter(pk=archive.pk)
    if not rows.update(downloaded_at=now, version=archive.version + 1):
        return render(request, "personal/used_up.html", status=410)
    response = taken_along(
        parts_of(archive),
        f"{request.organisation.slug}-my-data-{timezone.localdate()}.zip",
        actor=request.membership,
        subject="my data",
        act=Act.DOWNLOAD,
    )
    response.headers["Content-Length"] = str(archive.size)
    return response
