from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms import PlainForm
from reviews.sittings import Sized

MOST_ROWS = 800
"""A form takes no more than a thousand fields; larger changes are split by folders."""

MOST_SITTINGS = 50


class Row(NamedTuple):
    """What gets one sitting: a file, or all files of a folder."""

    name: str
    lines: int
    paths: tuple[str, ...]


def rows_of(files: Sequence[Sized]) -> list[Row]:
    """A row a file while there are few; else one a folder, as deep as they are few."""
    for depth in (None, 6, 4, 3, 2, 1, 0):
        groups: dict[str, list[Sized]] = {}
        for file in files:
            folders = file.path.split("/")[:-1]
            name = file.path if depth is None else "/".join(folders[:depth]) + "/"
            groups.setdefault(name, []).append(file)
        if len(groups) <= MOST_ROWS:
            break
    return [
        Row(
            name,
            sum(file.lines for file in group),
            tuple(dict.fromkeys(file.path for file in group)),
        )
        for name, group in groups.items()
    ]


class SittingsForm(PlainForm):
    """The number of a sitting for each row; `sittings()` has them by path."""

    def __init__(
        self,
        *args: Any,
        files: Sequence[Sized],
        start: Mapping[str, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows_of(files)
        last = max(start.values(), default=1)
        for at, row in enumerate(self.rows):
            self.fields[f"row{at}"] = forms.IntegerField(
                label=_("Sitting of %(name)s") % {"name": row.name},
                min_value=1,
                max_value=MOST_SITTINGS,
                initial=start.get(row.paths[0], last),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "3"}),
            )

    def lines(self) -> list[tuple[Row, forms.BoundField]]:
        return [(row, self[f"row{at}"]) for at, row in enumerate(self.rows)]

    def sittings(self) -> dict[str, int]:
        """Without gaps in the numbers, in their order."""
        chosen = [self.cleaned_data[f"row{at}"] for at in range(len(self.rows))]
        order = {number: at for at, number in enumerate(sorted(set(chosen)), 1)}
        return {
            path: order[number]
            for row, number in zip(self.rows, chosen, strict=True)
            for path in row.paths
        }
