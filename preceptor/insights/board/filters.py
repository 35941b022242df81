"""Narrows the board; what is not understood narrows nothing."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from pairings.models import Pairing
from preceptor.insights.board.facts import Pair
from preceptor.insights.board.pairs import Row
from reviews.forms import PlainForm

EVERY = "all"
ANY = ("", _("Any"))


class BoardForm(PlainForm):
    """The mentors and teams to choose from are those of the pairs themselves."""

    q = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Active and paused")),
            *((value, label) for value, label in Pairing.State.choices),
            (EVERY, _("Any")),
        ],
    )
    phase = forms.ChoiceField(
        label=_("Phase"), required=False, choices=[ANY, *Pairing.Phase.choices]
    )
    mentor = forms.TypedChoiceField(
        label=_("Mentor"), required=False, coerce=int, empty_value=None
    )
    team = forms.ChoiceField(label=_("Team"), required=False)

    def __init__(self, *args: Any, pairs: Sequence[Pair], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mentors = {(pair.mentor, pair.mentor_id) for pair in pairs}
        teams = {pair.team for pair in pairs} - {""}
        fields = cast("dict[str, forms.ChoiceField]", self.fields)
        fields["mentor"].choices = [ANY, *((pk, name) for name, pk in sorted(mentors))]
        fields["team"].choices = [ANY, *((team, team) for team in sorted(teams))]

    def narrow(self, rows: Iterable[Row]) -> list[Row]:
        """Without a state, those that stand."""
        self.is_valid()
        tests = list(self._tests())
        return [row for row in rows if all(test(row.pair) for test in tests)]

    def _tests(self) -> Iterable[Callable[[Pair], bool]]:
        asked = self.cleaned_data
        if words := asked.get("q", "").strip().casefold():
            yield lambda pair: words in f"{pair.junior}\n{pair.mentor}".casefold()
        if not (state := asked.get("state")):
            yield lambda pair: pair.is_standing
        elif state != EVERY:
            yield lambda pair: pair.state == state
        if phase := asked.get("phase"):
            yield lambda pair: pair.phase == phase
        if (mentor := asked.get("mentor")) is not None:
            yield lambda pair: pair.mentor_id == mentor
        if team := asked.get("team"):
            yield lambda pair: pair.team == team

    @property
    def is_asked(self) -> bool:
        """Whether anything is narrowed beyond what the board shows at first."""
        return any(self.cleaned_data.values())
