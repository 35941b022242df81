from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from preceptor import mail
from preceptor.accounts.invitations import hash_of, new_token
from preceptor.accounts.models import Invitation


def send_invitation(invitation_id: int) -> None:
    """Mails a new link; nothing if the invitation was accepted or withdrawn since.

    The token is made here, so that it never waits in the broker's hands.
    """
    token = new_token()
    rows = Invitation.objects.pending().filter(pk=invitation_id)
    if not rows.update(token_hash=hash_of(token)):
        return
    invitation = rows.select_related("organisation", "invited_by__user").get()
    organisation = invitation.organisation
    with timezone.override(organisation.time_zone):
        expires_on = timezone.localtime(invitation.expires_at)
        context = {
            "organisation": organisation.name,
            "inviter": str(invitation.invited_by),
            "email": invitation.email,
            "expires_at": date_format(expires_on, "j F Y, H:i"),
            "link": settings.BASE_URL + reverse("accounts:accept", args=[token]),
            "button": _("Join %(organisation)s") % {"organisation": organisation.name},
        }
        mail.send(
            to=invitation.email,
            subject=_("%(inviter)s invites you to %(organisation)s") % context,
            template="invitation",
            context=context,
        )
