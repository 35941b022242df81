"""The forms that write frameworks: what they are called, and what a draft says."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from progress.frameworks.reading import ABOUT_LETTERS, LEVEL_LETTERS, NAME_LETTERS
from progress.goal_forms import Words
from progress.levels import Level
from progress.models import Area, Competency, Framework, FrameworkVersion
from reviews.taxonomy import choices


class Lines(Words):
    """Text of some lines, which may stay empty."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        area = forms.Textarea(attrs={"rows": rows})
        super().__init__(required=False, widget=area, **kwargs)


class NameForm(forms.Form):
    """A name, and a word on what it is for."""

    name = Words(
        label=_("Name"),
        longest=NAME_LETTERS,
        error_messages={"required": _("Give it a name")},
    )
    about = Lines(
        label=_("What it is for"),
        help_text=_("A sentence or two; may stay empty"),
        longest=ABOUT_LETTERS,
        rows=3,
    )

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "about")}


class FrameworkForm(NameForm):
    """`seen` are the words that the page showed, in brief."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class DuplicateFrameworkForm(forms.Form):
    name = Words(
        label=_("Name of the duplicate"),
        longest=NAME_LETTERS,
        error_messages={"required": _("Give it a name")},
    )


class AreaForm(NameForm):
    """`edits` counts those of the words which the page showed."""

    about = Lines(
        label=_("What it is about"),
        help_text=_("A sentence; may stay empty"),
        longest=ABOUT_LETTERS,
        rows=2,
    )
    edits = forms.IntegerField(min_value=0, initial=0, widget=forms.HiddenInput)

    @staticmethod
    def answers_of(area: Area) -> dict[str, Any]:
        return {"name": area.name, "about": area.about, "edits": area.edits}


class CompetencyForm(AreaForm):
    """A competency with what one can observe at each level.

    A level may stay empty while it is a draft; publishing asks for it.
    """

    LEVELS: ClassVar[list[str]] = [f"level_{level.value}" for level in Level]

    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), empty_label=None
    )
    level_1 = Lines(label="", longest=LEVEL_LETTERS, rows=3)
    level_2 = Lines(label="", longest=LEVEL_LETTERS, rows=3)
    level_3 = Lines(label="", longest=LEVEL_LETTERS, rows=3)
    level_4 = Lines(label="", longest=LEVEL_LETTERS, rows=3)
    level_5 = Lines(label="", longest=LEVEL_LETTERS, rows=3)
    categories = forms.MultipleChoiceField(
        label=_("Flaw categories that it covers"),
        required=False,
        choices=lambda: choices(with_retired=True),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, draft: FrameworkVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas: Any = self.fields["area"]
        areas.queryset = Area.objects.filter(version=draft)
        for level in Level:
            self.fields[f"level_{level.value}"].label = capfirst(level.label)

    @staticmethod
    def answers_of(area: Area | Competency) -> dict[str, Any]:
        if isinstance(area, Area):
            return {"area": area.pk, "edits": 0}
        said = zip(CompetencyForm.LEVELS, area.levels, strict=True)
        return {
            **dict(said),
            "area": area.area_id,
            "name": area.name,
            "about": area.about,
            "categories": area.categories,
            "edits": area.edits,
        }

    def values(self) -> dict[str, Any]:
        """Without the area and the count of edits."""
        levels = [self.cleaned_data[name] for name in self.LEVELS]
        categories = self.cleaned_data["categories"]
        return {**super().values(), "levels": levels, "categories": categories}

    @property
    def groups(self) -> list[tuple[Any, list[tuple[str, Any, bool]]]]:
        """The categories by their groups: value, label, whether it is ticked."""
        ticked = self["categories"].value() or []
        return [
            (group, [(value, label, value in ticked) for value, label in options])
            for group, options in choices(keep=ticked)
        ]

    @property
    def level_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.LEVELS]


def typed_words(posted: Mapping[str, str]) -> list[tuple[Any, str]]:
    """What a form about a draft sent in words, each with its label."""
    labels = {name: field.label for name, field in AreaForm.base_fields.items()}
    levels = zip(CompetencyForm.LEVELS, Level, strict=True)
    labels |= {name: capfirst(level.label) for name, level in levels}
    labels["note"] = PublishForm.base_fields["note"].label
    del labels["edits"]
    return [(label, posted[name]) for name, label in labels.items() if posted.get(name)]


class FrameworkFileForm(forms.Form):
    """A file of a framework; `removes` is asked where it goes over what stands."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".json,application/json,.csv,text/csv,.txt,.tsv"}
        ),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Choose one with competencies."),
        },
    )
    name = Words(
        label=_("Name"),
        longest=NAME_LETTERS,
        required=False,
        help_text=_("Empty: as the file says"),
    )
    removes = forms.BooleanField(
        label=_("Take out what the file does not name"),
        required=False,
        help_text=_("Otherwise that stays behind what the file brings"),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["removes" if is_new else "name"]

    def refuse(self, text: str) -> None:
        """Puts the one reason that matters in place of whatever the field says."""
        self.errors["file"] = self.error_class([text])


class PublishForm(forms.Form):
    note = Lines(
        label=_("What changed, and why"),
        help_text=_("Whoever moves a plan to this version reads it"),
        longest=1_000,
        rows=4,
    )


class ProgramFrameworkForm(forms.Form):
    """Which framework plans of a program begin with; empty follows the default."""

    framework = forms.ModelChoiceField(
        label=_("Plans that begin from now on use"),
        queryset=Framework.objects.none(),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, organisation_id: int, default: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["framework"]
        field.empty_label = default
        field.queryset = Framework.objects.usable().filter(organisation=organisation_id)
