"""What messages hold of people."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.held import GONE, NOBODY, STAFF, Held, Topic
from preceptor.notifications.models import (
    CalendarSubscription,
    Delivery,
    Host,
    KindPreference,
    Preferences,
    ProgramMessages,
    Pulse,
    Snooze,
    Webhook,
    Wording,
)

IN_A_PROGRAM = _("It says what was decided for the messages of a program, and when.")

HELD = (
    Held(
        model=Delivery,
        key="messages",
        topic=Topic.MESSAGES,
        what=_("Messages to you: of what kind, when, by which channel. Not their text"),
        whose=("recipient",),
        read_by=STAFF,
        goes=GONE,
        stays=(
            "recipient",
            "kind",
            "channel",
            "state",
            "timing",
            "reason",
            "matter",
            "occurrence",
            "planned_at",
            "sent_at",
            "read_at",
            "withdrawn_at",
            "error",
        ),
    ),
    Held(
        model=Snooze,
        key="put_off",
        topic=Topic.MESSAGES,
        what=_("Messages that you put off or marked as done"),
        whose=("member",),
        read_by=NOBODY,
        goes=GONE,
        stays=("member", "matter", "until"),
    ),
    Held(
        model=Preferences,
        key="message_hours",
        topic=Topic.MESSAGES,
        what=_("When and how you want to be written to"),
        whose=("member",),
        read_by=NOBODY,
        goes=GONE,
        stays=(
            "member",
            "working_days",
            "quiet_from",
            "quiet_until",
            "digest_at",
            "weekly_on",
            "weekly_budget",
            "by_email",
            "by_chat",
        ),
    ),
    Held(
        model=KindPreference,
        key="message_kinds",
        topic=Topic.MESSAGES,
        what=_(
            "Which messages you want. Of one that did not go out for it, those who run"
            " its program see that you had turned it off"
        ),
        whose=("member",),
        read_by=STAFF,
        goes=GONE,
        stays=("member", "kind", "timing"),
    ),
    Held(
        model=CalendarSubscription,
        key="calendar",
        topic=Topic.MESSAGES,
        what=_("That your calendar is subscribed, and when it was fetched last"),
        whose=("member",),
        read_by=NOBODY,
        goes=GONE,
        stays=("member", "made_at", "fetched_at"),
        secret=("token_hash",),
    ),
    Held(
        model=Webhook,
        key="chat",
        topic=Topic.MESSAGES,
        what=_("The chat that messages to you are posted to; its address is sealed"),
        whose=("member",),
        only=Q(program_id=None),
        read_by=NOBODY,
        goes=GONE,
        stays=("member", "service", "host", "made_at"),
        secret=("sealed",),
    ),
    Held(
        model=Webhook,
        key="program_chats",
        topic=Topic.MESSAGES,
        what=_("That you set up the chat of a program"),
        whose=("member",),
        only=Q(program_id__isnull=False),
        read_by=STAFF,
        stays=("member", "service", "made_at"),
        because=IN_A_PROGRAM,
    ),
    Held(
        model=ProgramMessages,
        key="paused_messages",
        topic=Topic.MESSAGES,
        what=_("That you paused the messages of a program"),
        whose=("paused_by",),
        read_by=STAFF,
        stays=("paused_by", "paused_at"),
        because=IN_A_PROGRAM,
    ),
    Held(
        model=Wording,
        key="wordings",
        topic=Topic.MESSAGES,
        what=_("Words that you gave to a program’s messages"),
        whose=("changed_by",),
        read_by=STAFF,
        stays=("changed_by", "kind", "subject", "opening", "changed_at"),
        because=_("They are the program’s words and go on in its messages."),
    ),
)

TEXTS = {
    Delivery: ["error"],
    Host: ["error"],
    Wording: ["subject", "opening"],
}

IMPERSONAL = {
    Host: ["name", "error"],
    Pulse: ["name"],
    CalendarSubscription: ["token_hash"],
    Webhook: ["sealed"],
}
