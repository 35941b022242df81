"""What review sessions hold of people, and the files of their export."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.held import (
    ERASED,
    GONE,
    NOBODY,
    OWNERS,
    THE_RECORD,
    Held,
    Topic,
)
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation, Resource
from preceptor.accounts.spelling import Spelled
from reviews.actions.rows import blob_of, drop_unused
from reviews.models import (
    Action,
    BlindPass,
    Blob,
    ChangeSuggestion,
    Comment,
    Decision,
    Draft,
    DrawnFile,
    Explanation,
    Finding,
    Impression,
    Lesson,
    Note,
    Placement,
    RetentionRule,
    ReviewSession,
    Revision,
    SittingFile,
    Transcript,
    ViewedFile,
)

TEXT = Resource.SESSION_TEXT
OF_TWO = ("junior", "mentor")
PAIR = frozenset({Relation.JUNIOR, Relation.MENTOR})

SITTINGS = (
    Held(
        model=ReviewSession,
        key="sessions",
        topic=Topic.SESSIONS,
        what=_(
            "Review sessions that you took part in: day, minutes, the name of the"
            " change, which AI tool wrote it"
        ),
        whose=OF_TWO,
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
        whose=OF_TWO,
        only=~Q(account="", claim="", unexplained_because=""),
        read_by=TEXT,
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
        read_by=TEXT,
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
        read_by=TEXT,
        goes={"blob": None, "name": ""},
        stays=("session", "form", "tool", "model", "turn_count", "created_at"),
        because=THE_RECORD,
    ),
)

WRITTEN = (
    Held(
        model=Finding,
        key="findings",
        topic=Topic.SESSIONS,
        what=_(
            "Flaws that you found: where, of what kind, and what you wrote of them. The"
            " other reads those of a locked pass after the reveal"
        ),
        whose=("author",),
        read_by=TEXT,
        goes={"title": ERASED, "text": "", "suggestion": ""},
        stays=(
            "session",
            "blind_pass",
            "author",
            "path",
            "file_side",
            "line_from",
            "line_to",
            "turn",
            "category",
            "severity",
            "cwe",
            "adjudication",
            "status",
            "created_at",
        ),
        because=_(
            "What kind of flaw was found where is what both of you are counted by; your"
            " words are not."
        ),
    ),
    Held(
        model=Finding,
        key="judged",
        topic=Topic.SESSIONS,
        what=_("That you judged or verified a flaw"),
        whose=("adjudicated_by", "verified_by"),
        read_by=TEXT,
        stays=("adjudicated_by", "adjudication", "verified_by", "verified_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Decision,
        key="decisions",
        topic=Topic.SESSIONS,
        what=_("Steps by which you decided about a flaw"),
        whose=("by",),
        read_by=TEXT,
        stays=("finding", "step", "by", "at"),
        because=THE_RECORD,
    ),
    Held(
        model=Lesson,
        key="lessons",
        topic=Topic.SESSIONS,
        what=_("Lessons that you wrote down"),
        whose=("author",),
        read_by=TEXT,
        goes={"text": ERASED},
        stays=("session", "author", "finding", "created_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Explanation,
        key="explanations",
        topic=Topic.SESSIONS,
        what=_("Flaws that you took apart as a junior, and the mark you got"),
        whose=("finding__session__junior",),
        read_by=TEXT,
        goes={"commit": "", "evidence": "", "cause": "", "test": "", "rule": ""},
        stays=("finding", "mark"),
        because=THE_RECORD,
    ),
    Held(
        model=Explanation,
        key="corrections",
        topic=Topic.SESSIONS,
        what=_("What a mentor said of such an explanation"),
        whose=("finding__session__junior", "finding__session__mentor"),
        read_by=TEXT,
        goes={"done_well": "", "to_correct": ""},
        stays=("finding", "mark"),
        because=THE_RECORD,
    ),
    Held(
        model=Comment,
        key="comments",
        topic=Topic.SESSIONS,
        what=_("What you said under a flaw"),
        whose=("author",),
        read_by=TEXT,
        goes={"text": "", "removed_at": Now()},
        stays=("finding", "author", "created_at", "edited_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Action,
        key="actions",
        topic=Topic.SESSIONS,
        what=_("What somebody is to do because of a session, as you wrote it"),
        whose=("added_by",),
        read_by=TEXT,
        goes={"text": ERASED},
        stays=("session", "added_by", "owner", "due_on", "done_at", "created_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Action,
        key="tasks",
        topic=Topic.SESSIONS,
        what=_("That something is yours to do because of a session"),
        whose=("owner",),
        read_by=TEXT,
        stays=("session", "owner", "due_on", "done_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Impression,
        key="impressions",
        topic=Topic.SESSIONS,
        what=_("The word that you gave a session"),
        whose=("member",),
        read_by=TEXT,
        goes=GONE,
        stays=("session", "member", "word"),
    ),
    Held(
        model=Note,
        key="notes",
        topic=Topic.SESSIONS,
        what=_("Your own notes on a session"),
        whose=("author",),
        read_by=NOBODY,
        goes=GONE,
        stays=("session", "author", "text", "saved_at"),
    ),
    Held(
        model=Draft,
        key="drafts",
        topic=Topic.SESSIONS,
        what=_("Findings that you typed and did not save"),
        whose=("author",),
        read_by=NOBODY,
        goes=GONE,
        stays=("session", "author", "words", "saved_at"),
    ),
    Held(
        model=ViewedFile,
        key="viewed",
        topic=Topic.SESSIONS,
        what=_("Which files of a change you ticked as read"),
        whose=("member",),
        read_by=NOBODY,
        goes=GONE,
        stays=("session", "member", "path", "viewed_at"),
    ),
    Held(
        model=ChangeSuggestion,
        key="suggestions",
        topic=Topic.SESSIONS,
        what=_("Changes that you suggested to look at"),
        whose=("author",),
        read_by=PAIR,
        goes=GONE,
        stays=("pairing", "author", "title", "link", "reason", "created_at"),
    ),
    Held(
        model=RetentionRule,
        key="retention",
        topic=Topic.SESSIONS,
        what=_("That you said how long code is kept"),
        whose=("set_by",),
        read_by=OWNERS,
        stays=("set_by", "days", "set_at"),
        because=_("It is a rule of the organisation."),
    ),
)

HELD = SITTINGS + WRITTEN

TEXTS = {
    ReviewSession: [
        *("title", "link", "account", "claim", "unexplained_because"),
        *("tool", "model"),
    ],
    Transcript: ["name", "tool", "model"],
    Finding: ["path", "title", "text", "suggestion"],
    Placement: ["path"],
    SittingFile: ["path"],
    ViewedFile: ["path"],
    Lesson: ["text"],
    Explanation: [
        *("commit", "evidence", "cause", "test", "rule", "done_well", "to_correct"),
    ],
    Comment: ["text"],
    Action: ["text"],
    Impression: ["word"],
    Note: ["text"],
    Draft: ["words"],
    ChangeSuggestion: ["title", "link", "reason"],
}
"""Paths, too: they are struck alike here and in the changes; see `strike`."""

IMPERSONAL = {
    Blob: ["sha256", "body"],
    Revision: ["sha256"],
    Transcript: ["sha256"],
    Placement: ["path", "file_side"],
    SittingFile: ["path"],
    DrawnFile: ["language", "path", "note", "digest", "body"],
    ViewedFile: ["digest"],
}
"""The changes are code of the organisation. Of who is erased those go that name them,
and in others’ the name is struck: see `clean` and `strike`."""


def files(member: Membership) -> Iterator[tuple[str, bytes]]:
    """Changes and conversations of the sessions that somebody took part in.

    Each is asked for alone, so that no more than one is in memory.
    """
    revisions = Revision.objects.filter(_took_part(member), blob__isnull=False)
    for pk in revisions.order_by("pk").values_list("pk", flat=True):
        if row := revisions.select_related("blob").filter(pk=pk).first():
            yield f"changes/session-{row.session_id}-{row.number}.diff", row.data
    talks = Transcript.objects.filter(_took_part(member), blob__isnull=False)
    for pk in talks.order_by("pk").values_list("pk", flat=True):
        talk = talks.select_related("blob").filter(pk=pk).first()
        if talk and talk.blob:
            ending = _ending(talk.name)
            path = f"conversations/session-{talk.session_id}-{talk.pk}{ending}"
            yield path, talk.blob.data


def _ending(name: str) -> str:
    """Of a file's name, where it has one that says something."""
    last = name.rpartition(".")[2]
    return f".{last}" if last.isalnum() and len(last) <= 5 else ".txt"


