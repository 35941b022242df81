"""What beat asks the workers for, and when.

A task that waited until it is asked for again, or for too long, is not run any more.
"""

from typing import Any

from celery.schedules import crontab

Entry = dict[str, Any]


def schedule(*, reminders: float) -> dict[str, Entry]:
    """As Celery takes it. Reminders are planned every so many seconds."""
    return {
        "plan-reminders": _every(reminders, "preceptor.notifications.tasks.plan"),
        "look-after-personal-data": _every(
            600.0, "preceptor.personal.tasks.look_after"
        ),
        "forget-stale-uploads": _every(
            600.0, "preceptor.accounts.tasks.forget_stale_uploads"
        ),
        "end-pairings": _hourly("3", "pairings.tasks.end_pairings"),
        "begin-and-end-pauses": _hourly("5", "pairings.tasks.begin_and_end_pauses"),
        "close-months": _hourly("17", "preceptor.insights.tasks.close_months"),
        "purge-code": _nightly("3", "20", "reviews.tasks.purge_code"),
        "forget-old-sessions": _nightly(
            "3", "40", "preceptor.accounts.tasks.forget_old_sessions"
        ),
        "seal-seeds": _nightly("3", "50", "preceptor.accounts.tasks.seal_seeds"),
        "prune-outbox": _nightly(
            "4", "10", "preceptor.notifications.tasks.prune_outbox"
        ),
        "prune-readings": _nightly("4", "20", "progress.tasks.prune_readings"),
        "prune-reports": _nightly("4", "25", "preceptor.insights.tasks.prune_reports"),
        "prune-history": _nightly("4", "30", "preceptor.accounts.tasks.prune_history"),
    }


def _every(seconds: float, task: str) -> Entry:
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


def _hourly(minute: str, task: str) -> Entry:
    at = crontab(minute=minute)
    return {"task": task, "schedule": at, "options": {"expires": 3000.0}}


def _nightly(hour: str, minute: str, task: str) -> Entry:
    at = crontab(hour=hour, minute=minute)
    return {"task": task, "schedule": at, "options": {"expires": 3600.0}}
