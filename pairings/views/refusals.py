"""The page in place of a form that the program's state would refuse."""

from django.http import HttpResponse

from pairings.models import Program
from preceptor.http import MemberRequest, render


def shut(request: MemberRequest, program: Program, title: str) -> HttpResponse:
    """For who writes in the program: why not now, and the step that opens it."""
    context = {"program": program, "title": title, "standing": {"runs": True}}
    return render(request, "pairings/shut.html", context)
