"""URLs of what comes in and goes out on a commune's site."""

from django.urls import URLPattern, URLResolver


app_name = "exchange"
urlpatterns: list[URLPattern | URLResolver] = []
