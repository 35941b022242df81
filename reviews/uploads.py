"""The limits on what is uploaded, while it streams in and before it is parsed."""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    SkipFile,
)
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from preceptor.http import MemberRequest
from reviews import transcripts
from reviews.diffs import DEFAULT_LIMITS, Limits

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[MemberRequest, Arguments], HttpResponse]
CONVERSATION = "conversation"
"""The field that takes a conversation with an AI; `patch` takes a diff."""

TOO_LARGE = "preceptor.upload_too_large"


def limits() -> Limits:
    """What a diff may hold, by the settings; context is five times as much."""
    return Limits(
        size=settings.PRECEPTOR_DIFF_BYTES,
        changed=settings.PRECEPTOR_DIFF_LINES,
        lines=5 * settings.PRECEPTOR_DIFF_LINES,
        files=DEFAULT_LIMITS.files,
    )


def talk_limits() -> transcripts.Limits:
    """What a conversation may hold, by the settings."""
    return transcripts.Limits(size=settings.PRECEPTOR_TRANSCRIPT_BYTES)


class LimitedUpload(FileUploadHandler):
    """Drops the files of a field as soon as they grow beyond its limit together.

    Other fields still arrive.
    """

    def __init__(self, request: MemberRequest) -> None:
        super().__init__(request)
        self.most = {"patch": limits().size, CONVERSATION: talk_limits().size}
        self.taken: Counter[str] = Counter()
        self.dropped: set[str] = set()
        request.META[TOO_LARGE] = self.dropped

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        name = self.field_name or ""
        self.taken[name] += len(raw_data)
        if self.taken[name] > self.most.get(name, 0):
            self.dropped.add(name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None


class InMemory(MemoryFileUploadHandler):
    """Keeps what is within the limits off the disk, whatever its size."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


def limits_uploads(view: "View[Arguments]") -> "View[Arguments]":
    """Puts the limit in place before anything, the CSRF check too, reads the body."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def limited(
        request: MemberRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        request.upload_handlers = [LimitedUpload(request), InMemory(request)]
        return protected(request, *args, **kwargs)

    return limited


def was_too_large(request: MemberRequest, field_name: str) -> bool:
    """Whether the field's files were dropped."""
    return field_name in dropped_fields(request)


def dropped_fields(request: MemberRequest) -> set[str]:
    dropped: set[str] = request.META.get(TOO_LARGE, set())
    return dropped
