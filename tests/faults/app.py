"""Beat and worker as they are, but for waits that a test has no time for."""

from datetime import timedelta
from typing import Any

import django
from celery.signals import worker_init

from preceptor.celery import app

__all__ = ["app"]


@worker_init.connect
def hurry(**_: Any) -> None:
    """Tries again after a second where the product waits for a minute."""
    django.setup()
    from preceptor.notifications.delivering import claims, gates  # noqa: PLC0415

    claims.BACK_OFF = gates.REST = timedelta(seconds=1)
