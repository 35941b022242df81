from smtplib import SMTPException

from celery import shared_task
from django.utils import timezone

from preceptor.accounts import mail
from preceptor.accounts.models import StagedUpload


@shared_task
def forget_stale_uploads() -> None:
    StagedUpload.objects.stale(timezone.now()).delete()


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=10, max_retries=8)
def send_invitation(invitation_id: int) -> None:
    mail.send_invitation(invitation_id)
