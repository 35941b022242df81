import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from preceptor.accounts.exports import taken_along
from preceptor.doors import EXPORT, limited
from preceptor.http import MemberRequest
from reviews.access import session_to_reread
from reviews.export import exported, readable
from reviews.models import ReviewSession


@limited(EXPORT, methods=("GET",))
@require_GET
def export_json(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The whole session as data, to be saved."""
    session = session_to_reread(request.membership, pk)
    data = exported(session, request.membership)
    body = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    return _saved(request, body, session, "json")


@limited(EXPORT, methods=("GET",))
@require_GET
def export_markdown(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The whole session as a text worth keeping."""
    session = session_to_reread(request.membership, pk)
    text = render_to_string("reviews/export.md", readable(session, request.membership))
    return _saved(request, text, session, "md")


def _saved(
    request: MemberRequest, body: str, session: ReviewSession, ending: str
) -> HttpResponseBase:
    return taken_along(
        body,
        f"{session.code}.{ending}",
        actor=request.membership,
        subject=_("a session (%(form)s)") % {"form": ending.upper()},
        person_id=session.junior_id,
    )
