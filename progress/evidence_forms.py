"""What somebody sends to tag evidence."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from progress.models import Competency, Evidence, GrowthPlan

BACK = [("", ""), ("plan", ""), ("competency", "")]
LONGEST_ADDRESS, LONGEST_TITLE = 500, 160


class TagForm(forms.Form):
    """What buttons send: the thing, the competency, and the page to return to."""

    thing = forms.RegexField(r"^(finding|explanation|lesson|session)-\d{1,18}$")
    competency = forms.IntegerField(min_value=1)
    back = forms.ChoiceField(choices=BACK, required=False)


class LinkForm(forms.Form):
    """An outside link. Its lengths are said, not cut off by the browser."""

    url = forms.CharField(
        label=_("Address"),
        help_text=_("Begins with https://, and is open to both of you."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        validators=[
            URLValidator(
                schemes=["https"],
                message=_("Write the whole address, beginning with https://."),
            )
        ],
    )
    title = forms.CharField(
        label=_("What it is"),
        help_text=_("In a few words, as both of you will read it in the list."),
    )

    def __init__(
        self, data: Any = None, *, plan: GrowthPlan, competency: Competency
    ) -> None:
        super().__init__(data)
        self.plan = plan
        self.competency = competency

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if len(url) > LONGEST_ADDRESS:
            raise forms.ValidationError(_too_long(len(url), LONGEST_ADDRESS))
        if "@" in urlsplit(url).netloc:
            raise forms.ValidationError(
                _("Leave out the name and password before the “@”.")
            )
        same = {"kind": Evidence.Kind.LINK, "url": url}
        rows = self.plan.evidence.filter(competency__key=self.competency.key, **same)
        if there := rows.first():
            raise forms.ValidationError(
                _("This address is here already, as “%(title)s”."),
                params={"title": there.title},
            )
        return url

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if len(title) > LONGEST_TITLE:
            raise forms.ValidationError(_too_long(len(title), LONGEST_TITLE))
        return title


def _too_long(n: int, most: int) -> str:
    return _("%(n)s letters are too many: %(most)s are the most.") % {
        "n": n,
        "most": most,
    }
