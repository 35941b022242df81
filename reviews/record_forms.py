"""Forms of the record: closing a session, logging one, narrowing the list."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pairings.models import Pairing, PairingQuerySet
from preceptor.accounts.models import Membership
from preceptor.widgets import DayField
from reviews import taxonomy
from reviews.diffs import Change
from reviews.forms import PlainForm
from reviews.models import ReviewSession, ReviewSessionQuerySet
from reviews.search import in_category, matching

MOST_PAIRS = 200
MOST_MODELS = 100
NAMED = tuple(
    f"{side}__membership__{name}"
    for side in ("mentor", "junior")
    for name in ("called", "user__full_name", "user__email")
)
"""What the name of a pair is made of."""


def minutes_field(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=600,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        **kwargs,
    )


class HeldForm(PlainForm):
    """Day, next day and lesson, checked against the pairing and today."""

    held_on = DayField(label=_("Day"))
    next_on = DayField(label=_("Next session"), required=False)
    lesson = forms.CharField(
        label=_("What do you take away?"),
        help_text=_("One sentence is plenty"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def check_days(self, pairing: Pairing | None) -> None:
        held_on = self.cleaned_data.get("held_on")
        next_on = self.cleaned_data.get("next_on")
        words = {"today": date_format(self.today, "j F Y")}
        if held_on and held_on > self.today:
            self.add_error(
                "held_on", _("The day lies ahead: today is %(today)s") % words
            )
        elif held_on and pairing and held_on < pairing.starts_on:
            words = {"day": date_format(pairing.starts_on, "j F Y")}
            self.add_error("held_on", _("The pairing began later, on %(day)s") % words)
        if held_on and next_on and next_on <= held_on:
            self.add_error("next_on", _("The next session comes after this one"))


class LogForm(HeldForm):
    """A sitting in one form; `words()` are the session's fields.

    A diff, the `change`, that comes along names the session where no words do.
    """

    pairing = forms.ModelChoiceField(
        label=_("With"), queryset=Pairing.objects.none(), empty_label=None
    )
    minutes = minutes_field(required=False)
    change = forms.CharField(
        label=_("Which change?"),
        help_text=_("A link to the pull request, a few words, or the diff below"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Say what the session was about, in a line or as a link")
        },
    )
    account = forms.CharField(
        label=_("What did the AI get wrong?"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = [
        "pairing",
        "held_on",
        "minutes",
        "change",
        "account",
        "lesson",
        "next_on",
    ]

    def __init__(self, *args: Any, change: Change | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named = _named(change) if change else ""
        self.fields["change"].required = not self.named
        if not self.is_bound:
            self.fields["pairing"].widget.attrs["autofocus"] = True

    def clean_change(self) -> str:
        return str(self.cleaned_data["change"]) or self.named

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pairing: Pairing | None = cleaned.get("pairing")
        self.check_days(pairing)
        held_on = cleaned.get("held_on")
        if held_on and pairing and held_on > pairing.last_on:
            self.add_error("held_on", _("The pairing had ended by then"))
        return cleaned

    def words(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        link = cleaned["change"] if _is_link(cleaned["change"]) else ""
        title = cleaned["change"].partition("://")[2] if link else cleaned["change"]
        return {
            "held_on": cleaned["held_on"],
            "minutes": cleaned["minutes"],
            "next_on": cleaned["next_on"],
            "account": cleaned["account"],
            "link": link,
            "title": title[:160],
        }

    def offer(self, pairings: PairingQuerySet, member: Membership) -> None:
        """The pairings to choose from, each by the name of the other."""
        field = cast("forms.ModelChoiceField[Pairing]", self.fields["pairing"])
        field.queryset = pairings
        name = partial(_other, member=member)
        field.label_from_instance = name  # type: ignore[method-assign] # as documented


def _named(change: Change) -> str:
    """`delivery.py`, or `delivery.py and 2 more files`."""
    name = change.files[0].path.rsplit("/", 1)[-1][:80]
    more = len(change.files) - 1
    if not more:
        return name
    words = ngettext(
        "%(file)s and %(n)s more file", "%(file)s and %(n)s more files", more
    )
    return words % {"file": name, "n": more}


def _other(pairing: Pairing, member: Membership) -> str:
    """The other's name, or both for who is neither of them."""
    if pairing.mentor.membership_id == member.pk:
        return str(pairing.junior)
    if pairing.junior.membership_id == member.pk:
        return str(pairing.mentor)
    return str(pairing)


