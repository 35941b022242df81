"""Who somebody is at providers: their own page, and what owners do about members."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preceptor.accounts.access import member_to_write
from preceptor.accounts.models import User
from preceptor.accounts.signing_in import identities as keeping
from preceptor.http import (
    AnyRequest,
    MemberRequest,
    UserRequest,
    redirect,
    redirect_to,
    render,
    whole,
)


@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator] # library
def identities(request: UserRequest) -> HttpResponse:
    if request.method == "POST":
        pk = whole(request.POST.get("identity"))
        gone = keeping.remove_own(actor=request.user, pk=pk)
        _tell(request, "socialaccount/email/account_disconnected", request.user)
        messages.success(request, _removed(gone))
        return redirect_to(request, request.path)
    context = {"identities": keeping.identities_of(request.user.pk)}
    return render(request, "accounts/identities.html", context)


@require_POST
def forget_identity(request: MemberRequest, pk: int) -> HttpResponse:
    row = member_to_write(request.membership, pk)
    gone = keeping.remove(
        actor=request.membership, member=row, pk=whole(request.POST.get("identity"))
    )
    _tell(request, "socialaccount/email/account_disconnected", row.user)
    messages.success(request, _removed(gone))
    return redirect(request, "organisation:member", pk)


@require_POST
def take_address(request: MemberRequest, pk: int) -> HttpResponse:
    row = member_to_write(request.membership, pk)
    address = keeping.take_address(
        actor=request.membership, member=row, pk=whole(request.POST.get("identity"))
    )
    _tell(request, "account/email/email_confirm", row.user)
    said = _("%(name)s signs in as %(email)s, too.") % {"name": row, "email": address}
    messages.success(request, said)
    return redirect(request, "organisation:member", pk)


def _removed(gone: keeping.Identity) -> str:
    return _("%(name)s opens the account no more.") % {"name": gone.provider}


def _tell(request: AnyRequest | UserRequest, mail: str, user: User) -> None:
    get_adapter(request).send_notification_mail(mail, user)
