from celery import shared_task
from django.utils import timezone

from preceptor.accounts.models import StagedUpload


@shared_task
def forget_stale_uploads() -> None:
    StagedUpload.objects.stale(timezone.now()).delete()
