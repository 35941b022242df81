from django.db import connection
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_GET

from preceptor.http import MemberRequest, render
from preceptor.urls import urlpatterns as product


@require_GET
def trivial(request: MemberRequest) -> HttpResponse:
    """One trivial query behind the same sign-in, session and membership look-ups."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return render(request, "base.html")


urlpatterns: list[URLPattern | URLResolver] = [
    path("o/<slug:slug>/trivial/", trivial, name="trivial"),
    *product,
]
