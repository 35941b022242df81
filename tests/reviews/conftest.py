from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from preceptor.accounts.models import Membership
from reviews import actions
from reviews.change_forms import ChangeForm
from reviews.models import BlindPass, Finding, ReviewSession
from tests.cast import Cast

As = Callable[[Membership], Client]
BASE = "/o/tidewater/sessions/"

DIFF = """diff --git a/src/delivery.py b/src/delivery.py
--- a/src/delivery.py
+++ b/src/delivery.py
@@ -1,3 +1,5 @@
 import logging
+import time
 def deliver(event):
-    return post(event)
+    time.sleep(2)
+    return post(event, timeout=0)
"""
PROVENANCE = {"tool": "agent", "model": "spring", "driver": "nobody", "claim": "Safe."}
FINDING = {
    "path": "src/delivery.py",
    "file_side": "new",
    "line_from": "4",
    "line_to": "5",
    "category": "edge_case",
    "severity": "major",
    "title": "The timeout is 0",
    "text": "It **never** connects.",
}
CLOSE = {"verdict": "fix", "word": "slow", "unexplained_because": "No time left."}
VERDICT = {"verdict": "reject", "confidence": "25"}


def open_as(member: Membership, as_: As, cast: Cast, **more: str) -> ReviewSession:
    """A session opened through its pages."""
    client = as_(member)
    fields = {"pairing": str(cast.pairing.pk), "title": "Retry", "diff": DIFF}
    answer = client.post(f"{BASE}new/", {**fields, **PROVENANCE, **more})
    assert answer.status_code == 303, answer.content.decode()
    answer = client.post(answer["Location"])
    assert answer.status_code == 303
    return ReviewSession.objects.get(pk=int(answer["Location"].split("/")[-3]))


@pytest.fixture
def reading(cast: Cast) -> ReviewSession:
    """Ines and Tomasz read a change of one file, each alone.

    Hundreds of tests begin with it, so that it takes what the pages do and not the
    pages; a test beside them holds that both leave the same.
    """
    form = ChangeForm({"title": "Retry", "diff": DIFF, **PROVENANCE})
    assert form.is_valid(), form.errors
    staged = actions.stage_change(
        actor=cast.ines,
        pairing=cast.pairing,
        bundle=form.bundle(),
        change=form.change,
        details={**form.details(), "planned": "", "suggestion": ""},
    )
    session = actions.confirm_change(
        actor=cast.ines,
        staged_pk=staged.pk,
        removing=(),
        provenance={},
        now=timezone.now(),
    )
    assert session is not None
    return ReviewSession.objects.get(pk=session.pk)


@pytest.fixture
def revealed(reading: ReviewSession, cast: Cast) -> ReviewSession:
    """Both found the timeout, Tomasz a second one; both locked and revealed."""
    timeout = {**FINDING, "line_from": 4, "line_to": 5}
    race = {**timeout, "title": "A sleep hides a race", "category": "concurrency"}
    race |= {"line_from": 2, "line_to": 2, "severity": "critical"}
    both = (cast.ines, cast.tomasz)
    for member, words in (*((one, timeout) for one in both), (cast.tomasz, race)):
        actions.add_finding(
            actor=member, session=reading, key=None, words=words, revision=1
        )
    now = timezone.now()
    for member in both:
        actions.lock_pass(
            actor=member,
            session=reading,
            verdict=VERDICT["verdict"],
            confidence=Decimal("0.25"),
            now=now,
        )
    actions.reveal(session=reading, now=now)
    reading.refresh_from_db()
    assert reading.state == ReviewSession.State.REVEALED
    return reading


def finding_of(session: ReviewSession, member: Membership) -> Finding:
    """Their finding about the timeout."""
    return session.findings.get(author=member, title=FINDING["title"])


def pass_by(session: ReviewSession, member: Membership) -> BlindPass:
    return session.passes.get(reviewer=member)
