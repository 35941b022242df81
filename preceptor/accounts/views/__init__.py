from preceptor.accounts.views.holiday_files import (
    holiday_file,
    import_holidays,
    upload_holidays,
)
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
    withdraw,
)
from preceptor.accounts.views.organisation import settings
from preceptor.accounts.views.people import accept, profile

__all__ = [
    "accept",
    "add_holidays",
    "deactivate",
    "edit_holiday",
    "holiday_file",
    "holidays",
    "import_holidays",
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
    "upload_holidays",
    "withdraw",
]
