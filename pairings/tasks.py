from smtplib import SMTPException

from celery import shared_task
from django.utils import timezone

from pairings import mail, running
from pairings.actions.pairings import end_all_due
from pairings.actions.pauses import begin_all_due, resume_all_due


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=10, max_retries=8)
def tell_enrolled(enrolment_id: int, actor_id: int) -> None:
    mail.tell_enrolled(enrolment_id, actor_id)


@shared_task
def end_pairings() -> None:
    end_all_due(timezone.now())


@shared_task
def begin_and_end_pauses() -> None:
    now = timezone.now()
    begin_all_due(now)
    resume_all_due(now)


@shared_task
def run_match(run_id: int) -> None:
    running.take_up(run_id)


@shared_task
def check_match(run_id: int) -> None:
    running.check_again(run_id, timezone.now())
