"""The limit on what is uploaded, while it streams in and before it is parsed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from preceptor.http import MemberRequest
from reviews.diffs import DEFAULT_LIMITS

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[MemberRequest, Arguments], HttpResponse]


class LimitedUpload(FileUploadHandler):
    """Drops a file as soon as it grows beyond the limit; other fields still arrive."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > size_limit(self.field_name):
            if self.request is not None:
                self.request.META.setdefault(TOO_LARGE, set()).add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None


TOO_LARGE = "preceptor.upload_too_large"
CONVERSATION = "conversation"
"""The field that takes a conversation with an AI; every other one takes a diff."""


def size_limit(field_name: str | None) -> int:
    """How many bytes a file in that field may have."""
    if field_name == CONVERSATION:
        limit: int = settings.PRECEPTOR_TRANSCRIPT_BYTES
        return limit
    return DEFAULT_LIMITS.size


def limits_uploads(view: "View[Arguments]") -> "View[Arguments]":
    """Puts the limit in place before anything, the CSRF check too, reads the body."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def limited(
        request: MemberRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        request.upload_handlers.insert(0, LimitedUpload(request))
        return protected(request, *args, **kwargs)

    return limited


def was_too_large(request: MemberRequest, field_name: str = "patch") -> bool:
    return field_name in request.META.get(TOO_LARGE, ())
