"""What a program's people are told: ahead, in the log, and whether at all."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pairings import access
from pairings.foresight import messages_ahead
from pairings.lists import filters_in
from pairings.message_pages import foreseen_in, kinds_in_log, log_of, settled_of
from preceptor.http import MemberRequest, redirect, render
from preceptor.notifications import outbox
from preceptor.notifications.models import Delivery

FIRST = 12
"""How many messages ahead the page about all of them names."""


@require_GET
def messages(request: MemberRequest, pk: int) -> HttpResponse:
    """What is settled about them; what goes next comes as a fragment."""
    program, standing = access.program_to_oversee(request.membership, pk)
    context = {
        "program": program,
        "standing": standing,
        "settled": settled_of(program),
    }
    return render(request, "pairings/messages.html", context)


@require_GET
def ahead(request: MemberRequest, pk: int) -> HttpResponse:
    """What goes out within 30 days as things stand now; as a fragment its beginning."""
    program, standing = access.program_to_oversee(request.membership, pk)
    found = None
    if program.takes_people:
        found = messages_ahead(program, timezone.now())
    limit = FIRST if request.htmx else None
    context = {
        "program": program,
        "standing": standing,
        "ahead": found,
        "lines": foreseen_in(found, limit) if found else [],
    }
    return render(request, "pairings/ahead.html", context, partial="ahead")


@require_GET
def message_log(request: MemberRequest, pk: int) -> HttpResponse:
    program, standing = access.program_to_oversee(request.membership, pk)
    filters = filters_in(request.GET)
    page, rows = log_of(program, filters)
    context = {
        "program": program,
        "standing": standing,
        "filters": filters,
        "page": page,
        "rows": rows,
        "kinds": kinds_in_log(),
        "states": Delivery.State.choices,
    }
    return render(request, "pairings/message_log.html", context)


@require_POST
def send_again(request: MemberRequest, pk: int) -> HttpResponse:
    message, program = access.message_to_send(request.membership, pk)
    outbox.send_again(message, timezone.now())
    notices.success(
        request, _("It goes out within minutes, or once its reader’s hours allow it.")
    )
    return redirect(request, "pairings:message_log", program.pk)


@require_http_methods(["GET", "POST"])
def pause_messages(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    if request.method == "POST":
        outbox.pause(
            actor=request.membership, program_id=program.pk, now=timezone.now()
        )
        notices.success(request, _("The messages of this program are paused."))
        return redirect(request, "pairings:messages", pk)
    context = {"program": program, "settled": settled_of(program)}
    return render(request, "pairings/pause_messages.html", context)


@require_http_methods(["GET", "POST"])
def resume_messages(request: MemberRequest, pk: int) -> HttpResponse:
    program = access.program_to_write(request.membership, pk)
    if request.method == "POST":
        outbox.resume(
            actor=request.membership, program_id=program.pk, now=timezone.now()
        )
        notices.success(
            request,
            _("Messages go again, from the next minute on, by everybody’s hours."),
        )
        return redirect(request, "pairings:messages", pk)
    context = {"program": program, "settled": settled_of(program)}
    return render(request, "pairings/resume_messages.html", context)
