"""The small forms of the board; each names the version that was looked at."""

from collections.abc import Iterable
from typing import Self

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.flaws import Flaw, SeenBy
from reviews.forms import PlainForm
from reviews.models import Finding
from reviews.taxonomy import choices as categories


class VersionForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class AdjudicationForm(VersionForm):
    adjudication = forms.ChoiceField(
        label=_("Is it a real flaw? Decide together"),
        choices=[
            (choice.value, choice.label)
            for choice in (
                Finding.Adjudication.REAL,
                Finding.Adjudication.MOOT,
                Finding.Adjudication.UNDECIDED,
            )
        ],
        widget=forms.RadioSelect,
    )

    @classmethod
    def of(cls, finding: Finding | None) -> Self:
        if finding is None:
            return cls()
        return cls(
            initial={"version": finding.version, "adjudication": finding.adjudication}
        )


class StatusForm(VersionForm):
    """What became of a real flaw; `asks` an author to check a fix."""

    status = forms.ChoiceField(choices=Finding.Status.choices)
    asks = forms.BooleanField(required=False)


class PairedForm(VersionForm):
    """Two findings to be joined, parted, or told apart."""

    other = forms.IntegerField(min_value=1)


class FindingsFilter(PlainForm):
    """Which findings of a session are listed; each part left open takes all."""

    seen = forms.ChoiceField(label=_("Who saw it"), required=False)
    adjudication = forms.ChoiceField(
        label=_("Decided as"),
        required=False,
        choices=[("", _("Any")), *Finding.Adjudication.choices],
    )
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Any")),
            *Finding.Status.choices,
            ("asked", _("waits for a check")),
        ],
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        required=False,
        choices=[("", _("Any")), *Finding.Severity.choices],
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=lambda: [("", _("Any")), *categories(with_retired=True)],
    )

    def name_readers(self, junior: str, mentor: str) -> None:
        self.fields["seen"].choices = [  # type: ignore[attr-defined] # a ChoiceField
            ("", _("Any")),
            (SeenBy.BOTH, _("Both")),
            (SeenBy.JUNIOR, _("Only %(name)s") % {"name": junior}),
            (SeenBy.MENTOR, _("Only %(name)s") % {"name": mentor}),
            (SeenBy.NEITHER, _("Seen only now")),
        ]

    def narrow(self, flaws: Iterable[Flaw]) -> list[Flaw]:
        """Those that fit all that is asked; what is no choice asks nothing."""
        self.is_valid()
        return [flaw for flaw in flaws if self._fits(flaw)]

    def _fits(self, flaw: Flaw) -> bool:
        asked = self.cleaned_data
        row = flaw.finding
        has_status = {row.status, "asked"} if row.asks_verification else {row.status}
        return all(
            (
                asked.get("seen") in ("", None, flaw.seen_by),
                asked.get("adjudication") in ("", None, row.adjudication),
                not asked.get("status")
                or (flaw.is_real and asked["status"] in has_status),
                asked.get("severity") in ("", None, row.severity),
                asked.get("category") in ("", None, row.category),
            )
        )
