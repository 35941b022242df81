from django.utils import translation
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Program
from preceptor import mail
from preceptor.accounts.models import Membership
from preceptor.http import absolute_url


def tell_enrolled(enrolment_id: int, actor_id: int) -> None:
    """Mails somebody that they are in a program, and how they come in.

    Nothing if they were taken out or deactivated since, or can't open the program.
    """
    rows = Enrolment.objects.select_related(
        "program", "organisation", "membership__user"
    ).filter(membership__is_active=True, membership__user__is_active=True)
    shown = rows.exclude(program__state=Program.State.DRAFT)
    enrolment = shown.filter(pk=enrolment_id).first()
    if enrolment is None:
        return
    user = enrolment.membership.user
    actor = Membership.objects.select_related("user").get(pk=actor_id)
    slug = enrolment.organisation.slug
    with translation.override(user.locale):
        context = {
            "actor": str(actor),
            "program": enrolment.program.name,
            "organisation": enrolment.organisation.name,
            "side": enrolment.get_side_display().lower(),
            "email": user.email,
            "link": absolute_url(slug, "pairings:program", enrolment.program_id),
            "button": _("Open the program"),
        }
        mail.send(
            to=user.email,
            subject=_("You are in %(program)s") % context,
            template="enrolled",
            context=context,
        )
