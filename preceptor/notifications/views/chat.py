"""A member's own chat, as one more place for their messages."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preceptor.http import MemberRequest, redirect, render
from preceptor.notifications import actions
from preceptor.notifications.access import own_chat
from preceptor.notifications.message_forms import ChatForm
from preceptor.notifications.models import Webhook
from preceptor.notifications.webhooks import Declined, HostIsAway
from preceptor.outward import NotAllowed


@require_http_methods(["GET", "POST"])
def chat(request: MemberRequest) -> HttpResponse:
    """Where it is connected; the address itself is shown to nobody again."""
    form = ChatForm(request.POST or None)
    if form.is_valid():
        actions.connect_chat(
            actor=request.membership, now=timezone.now(), **form.cleaned_data
        )
        messages.success(
            request, _("Connected. Send a test message to see that it arrives.")
        )
        return redirect(request, "messages:chat")
    context = {"form": form, "chat": Webhook.objects.own(request.membership).first()}
    status = 422 if form.is_bound else 200
    return render(request, "messages/chat.html", context, status=status)


@require_POST
def try_chat(request: MemberRequest) -> HttpResponse:
    found = own_chat(request.membership)
    try:
        actions.try_chat(actor=request.membership, chat=found)
    except NotAllowed as error:
        messages.error(request, str(error))
    except HostIsAway:
        said = _("%(host)s did not answer. Try again in a while.")
        messages.error(request, said % {"host": found.host})
    except Declined as error:
        said = _("%(answer)s. Copy the address from your chat once more, all of it.")
        messages.error(request, said % {"answer": error})
    else:
        messages.success(request, _("Sent. Look into your chat: it should be there."))
    return redirect(request, "messages:chat")


@require_http_methods(["GET", "POST"])
def remove_chat(request: MemberRequest) -> HttpResponse:
    found = own_chat(request.membership)
    if request.method == "GET":
        return render(request, "messages/remove_chat.html", {"chat": found})
    actions.remove_chat(actor=request.membership, now=timezone.now())
    messages.success(request, _("Removed. Nothing is posted there any more."))
    return redirect(request, "messages:chat")
