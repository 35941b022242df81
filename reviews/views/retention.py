from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preceptor.accounts.access import require_owner
from preceptor.http import MemberRequest, redirect, render
from reviews import actions
from reviews.keeping_forms import RetentionForm
from reviews.models import RetentionRule


@require_http_methods(["GET", "POST"])
def retention(request: MemberRequest) -> HttpResponse:
    """For how long code stays; says what a shorter time takes away before it does."""
    require_owner(request.membership)
    rule = RetentionRule.objects.filter(organisation=request.organisation).first()
    form = RetentionForm(
        request.POST or None, initial={"days": rule.days if rule else None}
    )
    going, now = 0, timezone.now()
    if form.is_valid():
        days = form.cleaned_data["days"]
        if days is not None:
            before = now - timedelta(days=days)
            going = actions.to_purge(request.organisation, before).count()
        if not going or form.cleaned_data["is_sure"]:
            actions.set_retention(actor=request.membership, days=days, now=now)
            messages.success(request, _("Saved. The next night goes by it."))
            return redirect(request, "reviews:retention")
    context = {"form": form, "rule": rule, "going": going}
    status = 422 if form.is_bound and not going else 200
    return render(request, "reviews/retention.html", context, status=status)
