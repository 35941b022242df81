"""How an organisation lets its people in: providers, domains and rules."""

import secrets
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.models import OrganisationRow
from preceptor.history import Kind, tracked


def new_code() -> str:
    """Names a provider in addresses; nobody counts organisations by it."""
    return secrets.token_hex(8)


def new_proof() -> str:
    return secrets.token_urlsafe(24)


class ProviderQuerySet(models.QuerySet["Provider"]):
    def on(self) -> Self:
        return self.filter(is_on=True)

    def for_domain(self, name: str) -> Self:
        """The provider of the one organisation that has shown the domain as its own."""
        owners = Domain.objects.verified().filter(name=name).values("organisation")
        return self.on().filter(organisation__in=owners)


@tracked(
    "kind",
    "name",
    "issuer",
    "client_id",
    "metadata_url",
    "vouches",
    "asks_factor",
    "tested_at",
    "is_on",
    kind=Kind.SETTINGS,
    hidden=("sealed_secret", "metadata"),
)
class Provider(OrganisationRow):
    """An organisation's own provider of identities. At most one of them is on.

    How it is reached does not change once it is on: another is set up beside it,
    tried, and turned on in its place.
    """

    class Way(models.TextChoices):
        OIDC = "oidc", _("OpenID Connect")
        SAML = "saml", _("SAML 2.0")

    code = models.CharField(
        max_length=16, unique=True, default=new_code, editable=False
    )
    kind = models.CharField(_("kind"), max_length=4, choices=Way)
    name = models.CharField(_("name"), max_length=60)
    issuer = models.CharField(_("issuer"), max_length=500, blank=True)
    """Of OpenID Connect its issuer's address, of SAML its entity ID."""

    client_id = models.CharField(_("client ID"), max_length=255, blank=True)
    sealed_secret = models.BinaryField(null=True)
    metadata_url = models.CharField(_("address"), max_length=500, blank=True)
    metadata = models.TextField(blank=True)
    """Of SAML: the XML of its metadata as it was read last."""

    vouches = models.BooleanField(default=False)
    """Whether an address of which the provider says nothing counts as verified."""

    asks_factor = models.BooleanField(default=False)
    """Whether the provider's word that it asked for a second step counts here."""

    tested_at = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=False)

    objects = ProviderQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(is_on=True),
                name="provider_one_on",
            ),
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(tested_at__isnull=False),
                name="provider_on_when_tested",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_saml(self) -> bool:
        return self.kind == self.Way.SAML


class DomainQuerySet(models.QuerySet["Domain"]):
    def verified(self) -> Self:
        return self.filter(verified_at__isnull=False)


@tracked("name", "verified_at", kind=Kind.SETTINGS)
class Domain(OrganisationRow):
    """A domain of e-mail addresses, shown by a TXT record to be the organisation's.

    Anybody may claim one; once it is verified it is nobody else's.
    """

    name = models.CharField(_("domain"), max_length=253)
    proof = models.CharField(max_length=40, default=new_proof, editable=False)
    verified_at = models.DateTimeField(null=True)

    objects = DomainQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering: ClassVar[list[Any]] = ["name"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "name"], name="domain_once"
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(verified_at__isnull=False),
                name="domain_of_one",
            ),
            models.CheckConstraint(
                condition=Q(name=Lower("name")), name="domain_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def record(self) -> str:
        """What a TXT record of the domain has to say."""
        return f"preceptor-verification={self.proof}"


@tracked(
    "only_provider",
    "staff_factor",
    "takes_in",
    "invites_through",
    kind=Kind.SETTINGS,
)
class Rules(OrganisationRow):
    """What an organisation asks of whoever enters it. Without a row it asks nothing."""

    only_provider = models.BooleanField(default=False)
    """Whether addresses of its domains come in through its provider alone."""

    staff_factor = models.BooleanField(default=False)
    """Whether owners, managers, leads and observers need a second step."""

    takes_in = models.BooleanField(default=False)
    """Whether an address of its domains becomes a member without an invitation."""

    invites_through = models.BooleanField(default=True, db_default=True)
    """Whether an invitation to such an address is accepted through the provider."""

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(fields=["organisation"], name="rules_once"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
