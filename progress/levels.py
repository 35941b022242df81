"""How far somebody is in a competency, from first steps to leading others in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    NOVICE = 1, _("novice")
    ADVANCED_BEGINNER = 2, _("advanced beginner")
    COMPETENT = 3, _("competent")
    PROFICIENT = 4, _("proficient")
    EXPERT = 5, _("expert")
