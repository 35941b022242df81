from celery import shared_task
from django.utils import timezone

from progress import readings


@shared_task
def prune_readings() -> None:
    readings.prune_readings(timezone.now())
