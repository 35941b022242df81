from preceptor.accounts.views.holidays import (
    add_holidays,
    edit_holiday,
    holidays,
    remove_holiday,
)
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
    "add_holidays",
    "deactivate",
    "edit_holiday",
    "holidays",
    "invitations",
    "invite",
    "leave",
    "member",
    "members",
    "profile",
    "reactivate",
    "remove_holiday",
    "resend",
    "settings",
    "withdraw",
]
