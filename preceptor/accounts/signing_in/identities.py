"""Who somebody is at organisations' providers: to see, to take on, and to drop."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership, User
from preceptor.accounts.signing_in.gate import owns_any, rules_of
from preceptor.accounts.signing_in.models import Provider
from preceptor.http import Conflict


@dataclass(frozen=True, slots=True)
class Identity:
    """`asked` is another address that the provider last gave this person, if any."""

    pk: int
    provider: Provider
    since: datetime
    asked: str


def identities_of(user: int, organisation: int | None = None) -> list[Identity]:
    """At all providers, or at those of one organisation; the oldest first."""
    providers = Provider.objects.select_related("organisation")
    if organisation is not None:
        providers = providers.filter(organisation=organisation)
    by_code = {one.code: one for one in providers.defer("metadata", "sealed_secret")}
    rows = SocialAccount.objects.filter(user=user, provider__in=list(by_code))
    return [
        Identity(
            row.pk,
            by_code[row.provider],
            row.date_joined,
            str(row.extra_data.get("address", "")),
        )
        for row in rows.order_by("pk")
    ]


def how_many_came(provider: Provider) -> int:
    """People who came in through a provider, each once."""
    rows = SocialAccount.objects.filter(provider=provider.code)
    return int(rows.count())


def drop_all(*, user: int, organisation: int) -> None:
    """Who has no access there any more comes in by what they were there no more."""
    codes = Provider.objects.filter(organisation=organisation).values("code")
    SocialAccount.objects.filter(user=user, provider__in=codes).delete()


def note_asked(account: SocialAccount, address: str) -> None:
    SocialAccount.objects.filter(pk=account.pk).update(extra_data={"address": address})


@transaction.atomic
def remove_own(*, actor: User, pk: int) -> Identity:
    """Raises Conflict where an organisation takes whom it binds to its provider."""
    found = _one(identities_of(actor.pk), pk)
    organisation = found.provider.organisation
    bound = Membership.objects.active().filter(user=actor, organisation=organisation)
    is_bound = any(not one.is_owner for one in bound)
    if is_bound and rules_of(organisation.pk).only_provider:
        raise Conflict(
            _("%(organisation)s lets you in through %(name)s alone. Ask its owners.")
            % {"organisation": organisation, "name": found.provider}
        )
    SocialAccount.objects.filter(pk=pk).delete()
    return found


def remove(*, actor: Membership, member: Membership, pk: int) -> Identity:
    found = _one(identities_of(member.user_id, actor.organisation_id), pk)
    SocialAccount.objects.filter(pk=pk).delete()
    return found


@transaction.atomic
def take_address(*, actor: Membership, member: Membership, pk: int) -> str:
    """An owner says that it is the same person: the account gets the other address.

    It becomes the primary one in place of an address of the organisation's domains.
    """
    organisation = actor.organisation_id
    found = _one(identities_of(member.user_id, organisation), pk)
    if not found.asked or not owns_any([found.asked], organisation):
        raise Conflict(_("That address is no longer to be taken on."))
    user = User.objects.select_for_update().get(pk=member.user_id)
    try:
        with transaction.atomic():
            others = User.objects.filter(email__iexact=found.asked).exclude(pk=user.pk)
            if others.exists():
                raise IntegrityError
            row = EmailAddress.objects.get_or_create(user=user, email=found.asked)[0]
            row.verified = True
            row.save(update_fields=["verified"])
            if owns_any([user.email], organisation):
                row.set_as_primary()
    except IntegrityError as error:
        raise Conflict(
            _("Another account holds %(email)s.") % {"email": found.asked}
        ) from error
    SocialAccount.objects.filter(pk=pk).update(extra_data={})
    return found.asked


def _one(found: list[Identity], pk: int) -> Identity:
    for one in found:
        if one.pk == pk:
            return one
    raise Conflict(_("It was removed in between."))
