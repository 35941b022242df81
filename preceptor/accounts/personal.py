"""What the accounts hold of people."""

import json

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.held import (
    COLLEAGUES,
    GONE,
    MEMBERSHIPS,
    NOBODY,
    OWNERS,
    Held,
    Topic,
)
from preceptor.accounts.models import (
    Holiday,
    Invitation,
    Membership,
    Organisation,
    StagedUpload,
    User,
)
from preceptor.accounts.signing_in.identities import drop_all
from preceptor.accounts.signing_in.models import Domain, Provider, Rules
from preceptor.accounts.spelling import Spelled

HELD = (
    Held(
        model=User,
        key="account",
        topic=Topic.ACCOUNT,
        what=_("Your name, e-mail address, time zone and language"),
        whose=(MEMBERSHIPS,),
        read_by=COLLEAGUES,
        goes=GONE,
        stays=("email", "full_name", "time_zone", "locale", "joined_at", "last_login"),
    ),
    Held(
        model=Membership,
        key="membership",
        topic=Topic.ACCOUNT,
        what=_("That you belong to the organisation, as what, and since when"),
        whose=("pk",),
        read_by=COLLEAGUES,
        goes={"called": ""},
        stays=("user", "role", "is_active", "created_at", "left_at"),
        because=_(
            "Everything that others wrote refers to a member. The row stays as “Former"
            " member”, without a name, an address or an account."
        ),
    ),
    Held(
        model=Invitation,
        key="invitations",
        topic=Topic.ACCOUNT,
        what=_("Invitations that were sent to your address"),
        whose=("email__iexact",),
        read_by=OWNERS,
        goes=GONE,
        stays=("email", "full_name", "role", "sent_at", "accepted_at", "withdrawn_at"),
        secret=("token_hash",),
    ),
    Held(
        model=Invitation,
        key="invited",
        topic=Topic.ACCOUNT,
        what=_("That you invited somebody, and when"),
        whose=("invited_by",),
        read_by=OWNERS,
        stays=("invited_by", "sent_at"),
        because=_("It belongs to who was invited."),
    ),
    Held(
        model=StagedUpload,
        key="uploads",
        topic=Topic.ACCOUNT,
        what=_("Files that wait for you to confirm them, for an hour at most"),
        whose=("owner",),
        read_by=NOBODY,
        goes=GONE,
        stays=("owner", "purpose", "name", "details", "created_at"),
        secret=("body",),
    ),
    Held(
        model=EmailAddress,
        key="addresses",
        topic=Topic.ACCOUNT,
        what=_("The addresses of your account, and whether you showed they are yours"),
        whose=("user",),
        read_by=NOBODY,
        goes=GONE,
        stays=("user", "email", "verified", "primary"),
    ),
    Held(
        model=EmailConfirmation,
        key="confirmations",
        topic=Topic.ACCOUNT,
        what=_("Links by which you were asked to confirm an address"),
        whose=("email_address__user",),
        read_by=NOBODY,
        goes=GONE,
        stays=("created", "sent"),
        secret=("key",),
    ),
    Held(
        model=Authenticator,
        key="second_factors",
        topic=Topic.ACCOUNT,
        what=_("Your second factors: passkeys, the secret of your code app"),
        whose=("user",),
        read_by=NOBODY,
        goes=GONE,
        stays=("user", "type", "created_at", "last_used_at"),
        secret=("data",),
    ),
    Held(
        model=UserSession,
        key="sign_ins",
        topic=Topic.ACCOUNT,
        what=_("Where you are signed in: network address, browser, since when"),
        whose=("user",),
        read_by=NOBODY,
        goes=GONE,
        stays=("user", "ip", "user_agent", "created_at", "last_seen_at", "data"),
        secret=("session_key",),
    ),
    Held(
        model=SocialAccount,
        key="identities",
        topic=Topic.ACCOUNT,
        what=_(
            "Who you are at your organisation’s provider, where you came through it"
        ),
        whose=("user",),
        read_by=OWNERS,
        goes=GONE,
        stays=("user", "provider", "uid", "date_joined", "last_login", "extra_data"),
    ),
)

TEXTS = {
    Organisation: ["name", "own_categories"],
    Holiday: ["name"],
    Provider: ["name"],
}

IMPERSONAL = {
    User: ["password"],
    Membership: [],
    Organisation: ["name", "slug", "time_zone", "own_categories"],
    Invitation: ["token_hash"],
    Holiday: ["name"],
    User.groups.through: ["user"],
    User.user_permissions.through: ["user"],
    Permission: ["name", "codename"],
    Group: ["name"],
    ContentType: ["app_label", "model"],
    Session: ["session_key", "session_data"],
    Provider: [
        *("code", "kind", "name", "issuer", "client_id", "sealed_secret"),
        *("metadata_url", "metadata"),
    ],
    Domain: ["name", "proof"],
    Rules: [],
    SocialApp: [
        *("provider", "provider_id", "name", "client_id", "secret", "key"),
        "settings",
    ],
    SocialToken: ["token", "token_secret"],
}
"""Signed-in sessions are ended with the account; who is behind one is in no column."""


def clean(member: Membership, spelled: Spelled) -> None:
    """Who they are at providers here, even where their account is somebody's elsewhere.

    Invitations to any of their addresses, and staged files that may name them.
    """
    here = {"organisation": member.organisation_id}
    drop_all(user=member.user_id, **here)
    for name in spelled.names:
        Invitation.objects.filter(email__iexact=name, **here).delete()
    waiting = StagedUpload.objects.filter(**here)
    for pk in waiting.values_list("pk", flat=True):
        staged = waiting.filter(pk=pk).first()
        if staged and _may_name(staged, spelled):
            staged.delete()


def _may_name(staged: StagedUpload, spelled: Spelled) -> bool:
    """Whether what waits to be confirmed holds a name, or can't be looked into.

    A workbook is packed, and no file of plain letters holds a zero.
    """
    details = json.dumps(staged.details, ensure_ascii=False)
    said = f"{staged.name}\n{details}".encode()
    data = staged.data
    return b"\0" in data or any(map(spelled.is_in_file, (said, data)))