def with_models(rows: PairingQuerySet) -> PairingQuerySet:
    """With what a `FilterForm` of one `pair` offers, and no query more."""
    own = ReviewSession.objects.filter(pairing=OuterRef("pk"))
    return rows.annotate(models=ArraySubquery(_models(own)))


def _models(
    sessions: ReviewSessionQuerySet,
) -> "QuerySet[ReviewSession, str]":
    """The AI models of some sessions, each once, by name."""
    named = sessions.exclude(model="").order_by("model")
    return named.values_list("model", flat=True).distinct()[:MOST_MODELS]


class FilterForm(PlainForm):
    """Narrows a list of sessions; what is not understood narrows nothing.

    Words, category and model are the room's: on a record of others they are missing.
    The sessions are those of a `pair` that came `with_models`, or of all.
    """

    q = forms.CharField(
        label=_("Search"),
        help_text=_("In titles, findings and lessons"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    pair = forms.IntegerField(label=_("Pair"), required=False, widget=forms.Select)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *ReviewSession.State.choices],
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=lambda: [("", _("All")), *taxonomy.choices(with_retired=True)],
    )
    model = forms.ChoiceField(label=_("Model"), required=False)

    def __init__(
        self,
        *args: Any,
        member: Membership,
        is_record: bool,
        pair: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        if pair is not None:
            del self.fields["pair"]
        else:
            self._offer_pairs(is_record)
        if is_record:
            for name in ("q", "category", "model"):
                del self.fields[name]
        else:
            sessions = ReviewSession.objects.of(member)
            self._offer_models(pair.models if pair else _models(sessions))

    def _offer_pairs(self, is_record: bool) -> None:
        people = ("mentor__membership__user", "junior__membership__user")
        pairings = Pairing.objects.select_related(*people).only(*NAMED)
        member = self.member
        seen = pairings.visible_to(member) if is_record else pairings.of(member)
        names = seen.order_by("junior__membership__user__full_name")[:MOST_PAIRS]
        pairs = [("", _("All")), *((one.pk, _other(one, member)) for one in names)]
        cast("forms.Select", self.fields["pair"].widget).choices = pairs

    def _offer_models(self, names: Iterable[str]) -> None:
        choices = [("", _("All")), *((name, name) for name in names)]
        cast("forms.ChoiceField", self.fields["model"]).choices = choices

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for."""
        self.is_valid()
        return any(value not in (None, "") for value in self.cleaned_data.values())

    def narrow(self, rows: ReviewSessionQuerySet) -> ReviewSessionQuerySet:
        self.is_valid()
        given = self.cleaned_data.items()
        asked = {name: value for name, value in given if value not in (None, "")}
        if "q" in asked:
            rows = rows.filter(pk__in=matching(asked["q"], self.member).values("pk"))
        if "category" in asked:
            found = in_category(asked["category"], self.member)
            rows = rows.filter(pk__in=found.values("pk"))
        names = {"pair": "pairing_id", "state": "state", "model": "model"}
        return rows.filter(
            **{field: asked[name] for name, field in names.items() if name in asked}
        )


def _is_link(words: str) -> bool:
    try:
        address = urlsplit(words)
    except ValueError:
        return False
    is_web = address.scheme in ("http", "https")
    return is_web and bool(address.netloc) and " " not in words
