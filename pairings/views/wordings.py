"""How a program says its messages, and in which chat its staff read theirs."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pairings import access
from pairings.actions import messages as actions
from pairings.message_forms import WordsForm
from pairings.message_pages import sample, settled_of, shown_words
from pairings.models import Program
from preceptor.http import MemberRequest, redirect, render, whole
from preceptor.notifications.message_forms import ChatForm
from preceptor.notifications.models import Wording


@require_http_methods(["GET", "POST"])
def words(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """A kind's words of a program: saved, or with `look` shown as they would read."""
    program, standing, found = access.kind_of_program(request.membership, pk, kind)
    stands = actions.words_of(program, kind)
    form = WordsForm(
        request.POST or None,
        initial={} if stands is None else shown_words(stands),
        placeholders=found.placeholders,
    )
    is_stale = False
    if form.is_valid() and "look" not in request.POST:
        is_stale = not _is_saved(request, program, kind, form)
        if not is_stale:
            messages.success(request, _("Saved. Messages from now on say it so."))
            return redirect(request, "pairings:messages", pk)
        stands = actions.words_of(program, kind)
    context = {
        "program": program,
        "standing": standing,
        "kind": found,
        "form": form,
        "stands": stands,
        "is_stale": is_stale,
        "version": _version(request, stands, is_stale),
        "sample": sample(found, form.words()) if form.is_valid() else None,
    }
    status = 422 if form.errors or is_stale else 200
    return render(request, "pairings/words.html", context, status=status)


def _is_saved(
    request: MemberRequest, program: Program, kind: str, form: WordsForm
) -> bool:
    try:
        actions.save_words(
            actor=request.membership,
            program=program,
            kind=kind,
            words=form.words(),
            version=form.cleaned_data["version"] or 0,
            now=timezone.now(),
        )
    except actions.OtherWords:
        return False
    return True


def _version(request: MemberRequest, stands: Wording | None, is_stale: bool) -> int:
    """What the page's reader has seen: what stands, or what their form named."""
    if request.method == "POST" and not is_stale:
        return whole(request.POST.get("version"))
    return stands.version if stands else 0


@require_POST
def our_words(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    program, _standing, _kind = access.kind_of_program(request.membership, pk, kind)
    version = whole(request.POST.get("version"))
    actions.back_to_ours(program=program, kind=kind, version=version)
    messages.success(request, _("This message reads as the product says it again."))
    return redirect(request, "pairings:messages", pk)


@require_http_methods(["GET", "POST"])
def channel(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    stands = settled_of(program).channel
    form = ChatForm(
        request.POST or None, initial={"service": stands.service if stands else ""}
    )
    if form.is_valid():
        actions.set_channel(
            actor=request.membership,
            program=program,
            now=timezone.now(),
            **form.cleaned_data,
        )
        messages.success(request, _("The program has its channel."))
        return redirect(request, "pairings:messages", pk)
    context = {"program": program, "form": form, "stands": stands}
    status = 422 if form.is_bound else 200
    return render(request, "pairings/channel.html", context, status=status)


@require_http_methods(["GET", "POST"])
def remove_channel(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    if request.method == "POST":
        actions.remove_channel(program=program, now=timezone.now())
        messages.success(request, _("Nothing is posted in the chat any more."))
        return redirect(request, "pairings:messages", pk)
    stands = settled_of(program).channel
    context = {"program": program, "stands": stands}
    return render(request, "pairings/remove_channel.html", context)
