"""Every write of more than one row, by what it is about."""

from preceptor.accounts.actions.holidays import (
    add_holidays,
    remove_holiday,
    rename_holiday,
)
from preceptor.accounts.actions.members import (
    Invited,
    accept,
    accept_as_new,
    add_user,
    change_role,
    deactivate,
    found,
    invite,
    leave,
    reactivate,
    resend,
    withdraw,
)
from preceptor.accounts.actions.organisation import edit_organisation, settings_of
from preceptor.accounts.actions.profile import edit_profile, profile_of

__all__ = [
    "Invited",
    "accept",
    "accept_as_new",
    "add_holidays",
    "add_user",
    "change_role",
    "deactivate",
    "edit_organisation",
    "edit_profile",
    "found",
    "invite",
    "leave",
    "profile_of",
    "reactivate",
    "remove_holiday",
    "rename_holiday",
    "resend",
    "settings_of",
    "withdraw",
]
