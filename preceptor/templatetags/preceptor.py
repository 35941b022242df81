from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preceptor.accounts.held import FORMER_MEMBER, reached_at
from preceptor.days import written
from preceptor.http import url
from preceptor.leaving import link

register = template.Library()


@register.simple_tag(takes_context=True)
def to(context: Context, name: str, *args: object) -> str:
    """The path of a route of the organisation that the page is shown in."""
    organisation = context["organisation"]
    return url(organisation.slug, name, *args)


@register.simple_tag
def elsewhere(address: str, words: str) -> SafeString:
    """A link to another site, marked as one."""
    return link(address, words)


@register.filter
def initials(full_name: str) -> str:
    """Up to two letters for a face without a picture."""
    words = full_name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def first_name(full_name: str) -> str:
    """Of who was erased all of the words that stand for a name."""
    if full_name == FORMER_MEMBER:
        return full_name
    return full_name.split(maxsplit=1)[0] if full_name.split() else full_name


register.filter("reached_at", reached_at)


@register.filter
def percent(share: float | None) -> str:
    """A share in [0, 1] as whole per cent."""
    return "" if share is None else f"{share * 100:.0f} %"


@register.filter
def day(value: date | None) -> str:
    """`12 November 2026`, the year left out in the current one."""
    if value is None:
        return ""
    same_year = value.year == timezone.localdate().year
    return written(value, "j F" if same_year else "j F Y")


@register.filter
def span(first: date, last: date) -> str:
    """`2 March 2026 to 28 February 2027`; within this year both years left out."""
    if first.year == last.year:
        return _("%(first)s to %(last)s") % {
            "first": written(first, "j F"),
            "last": day(last),
        }
    return _("%(first)s to %(last)s") % {
        "first": written(first, "j F Y"),
        "last": written(last, "j F Y"),
    }


@register.filter
def local_day(moment: datetime | None) -> str:
    """The day of a moment where the reader is, as `day` shows it."""
    return day(timezone.localdate(moment)) if moment else ""


@register.filter
def away(value: date) -> str:
    """How far a day is from today, in words."""
    days = (value - timezone.localdate()).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    return ngettext("%(n)s day over", "%(n)s days over", -days) % {"n": -days}


@register.simple_tag
def field_attributes(field: Any, hint_id: str = "", **extra: str) -> Any:
    """The widget of a bound field with its error and hint announced."""
    described = [hint_id] if hint_id else []
    attributes: dict[str, str] = dict(extra)
    if field.errors:
        described.append(f"{field.id_for_label}-e")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)
