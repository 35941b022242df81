from celery import shared_task
from django.utils import timezone

from preceptor.insights.figures import closing


@shared_task
def close_months() -> None:
    closing.close_months(timezone.now())


@shared_task
def prune_reports() -> None:
    # Its module starts the task below.
    from preceptor.insights.quarterly.actions import prune_reports  # noqa: PLC0415

    prune_reports(timezone.now())


@shared_task
def make_report(report_id: int) -> None:
    # Its module starts this task.
    from preceptor.insights.quarterly.actions import take_up  # noqa: PLC0415

    take_up(report_id)
