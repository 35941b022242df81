from smtplib import SMTPException

from celery import shared_task

from pairings import mail


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=10, max_retries=8)
def tell_enrolled(enrolment_id: int, actor_id: int) -> None:
    mail.tell_enrolled(enrolment_id, actor_id)
