"""The milestones of a plan as its page lists them, drawn in Python."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from preceptor.days import written
from preceptor.http import url
from preceptor.templatetags.preceptor import local_day
from progress.models import GrowthPlan, Milestone


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone as one reader sees it."""

    milestone: Milestone
    is_lapsed: bool
    is_next: bool
    can_sign: bool
    can_withdraw: bool

    @property
    def offers_more(self) -> bool:
        """Whether its row offers something; the next one has a card for that."""
        return not self.is_next and (self.can_sign or self.can_withdraw)

    @property
    def tag(self) -> tuple[str, str]:
        """How it stands, with a class for that."""
        one = self.milestone
        if one.signed_at:
            return " done", _("signed off")
        if one.skipped_at:
            return "", _("skipped")
        if self.is_lapsed:
            return " alert", _("lapsed")
        if one.has_signature:
            return " strong", _("half signed")
        return (" strong", _("next")) if self.is_next else ("", _("to come"))


def drawn(steps: Iterable[Step], plan: GrowthPlan) -> SafeString:
    """The items of the list; every text in them is escaped."""
    rows = (_row(step, plan) for step in steps)
    return mark_safe("\n".join(rows))  # noqa: S308 # every text is escaped


def _row(step: Step, plan: GrowthPlan) -> str:
    one, (css, words) = step.milestone, step.tag
    path = url(plan.organisation.slug, "progress:milestone", one.pk)
    past = "" if one.is_open else ' class="past"'
    day = escape(written(one.due_on, "j M"))
    return (
        f'<li id="milestone-{one.pk}"{past}>'
        f'<time datetime="{one.due_on:%Y-%m-%d}">{day}</time> '
        f'<div><strong><a href="{path}">{escape(one.name)}</a></strong> '
        f'<span class="tag{css}">{escape(words)}</span>'
        f"{''.join(_signed(one, plan))}{_offers(step, plan)}</div></li>"
    )


def _signed(one: Milestone, plan: GrowthPlan) -> Iterator[str]:
    said = _("%(name)s signed on %(on)s.")
    for name, at in (
        (plan.junior, one.junior_signed_at),
        (one.mentor_signed_by, one.mentor_signed_at),
    ):
        if at:
            words = escape(said % {"name": name, "on": local_day(at)})
            yield f'<br><span class="meta">{words}</span>'


def _offers(step: Step, plan: GrowthPlan) -> str:
    if not step.offers_more:
        return ""
    ways = (
        (step.can_sign, "progress:sign", _("Sign")),
        (step.can_withdraw, "progress:withdraw", _("Take back my signature")),
    )
    pk, name = step.milestone.pk, escape(step.milestone.name)
    links = (
        f'<a href="{url(plan.organisation.slug, route, pk)}">{escape(words)}'
        f'<span class="unseen"> {name}</span></a>'
        for is_offered, route, words in ways
        if is_offered
    )
    return f'<span class="row">{" ".join(links)}</span>'
