"""Who comes in through a provider: the account they have, a new one, or nobody.

A provider speaks for the verified domains of its organisation, and for nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from preceptor.accounts import actions
from preceptor.accounts.models import Invitation, Membership, User
from preceptor.accounts.signing_in.claims import Claims, Refused
from preceptor.accounts.signing_in.gate import owns_any, rules_of
from preceptor.accounts.signing_in.identities import note_asked
from preceptor.accounts.signing_in.models import Provider
from preceptor.accounts.signing_in.sessions import end_all


@dataclass(frozen=True, slots=True)
class Arrival:
    """`is_linked` says that an account which stood before was joined just now."""

    user: User
    is_linked: bool


def acceptable(provider: Provider, claims: Claims) -> None:
    """Raises Refused for an address that the provider can't speak for."""
    if not claims.email:
        raise Refused(
            _(
                "%(name)s did not say which e-mail address you have, so nobody is"
                " let in."
            )
            % {"name": provider}
        )
    if claims.is_verified is False:
        raise Refused(
            _(
                "%(name)s says that the address %(email)s is not verified. Confirm it"
                " there."
            )
            % {"name": provider, "email": claims.email}
        )
    if claims.is_verified is None and not provider.vouches:
        raise Refused(
            _("%(name)s does not say whether the address %(email)s is verified.")
            % {"name": provider, "email": claims.email}
        )
    if not owns_any([claims.email], provider.organisation_id):
        raise Refused(
            _(
                "%(email)s is no address of the domains that %(organisation)s has"
                " verified, so its provider can’t let it in."
            )
            % {"email": claims.email, "organisation": provider.organisation}
        )


class Renamed(Refused):
    """Who they are there is known, and by this address the account is not."""

    def __init__(self, account: SocialAccount, why: str) -> None:
        super().__init__(why)
        self.account = account


def arrive(
    *, provider: Provider, claims: Claims, invitation: Invitation | None, now: datetime
) -> Arrival:
    """Finds or makes the account, and the membership. Raises Refused."""
    try:
        return _arrive(provider, claims, invitation, now)
    except Renamed as error:
        note_asked(error.account, claims.email)
        raise


@transaction.atomic
def _arrive(
    provider: Provider, claims: Claims, invitation: Invitation | None, now: datetime
) -> Arrival:
    acceptable(provider, claims)
    if invitation is not None and invitation.email.lower() != claims.email:
        raise Refused(
            _(
                "The invitation is for %(invited)s, and %(name)s says that you are"
                " %(email)s. Sign in there as whom it was sent to, or ask for another."
            )
            % {"invited": invitation.email, "name": provider, "email": claims.email}
        )
    known = SocialAccount.objects.filter(provider=provider.code, uid=claims.subject)
    account = known.select_related("user").first()
    if account is not None:
        _require_address(account, provider, claims)
    user = account.user if account else _with_address(claims.email)
    invitation = invitation or _invitation(provider, claims.email, now)
    member = _membership(provider, user, invitation)
    if member is None and invitation is None and not _takes_in(provider):
        raise Refused(
            _("%(email)s is no member of %(organisation)s yet. Ask for an invitation.")
            % {"email": claims.email, "organisation": provider.organisation}
        )
    is_new = user is None
    user = user or _new_user(provider, claims, invitation)
    if account is None:
        _link(user, provider, claims)
    if member is None or invitation is not None:
        _join(provider, user, invitation, now)
    return Arrival(user, is_linked=account is None and not is_new)


def _require_address(
    account: SocialAccount, provider: Provider, claims: Claims
) -> None:
    """What a provider knows somebody by may be given to somebody else one day."""
    rows = EmailAddress.objects.filter(user=account.user_id, verified=True)
    if not rows.filter(email__iexact=claims.email).exists():
        raise Renamed(
            account,
            _(
                "%(name)s says that your address is %(email)s, which your account does"
                " not have. Sign in another way and add it, or ask an owner of"
                " %(organisation)s to take it on: they find it with your name, under"
                " members."
            )
            % {
                "name": provider,
                "email": claims.email,
                "organisation": provider.organisation,
            },
        )


def _with_address(email: str) -> User | None:
    """Whose address it is. An account that never showed it to be theirs is emptied.

    A stranger may have begun one in the name of this person, and know its password.
    """
    shown = EmailAddress.objects.filter(email__iexact=email, verified=True)
    if (row := shown.select_related("user").first()) is not None:
        return row.user  # type: ignore[no-any-return]
    EmailAddress.objects.filter(email__iexact=email).exclude(
        user__email__iexact=email
    ).delete()
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        if EmailAddress.objects.filter(user=user, verified=True).exists():
            raise Refused(
                _("Another account holds %(email)s. Write to who runs this server.")
                % {"email": email}
            )
        _empty(user)
    return user


def _empty(user: User) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    end_all(user)


def _invitation(provider: Provider, email: str, now: datetime) -> Invitation | None:
    """One that waits for this address: who shows it as theirs needs no link."""
    rows = Invitation.objects.open(now).filter(email__iexact=email)
    return rows.filter(organisation=provider.organisation_id).first()


def _membership(
    provider: Provider, user: User | None, invitation: Invitation | None
) -> Membership | None:
    """Raises Refused to whose access has ended and who was not invited again."""
    if user is None:
        return None
    rows = Membership.objects.filter(organisation=provider.organisation_id, user=user)
    member = rows.first()
    has_left = member is not None and not member.is_active and invitation is None
    if has_left or not user.is_active:
        raise Refused(
            _("Your access to %(organisation)s has ended. Ask one of its owners.")
            % {"organisation": provider.organisation}
        )
    return member


def _takes_in(provider: Provider) -> bool:
    return rules_of(provider.organisation_id).takes_in


def _new_user(
    provider: Provider, claims: Claims, invitation: Invitation | None
) -> User:
    name = claims.full_name or (invitation.full_name if invitation else "")
    try:
        with transaction.atomic():
            return actions.add_user(
                email=claims.email,
                full_name=name or claims.email.partition("@")[0],
                time_zone=provider.organisation.time_zone,
            )
    except IntegrityError as error:
        raise Refused(_in_between()) from error


def _in_between() -> str:
    return _("This account was made in another tab in between: sign in again.")


def _link(user: User, provider: Provider, claims: Claims) -> None:
    """One account a provider and person: another of theirs there takes its place."""
    SocialAccount.objects.filter(user=user, provider=provider.code).delete()
    try:
        with transaction.atomic():
            SocialAccount.objects.create(
                user=user, provider=provider.code, uid=claims.subject, extra_data={}
            )
    except IntegrityError as error:
        raise Refused(_in_between()) from error


def _join(
    provider: Provider, user: User, invitation: Invitation | None, now: datetime
) -> None:
    if invitation is not None:
        actions.accept(actor=user, invitation=invitation, now=now)
    else:
        Membership.objects.get_or_create(
            organisation_id=provider.organisation_id, user=user
        )
