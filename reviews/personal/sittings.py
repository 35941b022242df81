"""What sittings, blind passes and conversations hold of people."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.held import (
    THE_RECORD,
    Held,
    Topic,
)
from preceptor.accounts.rights import Resource
from reviews.models import (
    BlindPass,
    ReviewSession,
    Transcript,
)

SITTINGS = (
    Held(
        model=ReviewSession,
        key="sessions",
        topic=Topic.SESSIONS,
        what=_(
            "Review sessions that you took part in: day, minutes, the name of the"
            " change, which AI tool wrote it"
        ),
        whose=("junior", "mentor"),
        read_by=Resource.RECORD,
        stays=(
            "pairing",
            "mentor",
            "junior",
            "title",
            "link",
            "state",
            "is_logged",
            "planned_at",
            "planned_minutes",
            "led_by",
            "opened_at",
            "revealed_at",
            "closed_at",
            "held_on",
            "minutes",
            "next_on",
            "verdict",
            "tool",
            "model",
            "driver",
            "edited_share",
        ),
        because=THE_RECORD,
    ),
    Held(
        model=ReviewSession,
        key="accounts",
        topic=Topic.SESSIONS,
        what=_(
            "What the two of you wrote about a session: how it went, what the change"
            " claims, why a flaw was not explained. Nobody can tell your words apart"
        ),
        whose=("junior", "mentor"),
        only=~Q(account="", claim="", unexplained_because=""),
        read_by=Resource.SESSION_TEXT,
        goes={"account": "", "claim": "", "unexplained_because": ""},
        stays=("held_on",),
        because=THE_RECORD,
    ),
    Held(
        model=ReviewSession,
        key="released",
        topic=Topic.SESSIONS,
        what=_("That you opened a session although a pass was missing"),
        whose=("released_by",),
        read_by=Resource.RECORD,
        stays=("released_by", "revealed_at"),
        because=THE_RECORD,
    ),
    Held(
        model=BlindPass,
        key="passes",
        topic=Topic.SESSIONS,
        what=_(
            "Your blind passes: verdict, confidence, when you locked them. The other"
            " reads them after the reveal"
        ),
        whose=("reviewer",),
        read_by=Resource.SESSION_TEXT,
        stays=(
            "session",
            "reviewer",
            "side",
            "verdict",
            "confidence",
            "opened_at",
            "locked_at",
        ),
        because=_(
            "Who caught what alone, and how the two agreed, is counted from both"
            " passes: without yours the other’s figures would be wrong."
        ),
    ),
    Held(
        model=Transcript,
        key="conversations",
        topic=Topic.SESSIONS,
        what=_("Conversations with an AI tool of your sessions"),
        whose=("session__junior", "session__mentor"),
        read_by=Resource.SESSION_TEXT,
        goes={"blob": None, "name": ""},
        stays=("session", "form", "tool", "model", "turn_count", "created_at"),
        because=THE_RECORD,
    ),
)
