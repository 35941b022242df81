from celery import shared_task
from django.utils import timezone

from preceptor.notifications import deliverer, planner, pruning


@shared_task
def plan() -> None:
    planner.plan(timezone.now())
    deliver.delay()


@shared_task
def deliver() -> None:
    deliverer.drain()


@shared_task
def prune_outbox() -> None:
    pruning.prune_outbox(timezone.now())
