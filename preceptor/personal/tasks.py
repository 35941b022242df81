from celery import shared_task
from django.utils import timezone

from preceptor.personal import chores, erasing, gathering


@shared_task
def gather(archive_id: int) -> None:
    gathering.take_up(archive_id)


@shared_task
def erase(erasure_id: int) -> None:
    erasing.take_up(erasure_id)


@shared_task
def look_after() -> None:
    chores.look_after(timezone.now())
