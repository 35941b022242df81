from django.apps import AppConfig


class PersonalConfig(AppConfig):
    name = "preceptor.personal"
