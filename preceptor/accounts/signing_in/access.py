"""The only way a view gets what an organisation's sign-in is made of."""

from django.shortcuts import get_object_or_404

from preceptor.accounts.access import require_owner
from preceptor.accounts.models import Invitation, Membership
from preceptor.accounts.signing_in.claims import domain_of
from preceptor.accounts.signing_in.gate import owns_any, provider_of, rules_of
from preceptor.accounts.signing_in.models import Domain, Provider


def provider_to_write(member: Membership, pk: int) -> Provider:
    require_owner(member)
    rows = Provider.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows, pk=pk)


def domain_to_write(member: Membership, pk: int) -> Domain:
    require_owner(member)
    rows = Domain.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows, pk=pk)


def provider_at(code: str) -> Provider:
    """Anybody's: its addresses are known to the provider and to whoever it sends."""
    return get_object_or_404(Provider.objects.select_related("organisation"), code=code)


def provider_of_invitation(invitation: Invitation) -> Provider | None:
    """Through which an organisation wants whom it invited to join."""
    organisation = invitation.organisation_id
    rules, provider = rules_of(organisation), provider_of(organisation)
    if provider is None or not (rules.invites_through or rules.only_provider):
        return None
    return provider if owns_any([invitation.email], organisation) else None


def provider_of_address(address: str) -> Provider | None:
    """Where the domain of an address leads, whether or not anybody has that address."""
    domain = domain_of(address)
    return Provider.objects.for_domain(domain).first() if domain else None
