"""One sentence for each entry: who did what to whom, from what to what.

What has no sentence of its own gets a plain one, so that whatever is tracked reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from preceptor.accounts.entries import HistoryEntry
from preceptor.history import Verb
from preceptor.insights.history.names import MILESTONE, NAMED, Names
from preceptor.insights.history.values import Change, changes, value

PAIRING = "pairings.pairing"
PAUSE = "pairings.pause"
PHASE = "pairings.phasemove"
ENROLMENT = "pairings.enrolment"
PROGRAM = "pairings.program"
STAFF = "pairings.programstaff"
MEMBERSHIP = "accounts.membership"
INVITATION = "accounts.invitation"
ORGANISATION = "accounts.organisation"
ERASURE = "personal.erasure"
ADDRESS = "account.emailaddress"
FACTOR = "mfa.authenticator"
IDENTITY = "socialaccount.socialaccount"
MESSAGES = "notifications.programmessages"
FRAMEWORK = "progress.programframework"


@dataclass(frozen=True)
class Told:
    """An entry with the names that its sentence needs."""

    entry: HistoryEntry
    names: Names

    @cached_property
    def changes(self) -> list[Change]:
        return changes(self.entry, self.names)

    @property
    def words(self) -> dict[str, str]:
        """What sentences put into their places."""
        entry, names = self.entry, self.names
        return {
            "who": self.who,
            "person": names.person(entry.person_id),
            "other": names.person(entry.other_id),
            "program": names.program(entry.program_id),
            "thing": self.thing,
        }

    @cached_property
    def who(self) -> str:
        if self.entry.actor_id:
            return self.names.person(self.entry.actor_id)
        how, _space, name = self.entry.through.partition(" ")
        if how == "task":
            return _("Preceptor itself")
        if how == "command":
            return _("The command “%(name)s”") % {"name": name}
        if how == "sql":
            return _("Somebody in the database, as “%(name)s”,") % {"name": name}
        return _("Somebody")

    @cached_property
    def thing(self) -> str:
        """What the entry is about, as a sentence speaks of it."""
        entry, names = self.entry, self.names
        if entry.what not in THINGS:
            return _plain_thing(entry.what, self.title)
        places = {
            "person": names.person(entry.person_id),
            "other": names.person(entry.other_id),
            "program": names.program(entry.program_id),
            "name": self.title,
        }
        things = THINGS | OWN_THINGS if self.is_own else THINGS
        return str(things[entry.what]) % places

    @property
    def is_own(self) -> bool:
        """Whether somebody did it to what is theirs."""
        entry = self.entry
        return entry.actor_id is not None and entry.actor_id == entry.person_id

    @property
    def title(self) -> str:
        """The name of what has one, as it was then or is now."""
        entry = self.entry
        if entry.what == MILESTONE:
            return self.names.milestones.get(entry.row_id or 0, "") or self.of("kind")
        named = (entry.after or {}).get("name") or (entry.before or {}).get("name")
        if not named and entry.what in NAMED:
            return self.names.thing(entry)
        return str(named or "")

    def was(self, field: str) -> Any:
        return (self.entry.before or {}).get(field)

    def now(self, field: str) -> Any:
        return (self.entry.after or {}).get(field)

    def of(self, field: str) -> str:
        """A value as it stands since, or stood before it went, in words."""
        raw = self.now(field) if self.entry.after else self.was(field)
        return value(self.entry.what, field, raw, self.names)

    def is_new(self, field: str) -> bool:
        """Whether a field was empty before, and is filled since."""
        return not self.was(field) and bool(self.now(field))

    def is_gone(self, field: str) -> bool:
        return bool(self.was(field)) and field in (self.entry.after or {})


THINGS: Final[dict[str, Any]] = {
    PAIRING: later("the pairing of %(person)s with %(other)s"),
    PAUSE: later("the pause of %(person)s and %(other)s"),
    PHASE: later("the change of phase of %(person)s and %(other)s"),
    ENROLMENT: later("the place of %(person)s in “%(program)s”"),
    PROGRAM: later("the program “%(program)s”"),
    STAFF: later("the part of %(person)s in running “%(program)s”"),
    MEMBERSHIP: later("the membership of %(person)s"),
    INVITATION: later("an invitation"),
    ORGANISATION: later("the organisation"),
    ERASURE: later("the erasure of %(person)s"),
    "accounts.holiday": later("the holiday “%(name)s”"),
    "signing_in.provider": later("the sign-in through “%(name)s”"),
    "signing_in.domain": later("the domain “%(name)s”"),
    "signing_in.rules": later("what is asked of whoever signs in"),
    "insights.scenario": later("the reckoning “%(name)s”"),
    "insights.teamweek": later("delivery figures of a team"),
    "pairings.skill": later("the skill “%(name)s”"),
    "personal.leaversrule": later("the time after which who left is erased"),
    "reviews.retentionrule": later("the time for which code is kept"),
    "notifications.webhook": later("a chat that messages go to"),
    "notifications.programmessages": later("the rest of messages of “%(program)s”"),
    "notifications.wording": later("how a message of “%(program)s” is worded"),
    "progress.programframework": later("the framework of “%(program)s”"),
    ADDRESS: later("an e-mail address of %(person)s"),
    FACTOR: later("the second step of %(person)s"),
    IDENTITY: later("the way in through the provider of %(person)s"),
    MILESTONE: later("the milestone “%(name)s” of %(person)s"),
}

OWN_THINGS: Final[dict[str, Any]] = {
    ENROLMENT: later("their own place in “%(program)s”"),
    STAFF: later("their own part in running “%(program)s”"),
    MEMBERSHIP: later("their own membership"),
    ERASURE: later("their own erasure"),
    ADDRESS: later("an e-mail address of their own"),
    FACTOR: later("their own second step"),
    IDENTITY: later("their own way in through the provider"),
    MILESTONE: later("their own milestone “%(name)s”"),
}
"""What is said in place of that where it is who did it whose thing it is."""


def _plain_thing(what: str, title: str) -> str:
    """The noun of a model that has no words here, with the name of the row if any."""
    try:
        noun = str(apps.get_model(what)._meta.verbose_name)
    except (LookupError, ValueError):
        noun = what.rpartition(".")[2]
    return f"{noun} “{title}”" if title else noun


def sentence(told: Told) -> str:
    """Without a full stop, in the language of the reader."""
    entry = told.entry
    own = SPECIAL.get((entry.what, entry.verb))
    form = (own(told) if own else "") or _plain(told)
    return form % {**told.words, **_values(told)}


def _values(told: Told) -> dict[str, str]:
    """The values of an entry by their fields, for the sentences that name them."""
    stands = told.entry.after or told.entry.before or {}
    values = {f"of_{name}": told.of(name) for name in stands if name != "subject"}
    if len(told.changes) == 1:
        only = told.changes[0]
        values |= {"label": only.label, "before": only.before, "after": only.after}
    values["subject"] = str(stands.get("subject", ""))
    values["count"] = str(stands.get("count", ""))
    return values


def _plain(told: Told) -> str:
    if told.now("count"):
        return _("%(who)s added %(thing)s: %(count)s rows")
    if told.was("count"):
        return _("%(who)s removed %(thing)s: %(count)s rows")
    if told.entry.verb == Verb.ADDED:
        return _("%(who)s added %(thing)s")
    if told.entry.verb == Verb.REMOVED:
        return _("%(who)s removed %(thing)s")
    if len(told.changes) == 1:
        return _("%(who)s changed %(thing)s: %(label)s from %(before)s to %(after)s")
    return _("%(who)s changed %(thing)s")


def _member_added(told: Told) -> str:
    if told.is_own:
        return _("%(who)s joined as %(of_role)s")
    return _("%(who)s took %(person)s in as %(of_role)s")


def _member_changed(told: Told) -> str:
    if "role" in (told.entry.after or {}) and len(told.changes) == 1:
        if told.is_own:
            return _("%(who)s changed their own role from %(before)s to %(after)s")
        return _("%(who)s changed the role of %(person)s from %(before)s to %(after)s")
    if told.now("is_active") is False and told.is_own:
        return _("%(who)s left the organisation")
    if told.now("is_active") is False:
        return _("%(who)s deactivated %(person)s")
    if told.now("is_active") is True:
        return _("%(who)s let %(person)s in again")
    return ""


def _invitation_changed(told: Told) -> str:
    if told.is_new("accepted_at"):
        return _("%(who)s accepted an invitation")
    if told.is_new("withdrawn_at"):
        return _("%(who)s withdrew an invitation")
    return _("%(who)s sent an invitation again") if told.now("sent_at") else ""


def _erasure_changed(told: Told) -> str:
    if told.is_new("finished_at"):
        return _("%(who)s finished %(thing)s")
    if told.is_new("begun_at"):
        return _("%(who)s began %(thing)s")
    return _("%(who)s called off %(thing)s") if told.is_new("called_off_at") else ""


def _program_changed(told: Told) -> str:
    if "state" in (told.entry.after or {}):
        return _("%(who)s moved %(thing)s to the state “%(of_state)s”")
    return ""


def _pairing_added(told: Told) -> str:
    if told.now("state") == "proposed":
        return _("%(who)s proposed to pair %(person)s with %(other)s in “%(program)s”")
    return _(
        "%(who)s paired %(person)s with %(other)s in “%(program)s”"
        " from %(of_starts_on)s"
    )


def _pairing_changed(told: Told) -> str:
    steps = {
        ("proposed", "active"): _("%(who)s let %(thing)s begin"),
        ("active", "paused"): _("%(who)s paused %(thing)s"),
        ("paused", "active"): _("%(who)s took up %(thing)s again"),
        ("active", "ended"): _("%(who)s ended %(thing)s"),
        ("paused", "ended"): _("%(who)s ended %(thing)s"),
    }
    if step := steps.get((told.was("state"), told.now("state"))):
        return step
    if told.is_new("declined_at"):
        return _("%(who)s declined %(thing)s")
    if told.is_new("mentor_accepted_at") or told.is_new("junior_accepted_at"):
        return _("%(who)s accepted %(thing)s")
    if told.now("phase") and len(told.changes) == 1:
        return _("%(who)s moved %(thing)s from the phase “%(before)s” to “%(after)s”")
    return ""


def _phase_changed(told: Told) -> str:
    return _("%(who)s agreed to %(thing)s") if told.is_new("agreed_on") else ""


def _milestone_changed(told: Told) -> str:
    if "due_on" in (told.entry.after or {}) and len(told.changes) == 1:
        return _("%(who)s moved %(thing)s from %(before)s to %(after)s")
    if told.is_new("junior_signed_at") or told.is_new("mentor_signed_at"):
        return _("%(who)s signed %(thing)s")
    if told.is_gone("junior_signed_at") or told.is_gone("mentor_signed_at"):
        return _("%(who)s withdrew a signature from %(thing)s")
    if told.is_new("skipped_at"):
        return _("%(who)s skipped %(thing)s")
    return _("%(who)s took up %(thing)s again") if told.is_gone("skipped_at") else ""


def _milestones_added(told: Told) -> str:
    if told.now("count"):
        return _("%(who)s laid out %(count)s milestones for %(person)s")
    return _("%(who)s added %(thing)s, due on %(of_due_on)s")


def _milestones_removed(told: Told) -> str:
    if told.was("count"):
        return _("%(who)s removed %(count)s milestones of %(person)s")
    return ""


def _exported(told: Told) -> str:
    if told.entry.program_id:
        return _("%(who)s exported %(subject)s of “%(program)s”")
    if told.is_own:
        return _("%(who)s exported %(subject)s of their own")
    if told.entry.person_id:
        return _("%(who)s exported %(subject)s of %(person)s")
    return _("%(who)s exported %(subject)s")


def _downloaded(told: Told) -> str:
    if told.is_own:
        return _("%(who)s gathered all that is held of them")
    if told.entry.person_id:
        return _("%(who)s gathered all that is held of %(person)s")
    return _("%(who)s downloaded %(subject)s")


def _says(form: str | Promise) -> Callable[[Told], str]:
    return lambda _told: str(form)


SPECIAL: Final[Mapping[tuple[str, str], Callable[[Told], str]]] = {
    (MEMBERSHIP, "added"): _member_added,
    (MEMBERSHIP, "changed"): _member_changed,
    (INVITATION, "added"): _says(later("%(who)s invited somebody as %(of_role)s")),
    (INVITATION, "changed"): _invitation_changed,
    (ORGANISATION, "added"): _says(later("%(who)s set up the organisation")),
    ("accounts.holiday", "added"): _says(later("%(who)s added %(thing)s, %(of_day)s")),
    (ERASURE, "added"): _says(later("%(who)s asked for %(thing)s")),
    (ERASURE, "changed"): _erasure_changed,
    (FACTOR, "added"): _says(later("%(who)s added %(thing)s: %(of_type)s")),
    (FACTOR, "removed"): _says(later("%(who)s removed %(thing)s: %(of_type)s")),
    (MESSAGES, "added"): _says(later("%(who)s let the messages of “%(program)s” rest")),
    (MESSAGES, "removed"): _says(
        later("%(who)s let the messages of “%(program)s” go out again")
    ),
    (FRAMEWORK, "added"): _says(
        later("%(who)s chose the framework %(of_framework)s for “%(program)s”")
    ),
    ("password", "did"): _says(later("%(who)s chose another password")),
    (PROGRAM, "added"): _says(later("%(who)s set up %(thing)s")),
    (PROGRAM, "changed"): _program_changed,
    (STAFF, "added"): _says(
        later("%(who)s made %(person)s %(of_role)s of “%(program)s”")
    ),
    (STAFF, "removed"): _says(
        later("%(who)s took %(person)s out of those who run “%(program)s”")
    ),
    (ENROLMENT, "added"): _says(
        later("%(who)s enrolled %(person)s in “%(program)s” as %(of_side)s")
    ),
    (ENROLMENT, "removed"): _says(
        later("%(who)s took %(person)s out of “%(program)s”")
    ),
    (PAIRING, "added"): _pairing_added,
    (PAIRING, "changed"): _pairing_changed,
    (PAUSE, "added"): _says(
        later(
            "%(who)s arranged a pause of %(person)s and %(other)s from %(of_starts_on)s"
        )
    ),
    (PHASE, "added"): _says(
        later("%(who)s asked %(person)s and %(other)s to go on to “%(of_phase)s”")
    ),
    (PHASE, "changed"): _phase_changed,
    (MILESTONE, "added"): _milestones_added,
    (MILESTONE, "changed"): _milestone_changed,
    (MILESTONE, "removed"): _milestones_removed,
    ("export", "did"): _exported,
    ("download", "did"): _downloaded,
    ("backup", "did"): _says(later("%(who)s made a backup")),
    ("sign_in", "did"): _says(later("%(who)s signed in")),
}
