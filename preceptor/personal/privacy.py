"""The privacy page: the table of what is held, by the table of rights, in words."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preceptor.accounts.held import COLLEAGUES, Held, Topic, everything
from preceptor.accounts.rights import Relation

Text = str | Promise

TITLES: dict[Topic, Text] = {
    Topic.ACCOUNT: gettext_lazy("Your account"),
    Topic.PROGRAM: gettext_lazy("Programs and pairings"),
    Topic.SESSIONS: gettext_lazy("Review sessions"),
    Topic.YEAR: gettext_lazy("The year of a junior"),
    Topic.MESSAGES: gettext_lazy("Messages"),
}

WHY: dict[Topic, Text] = {
    Topic.ACCOUNT: gettext_lazy(
        "So that you can sign in, and so that the people you work with know who you"
        " are. It is kept until you are erased. That you downloaded your data, or that"
        " an address, a second factor, a provider’s account or a chat of yours was"
        " added or removed, is in the history, which owners read: its kind, and no"
        " address or secret."
    ),
    Topic.PROGRAM: gettext_lazy(
        "So that mentors and juniors are brought together, and so that who runs a"
        " program sees which pairs need help. It is kept until you are erased."
    ),
    Topic.SESSIONS: gettext_lazy(
        "So that the two of you can learn from what an AI tool wrote: each reads alone"
        " first, then you compare. Code and conversations go after so many days as your"
        " organisation sets, if it sets any; the rest is kept until you are erased."
    ),
    Topic.YEAR: gettext_lazy(
        "So that a junior sees how far they have come. It is the junior’s and survives"
        " a change of mentor. It is kept until the junior is erased; who opened it,"
        " %(readings)s."
    ),
    Topic.MESSAGES: gettext_lazy(
        "So that nobody has to remember what is due. A message’s text is made when it"
        " is sent and not kept. That it was sent is kept %(messages)s, and longer as"
        " long as its reason stands."
    ),
}

PEOPLE: dict[Relation, Text] = {
    Relation.JUNIOR: gettext_lazy("the junior"),
    Relation.MENTOR: gettext_lazy("the mentor"),
    Relation.FORMER_MENTOR: gettext_lazy("a former mentor, of their own time"),
    Relation.NEXT_MENTOR: gettext_lazy("the next mentor, what the junior released"),
    Relation.LINE_MANAGER: gettext_lazy("the line manager"),
    Relation.OBSERVER: gettext_lazy("observers of the program"),
    Relation.LEAD: gettext_lazy("leads of the program"),
    Relation.MANAGER: gettext_lazy("managers"),
    Relation.OWNER: gettext_lazy("owners"),
}

OVERSEERS = (
    Relation.LINE_MANAGER,
    Relation.OBSERVER,
    Relation.LEAD,
    Relation.MANAGER,
    Relation.OWNER,
)


@dataclass(frozen=True, slots=True)
class Row:
    what: Text
    readers: str
    """In words, from the table of rights."""

    erased: str
    """What becomes of it, and why."""


@dataclass(frozen=True, slots=True)
class Chapter:
    topic: Topic
    title: Text
    why: str
    rows: list[Row]
    unseen: list[Text]
    """What nobody who oversees ever reads."""


def chapters() -> list[Chapter]:
    """All that the table names, topic by topic."""
    return [_chapter(topic) for topic in Topic]


def _why(topic: Topic) -> str:
    """With the days for which whoever runs the server keeps what grows."""
    return str(WHY[topic]) % {
        "readings": _kept_for(settings.READINGS_DAYS),
        "messages": _kept_for(settings.OUTBOX_DAYS),
    }


def _kept_for(days: int) -> str:
    if not days:
        return _("until you are erased")
    said = ngettext("for a day at most", "for %(n)d days at most", days)
    return said % {"n": days}


def _chapter(topic: Topic) -> Chapter:
    things = [held for held in everything() if held.topic == topic]
    return Chapter(
        topic=topic,
        title=TITLES[topic],
        why=_why(topic),
        rows=[Row(held.what, readers_of(held), erased_of(held)) for held in things],
        unseen=[held.what for held in things if not held.readers & {*OVERSEERS}],
    )


def readers_of(held: Held) -> str:
    """`the junior, the mentor`; nobody else, or everybody who works with you."""
    if held.read_by is COLLEAGUES:
        return _("you, and members of your organisation who see your name")
    if not held.readers:
        return _("you alone")
    names = [str(PEOPLE[one]) for one in Relation if one in held.readers]
    return _("you; as far as it is theirs to see: %(names)s") % {
        "names": ", ".join(names)
    }


def erased_of(held: Held) -> str:
    if held.row_goes:
        return _("It goes.")
    if held.goes:
        return _("The words go. %(because)s") % {"because": held.because}
    return _("It stays without a name. %(because)s") % {"because": held.because}
