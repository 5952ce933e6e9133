from django.apps import AppConfig


class PlainBookingConfig(AppConfig):
    name = "benchmarks.sites.plain"
    label = "booking"