def clean(member: Membership, spelled: Spelled) -> None:
    """Code of theirs that names them, as a patch does; its hash is what stays."""
    rows = Revision.objects.filter(_took_part(member), blob__isnull=False)
    for pk in rows.values_list("pk", flat=True).order_by("pk"):
        revision = rows.select_related("blob").filter(pk=pk).first()
        if revision and spelled.is_in_file(revision.data):
            digest = bytes.fromhex(revision.digest)
            Revision.objects.filter(pk=pk).update(sha256=digest, blob=None)
    with transaction.atomic():
        drop_unused(Blob.objects.filter(organisation=member.organisation_id))


def strike(organisation: int, spelled: Spelled) -> None:
    """Out of the changes and conversations of others, whose lines stay where they are.

    The hash goes on to be that of the bytes as they came, by which evidence finds them.
    Single words are left: in code they mean something else.
    """
    names = Spelled(spelled.names)
    blobs = Blob.objects.filter(organisation=organisation)
    for pk in blobs.order_by("pk").values_list("pk", flat=True):
        blob = blobs.filter(pk=pk).first()
        data = blob.data if blob else b""
        if blob and (struck := names.struck(data)) is not data:
            _replace(blob, struck)


@transaction.atomic
def _replace(blob: Blob, body: bytes) -> None:
    fresh = blob_of(blob.organisation_id, body)
    revisions = Revision.objects.filter(blob=blob)
    revisions.update(sha256=Coalesce("sha256", Value(bytes(blob.sha256))), blob=fresh)
    Transcript.objects.filter(blob=blob).update(blob=fresh)
    drop_unused(Blob.objects.filter(pk=blob.pk))


def _took_part(member: Membership) -> Q:
    return Q(session__junior=member) | Q(session__mentor=member)
