from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from preceptor.http import MemberRequest
from reviews.access import session_to_reread
from reviews.export import exported, readable
from reviews.models import ReviewSession


@require_GET
def export_json(request: MemberRequest, pk: int) -> HttpResponse:
    """The whole session as data, to be saved."""
    session = session_to_reread(request.membership, pk)
    response = JsonResponse(
        exported(session, request.membership),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    return _saved(response, session, "json")


@require_GET
def export_markdown(request: MemberRequest, pk: int) -> HttpResponse:
    """The whole session as a text worth keeping."""
    session = session_to_reread(request.membership, pk)
    text = render_to_string("reviews/export.md", readable(session, request.membership))
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    return _saved(response, session, "md")


def _saved(response: HttpResponse, session: ReviewSession, ending: str) -> HttpResponse:
    name = f"{session.code}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
