"""An organisation: who belongs to it, and who is invited."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from preceptor.accounts import actions
from preceptor.accounts.access import (
    invitation_to_write,
    may_write_organisation,
    member_to_write,
    require_owner,
)
from preceptor.accounts.forms import (
    InviteForm,
    MemberFilterForm,
    RoleForm,
    differences,
)
from preceptor.accounts.held import is_erased
from preceptor.accounts.models import Invitation, Membership, shown_name
from preceptor.accounts.signing_in.identities import identities_of
from preceptor.doors import INVITING, limited
from preceptor.http import Conflict, MemberRequest, redirect, redirect_to, render
from preceptor.seen import Stale, seen_in, written

ON_A_PAGE = 50


@require_GET
def members(request: MemberRequest) -> HttpResponse:
    """Owners see the members; everybody sees where else they belong."""
    context = {"memberships": request.user.places}
    if not may_write_organisation(request.membership):
        return render(request, "accounts/organisation.html", context)
    form = MemberFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = (
        Membership.objects.filter(organisation=request.organisation)
        .shown(asked.get("show", ""))
        .matching(asked.get("q", ""))
        .select_related("user")
        .order_by(shown_name(), "pk")
    )
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "accounts/members.html", {**context, "form": form, "page": page}
    )


@require_http_methods(["GET", "POST"])
def member(request: MemberRequest, pk: int) -> HttpResponse:
    """One member, and the role they have."""
    row = member_to_write(request.membership, pk)
    form = RoleForm(request.POST or None, initial={"role": row.role})
    if form.is_valid():
        try:
            actions.change_role(
                actor=request.membership,
                member=row,
                role=form.cleaned_data["role"],
                seen=seen_in(request.POST),
            )
        except Stale:
            row.refresh_from_db(fields=["role"])
            return _member_page(request, row, form, status=409)
        except Conflict as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(request, "organisation:members")
    return _member_page(request, row, form, status=422 if form.is_bound else 200)


def _member_page(
    request: MemberRequest, row: Membership, form: RoleForm, *, status: int
) -> HttpResponse:
    """With 409, what another owner saved meanwhile beside what was sent."""
    stands, is_stale = {"role": row.role}, status == 409
    shown = request.POST.get("seen") if form.is_bound and not is_stale else None
    context = {
        "member": row,
        "is_erased": is_erased(row),
        "form": form,
        "seen": shown or written(stands),
        "differences": differences(form, form.cleaned_data, stands) if is_stale else (),
        "identities": identities_of(row.user_id, request.organisation.pk),
    }
    return render(request, "accounts/member.html", context, status=status)


@require_http_methods(["GET", "POST"])
def deactivate(request: MemberRequest, pk: int) -> HttpResponse:
    row = member_to_write(request.membership, pk)
    if request.method == "GET":
        return render(request, "accounts/deactivate.html", {"member": row})
    actions.deactivate(actor=request.membership, member=row)
    messages.success(request, _("%(name)s no longer has access.") % {"name": row})
    if row == request.membership:
        return redirect_to(request, "/")
    return redirect(request, "organisation:members")


@require_POST
def reactivate(request: MemberRequest, pk: int) -> HttpResponse:
    row = member_to_write(request.membership, pk)
    actions.reactivate(actor=request.membership, member=row)
    messages.success(request, _("%(name)s has access again.") % {"name": row})
    return redirect(request, "organisation:member", pk)


@require_http_methods(["GET", "POST"])
def leave(request: MemberRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "accounts/leave.html")
    actions.leave(actor=request.membership)
    messages.success(request, _("You left %(name)s.") % {"name": request.organisation})
    return redirect_to(request, "/")


@require_GET
def invitations(request: MemberRequest) -> HttpResponse:
    """Those that wait for an answer, the last sent first."""
    require_owner(request.membership)
    rows = (
        Invitation.objects.pending()
        .filter(organisation=request.organisation)
        .select_related("invited_by__user")
        .order_by("-sent_at", "-pk")
    )
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "now": timezone.now()}
    return render(request, "accounts/invitations.html", context)


@limited(INVITING)
@require_http_methods(["GET", "POST"])
def invite(request: MemberRequest) -> HttpResponse:
    require_owner(request.membership)
    form = InviteForm(request.POST or None)
    if form.is_valid():
        invited = actions.invite(
            actor=request.membership,
            invitees=form.cleaned_data["addresses"],
            role=form.cleaned_data["role"],
            now=timezone.now(),
        )
        _tell(request, invited)
        return redirect(request, "organisation:invitations")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


def _tell(request: MemberRequest, invited: actions.Invited) -> None:
    if n := len(invited.invitations):
        sent = ngettext(
            "%(n)s invitation is on its way.", "%(n)s invitations are on their way.", n
        )
        messages.success(request, sent % {"n": n})
    if invited.already_members:
        names = ", ".join(invited.already_members)
        messages.info(request, _("Members already: %(names)s") % {"names": names})


@limited(INVITING)
@require_POST
def resend(request: MemberRequest, pk: int) -> HttpResponse:
    row = invitation_to_write(request.membership, pk)
    actions.resend(actor=request.membership, invitation=row, now=timezone.now())
    messages.success(
        request,
        _("A new link is on its way to %(email)s; the old one is dead.")
        % {"email": row.email},
    )
    return redirect(request, "organisation:invitations")


@require_POST
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    row = invitation_to_write(request.membership, pk)
    actions.withdraw(actor=request.membership, invitation=row, now=timezone.now())
    messages.success(
        request,
        _("The link that %(email)s got no longer works.") % {"email": row.email},
    )
    return redirect(request, "organisation:invitations")
