"""How what changed is named and written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import models
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from preceptor.accounts.entries import HistoryEntry
from preceptor.days import written
from preceptor.history import TRACKED
from preceptor.insights.history.names import Names, field_of, is_member
from progress.models import Framework

LABELS: Final[Mapping[str, str | Promise]] = {
    "accepted_at": later("accepted"),
    "agreed_on": later("agreed on"),
    "approval": later("who approves a pairing"),
    "back_on": later("back on"),
    "begun_at": later("begun"),
    "called_off_at": later("called off"),
    "day": later("day"),
    "days": later("days"),
    "declined_at": later("declined"),
    "due_on": later("due"),
    "metadata": later("metadata"),
    "metadata_url": later("address of the metadata"),
    "opening": later("opening"),
    "paused_at": later("paused"),
    "primary": later("primary"),
    "provider": later("provider"),
    "sealed": later("address of the chat"),
    "sealed_secret": later("client secret"),
    "subject": later("subject line"),
    "verified": later("verified"),
    "version": later("version"),
    "ends_on": later("last day"),
    "is_active": later("active"),
    "finished_at": later("finished"),
    "host": later("host of the chat"),
    "junior_accepted_at": later("accepted by the junior"),
    "junior_signed_at": later("signed by the junior"),
    "kind": later("kind"),
    "mentor_accepted_at": later("accepted by the mentor"),
    "mentor_signed_at": later("signed by the mentor"),
    "month": later("month"),
    "own_categories": later("own flaw categories"),
    "phase": later("phase"),
    "resumed_on": later("together again from"),
    "sent_at": later("sent"),
    "skipped_at": later("skipped"),
    "slug": later("address"),
    "starts_on": later("first day"),
    "state": later("state"),
    "withdrawn_at": later("withdrawn"),
}
"""Of fields whose own name says it in no words of the product."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an entry, from what to what, in words."""

    label: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        return _("%(label)s from %(before)s to %(after)s") % {
            "label": self.label,
            "before": self.before,
            "after": self.after,
        }


def changes(entry: HistoryEntry, names: Names) -> list[Change]:
    """Of what was changed alone: rows that came or went have no from and to."""
    before, after = entry.before or {}, entry.after or {}
    return [
        Change(
            label=label_of(entry.what, name),
            before=value(entry.what, name, before[name], names),
            after=value(entry.what, name, after[name], names),
        )
        for name in after
        if name in before
    ]


def label_of(what: str, name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    field = field_of(what, name)
    return str(field.verbose_name) if field else name.replace("_", " ")


def value(what: str, name: str, raw: Any, names: Names) -> str:
    """A value as the pages write it; nothing is a dash."""
    field = field_of(what, name)
    if raw is None or raw in ("", []):
        return "–"
    if field is None or _is_hidden(field):
        return _("kept unread (%(digest)s)") % {"digest": raw} if field else str(raw)
    if field.related_model is Framework:
        return names.frameworks.get(raw) or _("a framework that is gone")
    if field.choices:
        said = str(dict(field.flatchoices).get(raw, raw))
        # What people are stands in the midst of a sentence.
        return said.lower() if name in ("role", "side") else said
    if is_member(field):
        return names.person(raw)
    return _plain(field, raw)


def _is_hidden(field: "models.Field[Any, Any]") -> bool:
    tracking = TRACKED.get(field.model)
    return tracking is not None and field.name in tracking.hidden


def _plain(field: "models.Field[Any, Any]", raw: Any) -> str:
    if isinstance(raw, bool):
        return _("yes") if raw else _("no")
    if isinstance(field, models.DateTimeField):
        at = timezone.localtime(datetime.fromisoformat(raw))
        return written(at, "j F Y, H:i")
    if isinstance(field, models.DateField):
        # Ends are stored as the day after the last one.
        off = timedelta(days=field.name == "ends_on")
        return written(date.fromisoformat(raw) - off, "j F Y")
    if isinstance(raw, list):
        return ", ".join(_item(one) for one in raw)
    return number_format(raw) if isinstance(raw, int | float) else f"“{raw}”"


def _item(one: Any) -> str:
    """Of a list: a word, or what a document of one is called."""
    return str(one.get("name") or one.get("key")) if isinstance(one, dict) else str(one)
