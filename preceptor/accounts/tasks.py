from smtplib import SMTPException

from celery import shared_task
from django.contrib.sessions.backends.cached_db import SessionStore
from django.utils import timezone

from preceptor.accounts import mail, pruning
from preceptor.accounts.models import StagedUpload
from preceptor.accounts.signing_in import seeds


@shared_task
def forget_stale_uploads() -> None:
    StagedUpload.objects.stale(timezone.now()).delete()


@shared_task
def forget_old_sessions() -> None:
    """Those that ran out: signed in or not, nothing else removes their rows."""
    SessionStore.clear_expired()


@shared_task
def seal_seeds() -> None:
    seeds.seal_seeds()


@shared_task
def prune_history() -> None:
    pruning.prune_history(timezone.now())


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=10, max_retries=8)
def send_invitation(invitation_id: int) -> None:
    mail.send_invitation(invitation_id)
