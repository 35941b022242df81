"""What a pairing writes for itself: an agreement, notes, and a handover to the next."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pairings.models.pairings import Pairing
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow

LONGEST = 10_000


def _writer() -> "models.ForeignKey[Membership, Membership]":
    return models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def newest_first(self) -> Self:
        return self.order_by("-version")

    def agreed(self) -> Self:
        both = {"mentor_agreed_at__isnull": False, "junior_agreed_at__isnull": False}
        return self.filter(**both)


class Agreement(OrganisationRow):
    """One version of what the two of a pairing expect and how they meet.

    A change is a row more, to be agreed on again; who wrote it has agreed by that.
    """

    pairing = models.ForeignKey(
        Pairing,
        on_delete=models.CASCADE,
        related_name="agreements",
        db_constraint=False,
    )
    version = models.PositiveIntegerField()
    junior_expects = models.TextField(_("what the junior expects"), blank=True)
    mentor_expects = models.TextField(_("what the mentor expects"), blank=True)
    meets = models.TextField(_("how they meet"), blank=True)
    written_by = _writer()
    written_at = models.DateTimeField()
    mentor_agreed_at = models.DateTimeField(null=True)
    junior_agreed_at = models.DateTimeField(null=True)

    objects = AgreementQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["pairing", "version"], name="agreement_version"
            ),
            TenantKey(field="pairing", name="agreement_pairing"),
            TenantKey(field="written_by", name="agreement_written_by"),
        ]

    def __str__(self) -> str:
        return f"{self.pairing}, {self.version}"

    @property
    def is_agreed(self) -> bool:
        return bool(self.mentor_agreed_at and self.junior_agreed_at)

    @property
    def texts(self) -> dict[str, str]:
        names = ("junior_expects", "mentor_expects", "meets")
        return {name: getattr(self, name) for name in names}


class PairNote(OrganisationRow):
    """A text of a pairing: its shared notes, or the mentor's word for the next one.

    The word reaches the junior at once, and the next mentor as the copy that the
    junior releases with the handover.
    """

    class Kind(models.TextChoices):
        SHARED = "shared", _("shared notes")
        WORD = "word", _("for the next mentor")

    pairing = models.ForeignKey(
        Pairing, on_delete=models.CASCADE, related_name="notes", db_constraint=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    written_by = _writer()
    written_at = models.DateTimeField()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["pairing", "kind"], name="pairnote_once"),
            TenantKey(field="pairing", name="pairnote_pairing"),
            TenantKey(field="written_by", name="pairnote_written_by"),
        ]

    def __str__(self) -> str:
        return f"{self.pairing}, {self.get_kind_display()}"


class HandoverQuerySet(models.QuerySet["Handover"]):
    def to(self, member: Membership, today: date) -> Self:
        """Released to the mentor of its pairing, from its first day to its last."""
        return self.filter(
            pairing__mentor__membership=member,
            pairing__state__in=[Pairing.State.ACTIVE, Pairing.State.PAUSED],
            pairing__starts_on__lte=today,
            pairing__ends_on__gt=today,
        )


class Handover(OrganisationRow):
    """What a junior released to the mentor of `pairing`, their next primary one.

    There is a row once the junior has released. `word` is what the last mentor wrote
    for the next one, as it was at `word_version`, 0 without one. `version` counts the
    releases.
    """

    pairing = models.OneToOneField(
        Pairing, on_delete=models.CASCADE, related_name="handover", db_constraint=False
    )
    word = models.TextField(blank=True)
    word_version = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    released_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(acknowledged_at=None)
                | Q(acknowledged_at__gte=F("released_at")),
                name="handover_acknowledged_after_release",
            ),
            TenantKey(field="pairing", name="handover_pairing"),
        ]

    def __str__(self) -> str:
        return str(self.pairing)
