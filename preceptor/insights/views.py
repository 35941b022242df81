from django.http import HttpResponse
from django.views.decorators.http import require_GET

from preceptor.http import MemberRequest, render


@require_GET
def today(request: MemberRequest) -> HttpResponse:
    return render(request, "base.html")
