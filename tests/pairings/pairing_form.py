"""The form that pairs two people, as a test fills it in."""

from django.utils import timezone

from pairings.models import Enrolment
from tests.cast import Cast


def form(cast: Cast, **changed: object) -> dict[str, object]:
    return {
        "mentor": cast.anjali_enrolled.pk,
        "kind": "primary",
        "starts_on": timezone.localdate().isoformat(),
        "last_on": cast.program.last_on.isoformat(),
        **changed,
    }


def page(cast: Cast, junior: Enrolment | None = None) -> str:
    query = f"?junior={junior.pk}" if junior else ""
    return f"/o/tidewater/programs/{cast.program.pk}/pair/{query}"


def refused(response: object, field: str) -> str:
    assert response.status_code == 422  # type: ignore[attr-defined]
    [error] = response.context["form"].errors[field]  # type: ignore[attr-defined]
    assert response.context["form"].errors.keys() == {field}  # type: ignore[attr-defined]
    assert error in response.content.decode()  # type: ignore[attr-defined]
    return str(error)
