"""Rows of sessions: they go when they ran out, and looking alone makes none."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from preceptor.accounts.tasks import forget_old_sessions

pytestmark = pytest.mark.django_db


def kept() -> str:
    session = SessionStore()
    session["words"] = "some"
    session.create()
    return session.session_key or ""


def test_sessions_that_ran_out_go() -> None:
    old, new = kept(), kept()
    rows = Session.objects.filter(session_key=old)
    rows.update(expire_date=timezone.now() - timedelta(seconds=1))
    forget_old_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == [new]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/login/code/",
        "/accounts/login/code/confirm/",
        "/accounts/2fa/authenticate/",
        "/accounts/2fa/webauthn/login/",
        "/accounts/logout/",
        "/privacy/",
        "/o/tidewater/",
        "/healthz",
        "/nothing-here/",
    ],
)
def test_who_only_looks_leaves_no_session(path: str) -> None:
    Client().get(path)
    assert not Session.objects.exists()
