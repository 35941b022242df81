from django.apps import AppConfig


class PreceptorConfig(AppConfig):
    name = "preceptor"

    def ready(self) -> None:
        from preceptor import bounds, wiring

        bounds.speak()
        wiring.connect()
