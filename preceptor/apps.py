from django.apps import AppConfig


class PreceptorConfig(AppConfig):
    name = "preceptor"

    def ready(self) -> None:
        from preceptor import wiring

        wiring.connect()
