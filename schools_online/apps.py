from django.apps import AppConfig


class SchoolsOnlineConfig(AppConfig):
    name = "schools_online"
    verbose_name = "Schools Online"
