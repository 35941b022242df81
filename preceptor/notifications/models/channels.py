from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def own(self, member: Membership) -> Self:
        """The member's own chat, not that of a program."""
        return self.filter(member=member, program_id=None)

    def of_program(self, program: int) -> Self:
        return self.filter(program_id=program)


@tracked(
    "service",
    kind=Kind.SETTINGS,
    program="program_id",
    person="member",
    hidden=("host", "sealed"),
)
class Webhook(OrganisationRow):
    """Where somebody's messages, or a program's, are posted in a chat.

    Whoever knows the address posts there, so it is kept sealed; `host` is what people
    are shown of it. A program's channel gets what the lead who set it up gets, as long
    as they do.
    """

    class Service(models.TextChoices):
        SLACK = "slack", "Slack"
        TEAMS = "teams", "Microsoft Teams"
        MATTERMOST = "mattermost", "Mattermost"

    member = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    program_id = models.BigIntegerField(null=True)
    service = models.CharField(_("service"), max_length=12, choices=Service)
    sealed = models.BinaryField()
    host = models.CharField(max_length=255)
    made_at = models.DateTimeField()

    objects = WebhookQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(program_id=None),
                name="webhook_one_of_member",
            ),
            models.UniqueConstraint(
                fields=["program_id"], name="webhook_one_of_program"
            ),
            TenantKey(field="member", name="webhook_member"),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()}, {self.host}"


class Host(models.Model):
    """A server that messages go to: whether it is asked at present, and how often.

    No row of an organisation: many send through the same. While `open_until` lies
    ahead nothing is sent there.
    """

    name = models.CharField(max_length=280, primary_key=True)
    """Channel and host, as `email smtp.example` or `chat hooks.example`."""
    failures = models.PositiveSmallIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
