from django.apps import AppConfig


class MutualConfig(AppConfig):
    name = "mutual"
