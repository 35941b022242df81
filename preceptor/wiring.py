"""The composition root: it imports everything; the start of the app imports it."""

from pairings import ports
from preceptor.celery import app as celery_app
from preceptor.notifications import kinds
from progress.actions import begin_plan
from progress.reminders import MILESTONE


def connect() -> None:
    """Attaches what upper apps do to the ports and registries of lower ones."""
    celery_app.set_default()
    ports.started.append(begin_plan)
    kinds.register(MILESTONE)
