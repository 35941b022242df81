"""A cohort as its page shows it: its curves and their tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from preceptor.insights.figures import pictures
from preceptor.insights.figures.estimates import Estimate, Withheld
from preceptor.insights.figures.lines import Line, Unit
from preceptor.insights.figures.pictures import Picture, Place
from preceptor.insights.figures.retention import LONGEST, Course, Curve, Point


@dataclass(frozen=True, slots=True)
class Cohort:
    curve: Curve

    @property
    def points(self) -> Sequence[Point]:
        return () if isinstance(self.curve.company, Withheld) else self.curve.company

    @property
    def courses(self) -> Sequence[Course]:
        return () if isinstance(self.curve.course, Withheld) else self.curve.course

    @property
    def last(self) -> tuple[Point, Line]:
        """The last point with its words: what is said before the picture."""
        point = self.points[-1]
        return point, _line(point.share)

    @property
    def company_chart(self) -> SafeString:
        places = [_place(one.month, one.at_risk, one.share) for one in self.points]
        what = _("Share still with the company")
        return self._chart(places, what, "company", LONGEST)

    @property
    def course_chart(self) -> SafeString:
        places = [_place(one.month, one.at_risk, one.stays) for one in self.courses]
        what = _("Share still in the program")
        return self._chart(places, what, "program", max(self.courses[-1].month, 6))

    def _chart(
        self, places: Sequence[Place], what: str, name: str, months: int
    ) -> SafeString:
        last = places[-1]
        line = _line(Estimate(last.value, last.low, last.high, last.at_risk, 0))
        title = _("%(what)s: %(share)s after %(n)s months, %(between)s") % {
            "what": what,
            "share": line.value,
            "n": last.month,
            "between": line.between,
        }
        key = f"{name}-{self.curve.program}"
        at_risk = _("still looked at, by months since the first day")
        drawn = pictures.curve(Picture(places, title, months, at_risk), key)
        return mark_safe(drawn)  # noqa: S308 # every text is escaped

    @property
    def company_rows(self) -> list[tuple[int, int, Line]]:
        return [(one.month, one.at_risk, _line(one.share)) for one in self.points]

    @property
    def course_rows(self) -> list[tuple[int, int, list[Line]]]:
        return [
            (
                one.month,
                one.at_risk,
                [
                    _line(each)
                    for each in (one.stays, one.left_program, one.left_company)
                ],
            )
            for one in self.courses
        ]


def _place(month: int, at_risk: int, share: Estimate) -> Place:
    return Place(month, at_risk, share.value, share.low, share.high)


def _line(share: Estimate) -> Line:
    return Line("", "", share, Unit.SHARE, "", "")
