"""The limit on what is uploaded, while it streams in and before it is parsed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

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
        if start + len(raw_data) > DEFAULT_LIMITS.size:
            if self.request is not None:
                self.request.META[TOO_LARGE] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None


TOO_LARGE = "preceptor.upload_too_large"


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


def was_too_large(request: MemberRequest) -> bool:
    return TOO_LARGE in request.META
