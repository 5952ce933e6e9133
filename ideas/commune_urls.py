"""URLs of ideas on a commune's site."""

from django.urls import URLPattern, URLResolver


app_name = "ideas"
urlpatterns: list[URLPattern | URLResolver] = []
