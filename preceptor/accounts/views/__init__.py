from preceptor.accounts.views.members import (
    deactivate,
    invitations,
    invite,
    leave,
    member,
    members,
    reactivate,
    resend,
    settings,
    withdraw,
)
from preceptor.accounts.views.people import accept, profile

__all__ = [
    "accept",
    "deactivate",
    "invitations",
    "invite",
    "leave",
    "member",
    "members",
    "profile",
    "reactivate",
    "resend",
    "settings",
    "withdraw",
]
