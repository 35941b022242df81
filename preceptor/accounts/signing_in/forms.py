from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.signing_in import saml
from preceptor.accounts.signing_in.adapter import provider_address
from preceptor.accounts.signing_in.claims import Refused
from preceptor.accounts.signing_in.connect import seal
from preceptor.accounts.signing_in.domains import domain_name
from preceptor.accounts.signing_in.models import Provider, Rules
from preceptor.outward import NotAllowed


def _text() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class ProviderForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("People read it when they sign in, say Tidewater or Okta."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    asks_factor = forms.BooleanField(
        label=_("Its second step counts here"),
        required=False,
        help_text=_(
            "Where this organisation asks its staff for a second step, and the provider"
            " says that it asked for one, none is asked again."
        ),
    )

    def __init__(self, *args: Any, provider: Provider | None, **kwargs: Any) -> None:
        names = [name for name in self.base_fields if hasattr(Provider, name)]
        known = {name: getattr(provider, name) for name in names} if provider else {}
        kwargs["initial"] = known
        super().__init__(*args, **kwargs)
        self.provider = provider
        self.order_fields(["name", "issuer", "client_id", "secret"])

    @property
    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ConnectForm(ProviderForm):
    """OpenID Connect. The secret that stands is kept where none is entered."""

    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=500,
        help_text=_(
            "An address such as https://login.example.com. Beneath it the provider"
            " describes itself at /.well-known/openid-configuration."
        ),
        widget=_text(),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=255, widget=_text())
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    vouches = forms.BooleanField(
        label=_("Its addresses are verified"),
        required=False,
        help_text=_(
            "For providers that never say so, such as Microsoft Entra ID. One that says"
            " an address is not verified lets nobody in by it, whatever you choose."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.provider is not None and self.provider.sealed_secret:
            self.fields["secret"].help_text = _(
                "One is kept. Empty leaves it as it is."
            )

    def clean_issuer(self) -> str:
        issuer: str = self.cleaned_data["issuer"].strip()
        try:
            provider_address(issuer)
        except NotAllowed as error:
            raise ValidationError(str(error)) from error
        if "?" in issuer or "#" in issuer or "/.well-known/" in issuer:
            raise ValidationError(_("Enter the issuer alone, without what follows it."))
        return issuer

    def clean(self) -> dict[str, Any]:
        has_one = self.provider is not None and self.provider.sealed_secret
        if not self.cleaned_data.get("secret") and not has_one:
            self.add_error("secret", _("Copy the secret from the provider."))
        return self.cleaned_data

    @property
    def said(self) -> dict[str, Any]:
        said = super().said
        if secret := said.pop("secret"):
            said["sealed_secret"] = seal(secret)
        return said


class FederateForm(ProviderForm):
    """SAML. An address is asked each time that this is saved; what it gave is kept."""

    metadata_url = forms.CharField(
        label=_("Address of its metadata"),
        max_length=500,
        required=False,
        help_text=_("Asked when you save. Leave it empty to paste the metadata."),
        widget=_text(),
    )
    metadata = forms.CharField(
        label=_("Its metadata"),
        required=False,
        strip=True,
        help_text=_("The XML as the provider shows it. An address goes before it."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        address = self.cleaned_data.get("metadata_url", "").strip()
        field = "metadata_url" if address else "metadata"
        xml = self.cleaned_data.get("metadata", "")
        if not address and not xml:
            self.add_error("metadata", _("Enter its address, or paste the metadata."))
            return self.cleaned_data
        try:
            xml = saml.fetched(address) if address else xml
            self.cleaned_data["issuer"] = saml.described(xml)["entityId"]
        except Refused as error:
            self.add_error(field, str(error))
        self.cleaned_data["metadata"] = xml
        return self.cleaned_data

    @property
    def said(self) -> dict[str, Any]:
        """SAML says nothing of whether an address is verified; its owner vouches."""
        return {**super().said, "vouches": True}


FORMS: dict[str, type[ProviderForm]] = {
    Provider.Way.OIDC.value: ConnectForm,
    Provider.Way.SAML.value: FederateForm,
}


class DomainForm(forms.Form):
    name = forms.CharField(
        label=_("Domain"),
        max_length=253,
        help_text=_("What stands behind the @ of your people’s addresses."),
        widget=_text(),
    )

    def clean_name(self) -> str:
        return domain_name(self.cleaned_data["name"])


class RulesForm(forms.Form):
    only_provider = forms.BooleanField(
        label=_("Only through our provider"),
        required=False,
        help_text=_(
            "Whoever has an address of your domains comes in here through the"
            " provider alone, and not by password, code or passkey. Sessions that"
            " came otherwise end. Owners keep their other ways in, for the day on"
            " which the provider fails."
        ),
    )
    staff_factor = forms.BooleanField(
        label=_("A second step for staff"),
        required=False,
        help_text=_(
            "Owners, managers, leads and observers prove a second thing when they"
            " sign in: an app’s code, a passkey or a recovery code. Who has none"
            " sets one up on the spot. It asks whoever is signed in, too."
        ),
    )
    takes_in = forms.BooleanField(
        label=_("Take in people of our domains without an invitation"),
        required=False,
        help_text=_(
            "They become members when they first come through the provider."
            " Otherwise they are told to ask for an invitation."
        ),
    )
    invites_through = forms.BooleanField(
        label=_("Invitations lead to our provider"),
        required=False,
        help_text=_(
            "Who is invited at an address of your domains joins through the"
            " provider, which has to name that very address."
        ),
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        names = self.base_fields
        kwargs["initial"] = {name: getattr(rules, name) for name in names}
        super().__init__(*args, **kwargs)
        self.rules = rules
