from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.models import User


class SignupForm(forms.Form):
    """What registration asks beside e-mail and password."""

    full_name = forms.CharField(label=_("Full name"), max_length=120)

    def signup(self, request: HttpRequest, user: User) -> None:
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])
