"""The inbox of a member: what stands, what is put off, what was."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from preceptor.http import MemberRequest, redirect, redirect_to, render, url, whole
from preceptor.notifications import access, actions
from preceptor.notifications.inbox import Item, items
from preceptor.notifications.kinds import kind_of
from preceptor.notifications.message_forms import PutOffForm, ShownForm
from preceptor.notifications.models import Delivery, Snooze

SHOWN = 25


@require_GET
def inbox(request: MemberRequest) -> HttpResponse:
    """What stands, the most urgent first, of equals the newest."""
    now = timezone.now()
    rows = Delivery.objects.in_inbox(now).filter(recipient=request.membership)
    page = Paginator(rows.order_by("urgency", "-planned_at", "-pk"), SHOWN).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "items": items(list(page), request.membership, now),
        "now": now,
        "form": PutOffForm(today=timezone.localdate(now)),
        "rested": _rested(request),
    }
    return render(request, "messages/inbox.html", context)


def _rested(request: MemberRequest) -> Snooze | None:
    """What was put off with the click before, to take it back."""
    pk = whole(request.GET.get("rested"))
    rows = Snooze.objects.in_force(timezone.now()).filter(member=request.membership)
    return rows.filter(pk=pk).first() if pk else None


@require_GET
def resting(request: MemberRequest) -> HttpResponse:
    """What is put off, the next to come back first, then what is done with."""
    now, member = timezone.now(), request.membership
    rests = Snooze.objects.in_force(now).filter(member=member)
    page = Paginator(rests.order_by("until", "-pk"), SHOWN).get_page(
        request.GET.get("page")
    )
    rows = Delivery.objects.newest(member.pk, [rest.matter for rest in page])
    context = {"page": page, "items": items(list(rows), member, now, page)}
    return render(request, "messages/resting.html", context)


@require_GET
def settled(request: MemberRequest) -> HttpResponse:
    """What stood once and whose reason fell away, the newest first."""
    now, member = timezone.now(), request.membership
    rows = Delivery.objects.settled(member.pk, now)
    page = Paginator(rows.order_by("-planned_at", "-pk"), SHOWN).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "items": items(list(page), member, now)}
    return render(request, "messages/settled.html", context)


@require_POST
def read_all(request: MemberRequest) -> HttpResponse:
    """Those that the page showed; what has come since stays unread."""
    now = timezone.now()
    shown = ShownForm(request.POST)
    until = (shown.is_valid() and shown.cleaned_data["until"]) or now
    number = actions.mark_all_read(actor=request.membership, until=until, now=now)
    said = ngettext("%(n)s message is read.", "%(n)s messages are read.", number)
    messages.success(request, said % {"n": number})
    return redirect(request, "messages:inbox")


@require_POST
def open_reminder(request: MemberRequest, pk: int) -> HttpResponse:
    """Marks it read, and leads to the thing itself."""
    reminder, now = access.own_reminder(request.membership, pk), timezone.now()
    actions.mark_read(actor=request.membership, reminder=reminder, now=now)
    (item,) = items([reminder], request.membership, now)
    if not item.path:
        messages.info(request, _("This is settled: its reason is gone."))
        return redirect(request, "messages:inbox")
    return redirect_to(request, item.path)


@require_GET
def reminder(request: MemberRequest, pk: int) -> HttpResponse:
    """One message by itself, to put it off or to be done with it: mails lead here."""
    today = timezone.localdate()
    return _reminder(request, pk, PutOffForm(today=today))


def _reminder(
    request: MemberRequest, pk: int, form: PutOffForm, status: int = 200
) -> HttpResponse:
    now, member = timezone.now(), request.membership
    row = access.own_reminder(member, pk)
    rests = Snooze.objects.in_force(now).filter(member=member, matter=row.matter)
    (item,) = items([row], member, now, rests)
    stands = row.state == Delivery.State.SENT or item.rest or row.is_again(now)
    context = {"item": item, "form": form, "stands": stands and item.message}
    return render(request, "messages/reminder.html", context, status=status)


@require_POST
def put_off(request: MemberRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    row = access.own_reminder(request.membership, pk)
    form = PutOffForm(request.POST, today=timezone.localdate(now))
    if not form.is_valid():
        return _reminder(request, pk, form, status=422)
    rest = actions.put_off(
        actor=request.membership,
        reminder=row,
        until=form.cleaned_data["moment"],
        now=now,
    )
    return _back(request, rest)


@require_POST
def done(request: MemberRequest, pk: int) -> HttpResponse:
    """No more of the matter. Of what nobody can turn off it says why not."""
    now = timezone.now()
    row = access.own_reminder(request.membership, pk)
    if why_not := Item(row, kind_of(row)).why_not_done:
        messages.error(request, why_not)
        return redirect(request, "messages:reminder", pk)
    rest = actions.put_off(actor=request.membership, reminder=row, until=None, now=now)
    return _back(request, rest)


@require_POST
def wake(request: MemberRequest, pk: int) -> HttpResponse:
    rest = access.own_rest(request.membership, pk)
    actions.wake(actor=request.membership, rest=rest, now=timezone.now())
    messages.success(
        request, _("It is back, and goes on as you chose within a minute.")
    )
    return redirect(request, "messages:inbox")


def _back(request: MemberRequest, rest: Snooze) -> HttpResponse:
    """To the inbox, which offers to take it back."""
    path = url(request.organisation.slug, "messages:inbox")
    return redirect_to(request, f"{path}?rested={rest.pk}")
