from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pairings.models import Pairing, PairingQuerySet
from preceptor.doors import UPLOAD, limited
from preceptor.http import MemberRequest, redirect, render
from reviews import actions
from reviews.access import session_as_participant
from reviews.cards import unexplained_in
from reviews.change_forms import UploadForm
from reviews.close_forms import CloseForm
from reviews.models import ReviewSession
from reviews.record_forms import LogForm
from reviews.uploads import dropped_fields, limits_uploads


@require_http_methods(["GET", "POST"])
def close(request: MemberRequest, pk: int) -> HttpResponse:
    session = session_as_participant(request.membership, pk)
    is_late = request.method == "POST" and session.state == ReviewSession.State.CLOSED
    if session.state != ReviewSession.State.REVEALED and not is_late:
        return redirect(request, "reviews:session", pk)
    form = CloseForm(
        request.POST or None,
        session=session,
        unexplained=[] if is_late else unexplained_in(session),
        today=timezone.localdate(),
    )
    if form.is_valid() and _closed(request, session, form):
        messages.success(request, _("The session is closed and in the record."))
        return redirect(request, "reviews:session", pk)
    context = {
        "session": session,
        "form": form,
        "other": session.other_than(request.membership),
        "lessons": session.lessons.select_related("author__user"),
        "todo": session.actions.with_owner(),
        "undecided": session.findings.undecided().count(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/close.html", context, status=status)


def _closed(request: MemberRequest, session: ReviewSession, form: CloseForm) -> bool:
    """False where a flaw turned out grave meanwhile: then the form asks why."""
    try:
        actions.close(
            actor=request.membership,
            session=session,
            ending=form.ending(),
            now=timezone.now(),
        )
    except actions.Unexplained as asked:
        form.unexplained = unexplained_in(session)
        form.add_error("unexplained_because", str(asked))
        return False
    return True


@require_http_methods(["GET", "POST"])
def abandon(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks first; whoever took part may, also when the pairing is over."""
    session = session_as_participant(request.membership, pk)
    if request.method == "POST":
        actions.abandon(session=session, now=timezone.now())
        messages.success(request, _("The session is abandoned. Nothing was deleted."))
        return redirect(request, "reviews:session", pk)
    if not session.is_open:
        return redirect(request, "reviews:session", pk)
    context = {"session": session, "other": session.other_than(request.membership)}
    return render(request, "reviews/abandon.html", context)


@limited(UPLOAD)
@limits_uploads
@require_http_methods(["GET", "POST"])
def log(request: MemberRequest) -> HttpResponse:
    """A session that already happened: it counts, though not as a blind one.

    A diff that comes with it waits for the look at its preview, as everywhere.
    """
    now, today = timezone.now(), timezone.localdate()
    upload = _upload(request)
    is_whole = upload is None or upload.is_valid()
    form = LogForm(
        request.POST or None,
        today=today,
        change=upload.change if upload and is_whole else None,
        initial={"held_on": today, "pairing": request.GET.get("pairing")},
    )
    pairings = _to_log(request)
    form.offer(pairings, request.membership)
    if form.is_valid() and is_whole:
        session = actions.log_session(
            actor=request.membership,
            pairing=form.cleaned_data["pairing"],
            words=form.words(),
            lesson=form.cleaned_data["lesson"],
            now=now,
        )
        messages.success(request, _("The session is in the record."))
        return _logged(request, session, upload)
    return _log_page(request, form, upload or UploadForm(), pairings)


def _log_page(
    request: MemberRequest,
    form: LogForm,
    upload: UploadForm,
    pairings: PairingQuerySet,
) -> HttpResponse:
    """The form, beside the last few that they held."""
    held = ReviewSession.objects.of(request.membership).held().with_people()
    context = {
        "form": form,
        "upload": upload,
        "pairings": list(pairings),
        "recent": held.order_by("-held_on", "-pk")[:3],
    }
    status = 422 if form.is_bound else 200
    return render(request, "reviews/log.html", context, status=status)


def _logged(
    request: MemberRequest, session: ReviewSession, upload: UploadForm | None
) -> HttpResponse:
    """To the session, or first to the preview of its diff."""
    if upload is None or not session.takes_change:
        return redirect(request, "reviews:session", session.pk)
    waits = actions.stage_revision(
        actor=request.membership, session=session, bundle=upload.bundle()
    )
    return redirect(request, "reviews:preview_revision", session.pk, waits.pk)


def _upload(request: MemberRequest) -> UploadForm | None:
    """The diff, if one was pasted or chosen."""
    dropped = dropped_fields(request)
    is_given = request.POST.get("diff", "").strip() or request.FILES or dropped
    if not is_given:
        return None
    return UploadForm(request.POST, request.FILES, too_large=dropped)


def _to_log(request: MemberRequest) -> PairingQuerySet:
    pairings = Pairing.objects.of(request.membership).standing().with_people()
    return pairings.filter(starts_on__lte=timezone.localdate()).order_by("-pk")
