"""What the reminders about reviews say alike."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = {"name": gettext_lazy("the other of the pair")}
PAIR = {"junior": gettext_lazy("the junior"), "mentor": gettext_lazy("the mentor")}
NAME_AND_DAY = {**NAME, "day": gettext_lazy("the day, with its hour if there is one")}


def of_the_pair() -> str:
    """Why both of a pair get something."""
    return _("You get this because you are one of the pair.")
