"""What the product does with data of people, in plain words."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from preceptor.accounts.models import User
from preceptor.http import AnyRequest, render
from preceptor.personal.privacy import chapters


@login_not_required
@require_GET
def privacy(request: AnyRequest) -> HttpResponse:
    places = request.user.places if isinstance(request.user, User) else []
    context = {
        "chapters": chapters(),
        "memberships": places,
        "days": settings.ERASURE_DAYS,
    }
    return render(request, "personal/privacy.html", context)
