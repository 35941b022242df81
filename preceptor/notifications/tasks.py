from celery import shared_task
from django.utils import timezone

from preceptor.notifications import deliverer, planner


@shared_task
def plan() -> None:
    planner.plan(timezone.now())
    deliver.delay()


@shared_task
def deliver() -> None:
    deliverer.drain()
