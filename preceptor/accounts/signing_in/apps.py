from django.apps import AppConfig


class SigningIn(AppConfig):
    name = "preceptor.accounts.signing_in"
    label = "signing_in"

    def ready(self) -> None:
        from allauth.account.signals import authentication_step_completed
        from allauth.mfa.signals import authenticator_added

        from preceptor.accounts.entrance import proved
        from preceptor.accounts.signing_in.factors import note_new_factor

        authenticator_added.connect(note_new_factor)
        authentication_step_completed.connect(proved)
