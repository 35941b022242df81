from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "preceptor.notifications"

    def ready(self) -> None:
        from preceptor.notifications import heartbeat

        heartbeat.connect()
