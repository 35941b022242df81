"""How far somebody is in a competency, and how much of it is left to them alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    NOVICE = 1, _("novice")
    ADVANCED_BEGINNER = 2, _("advanced beginner")
    COMPETENT = 3, _("competent")
    PROFICIENT = 4, _("proficient")
    EXPERT = 5, _("expert")


class Autonomy(models.IntegerChoices):
    """What a junior does of a competency's work; all begin at the first step."""

    OBSERVE = 1, _("observe")
    TOGETHER = 2, _("review together")
    LEADS = 3, _("junior leads")
    ALONE = 4, _("alone with spot checks")
