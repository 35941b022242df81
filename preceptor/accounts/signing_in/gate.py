"""Whether a session may enter an organisation that asks for more than signing in.

What was decided is kept in the session, beside the state of the organisation's door and
of the member's role that it was decided for: as long as both stand, no query is made,
and once either changes, the next request is asked anew, whichever way it came in.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F
from django.http import HttpRequest

from preceptor.accounts.models import Membership, Organisation, User
from preceptor.accounts.signing_in.claims import domain_of
from preceptor.accounts.signing_in.models import Domain, Provider, Rules

LET_IN = "let_in"
BOUND_FOR = "bound_for"
"""Where somebody goes on who sets a second step up: the last page of that reads it."""

Records = Sequence[Mapping[str, Any]]


class Wanted(Enum):
    NOTHING = "nothing"
    PROVIDER = "provider"
    FACTOR = "factor"


def is_let_in(session: SessionBase, member: Membership) -> bool:
    """Asked on every request, and so of nothing but what it brings."""
    return has_stamp(session, member.pk, *_stamp(member))


def has_stamp(session: SessionBase, member: int, *stamp: Any) -> bool:
    """The same by the member's number; `stamp` is door, role and what they oversee."""
    door, *_role = stamp
    return not door or bool(session.get(LET_IN, {}).get(str(member)) == list(stamp))


def opens(request: HttpRequest, member: Membership) -> bool:
    """Whether the session enters; where it was not decided yet, it is now."""
    if is_let_in(request.session, member):
        return True
    if wanted(request, member) is not Wanted.NOTHING:
        return False
    session = request.session
    session.pop(BOUND_FOR, None)
    session[LET_IN] = {**session.get(LET_IN, {}), str(member.pk): _stamp(member)}
    return True


def _stamp(member: Membership) -> list[Any]:
    return [member.organisation.door, member.role, member.oversees]


def ask_anew(organisation: int) -> None:
    """Of every session, since something that was decided by has changed."""
    Organisation.objects.filter(pk=organisation).update(door=F("door") + 1)


def rules_of(organisation: int) -> Rules:
    found = Rules.objects.filter(organisation=organisation).first()
    return found or Rules(organisation_id=organisation)


def provider_of(organisation: int) -> Provider | None:
    return Provider.objects.on().filter(organisation=organisation).first()


def wanted(request: HttpRequest, member: Membership) -> Wanted:
    """What the present session lacks to enter."""
    rules = rules_of(member.organisation_id)
    provider = provider_of(member.organisation_id)
    records = get_authentication_records(request, member.user)
    if (
        rules.only_provider
        and provider is not None
        and not _came_through(provider, records)
        and is_bound(member, provider)
    ):
        return Wanted.PROVIDER
    if rules.staff_factor and member.is_staff and not _has_factor(provider, records):
        return Wanted.FACTOR
    return Wanted.NOTHING


def is_bound(member: Membership, provider: Provider) -> bool:
    """Whether a member has to come through the provider.

    Owners keep a way back for the day on which it fails. Who came through it once has
    to ever after, whatever becomes of their addresses.
    """
    if member.is_owner:
        return False
    return has_identity(member.user, provider) or _has_address(
        member.user, member.organisation_id
    )


def has_identity(user: User, provider: Provider) -> bool:
    rows = SocialAccount.objects.filter(user=user, provider=provider.code)
    return bool(rows.exists())


def _has_address(user: User, organisation: int) -> bool:
    """Whether one of their verified addresses is of the organisation's domains."""
    rows = EmailAddress.objects.filter(user=user, verified=True)
    return owns_any(rows.values_list("email", flat=True), organisation)


def owns_any(addresses: Iterable[str], organisation: int) -> bool:
    names = {domain_of(address) for address in addresses}
    rows = Domain.objects.verified().filter(organisation=organisation)
    return rows.filter(name__in=names).exists()


def _came_through(provider: Provider, records: Records) -> bool:
    return any(_is_of(provider, record) for record in records)


def _is_of(provider: Provider | None, record: Mapping[str, Any]) -> bool:
    return (
        provider is not None
        and record.get("method") == "socialaccount"
        and record.get("provider") == provider.code
    )


def _has_factor(provider: Provider | None, records: Records) -> bool:
    """Of the product's own, or of the provider where the organisation counts that."""
    own = any(record.get("method") == "mfa" for record in records)
    return own or (
        provider is not None
        and provider.asks_factor
        and any(_is_of(provider, one) and one.get("factor") for one in records)
    )
