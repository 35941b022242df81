"""What is held of people by gathering and erasing what is held of them."""

from django.utils.translation import gettext_lazy as _

from preceptor.accounts.held import GONE, NOBODY, OWNERS, Held, Topic
from preceptor.personal.models import Archive, ArchivePart, Erasure, LeaversRule

HELD = (
    Held(
        model=Archive,
        key="archives",
        topic=Topic.ACCOUNT,
        what=_("That you asked for all that is held on you, and the ZIP until it goes"),
        whose=("member",),
        read_by=NOBODY,
        goes=GONE,
        stays=("member", "asked_at", "downloaded_at"),
        secret=("token_hash",),
    ),
    Held(
        model=Erasure,
        key="erasures",
        topic=Topic.ACCOUNT,
        what=_("That you are to be erased, since when, and who asked for it"),
        whose=("member", "asked_by"),
        read_by=OWNERS,
        goes={"also": []},
        stays=("member", "asked_by", "origin", "asked_at", "due_at", "finished_at"),
        because=_("It shows that it was done, and when. It names nobody by then."),
    ),
    Held(
        model=LeaversRule,
        key="leavers_rule",
        topic=Topic.ACCOUNT,
        what=_("That you said when those who left are erased"),
        whose=("set_by",),
        read_by=OWNERS,
        stays=("set_by", "days", "set_at"),
        because=_("It is a rule of the organisation."),
    ),
)

IMPERSONAL = {
    ArchivePart: ["body"],
    Archive: ["token_hash"],
    Erasure: ["struck", "failure"],
}
