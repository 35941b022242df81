from celery import shared_task
from django.utils import timezone

from reviews import actions


@shared_task
def purge_code() -> None:
    actions.purge_kept_too_long(timezone.now())
