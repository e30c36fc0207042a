from django.apps import AppConfig


class EdunetConfig(AppConfig):
    name = "edunet"
    verbose_name = "EduNet"
