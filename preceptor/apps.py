from django.apps import AppConfig


class PreceptorConfig(AppConfig):
    name = "preceptor"

    def ready(self) -> None:
        from preceptor import acting, bounds, wiring

        acting.listen()
        bounds.speak()
        wiring.connect()
        self._send_elsewhere()

    def _send_elsewhere(self) -> None:
        """Errors and traces, where that was asked for."""
        from django.conf import settings

        if settings.SENTRY_DSN:
            from preceptor.telemetry import errors

            errors.start(settings.SENTRY_DSN, environment=settings.ENVIRONMENT)
        if settings.OTLP_URL:
            from preceptor.telemetry import traces

            traces.start(settings.OTLP_URL, share=settings.TRACED_SHARE)
