"""To whom rows of a year belong, and why some of them stay."""

from django.utils.translation import gettext_lazy as _

from preceptor.accounts.rights import Relation, Resource

PLAN = Resource.PLAN_TEXT
RECORD = Resource.RECORD
JUNIOR = "plan__junior__membership"
OF_MILESTONE = "milestone__plan__junior__membership"
OF_ASSESSMENT = "assessment__plan__junior__membership"
PAIR = frozenset({Relation.JUNIOR, Relation.MENTOR})

SIGNED = _(
    "What both signed stands for both: that it was signed, when, and what was counted."
)
THE_YEAR = _("A year belongs to its junior, and so does what was agreed in it.")
