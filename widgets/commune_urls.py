"""URLs of the commune's domain and widget on a commune's site."""

from django.urls import URLPattern, URLResolver


app_name = "widgets"
urlpatterns: list[URLPattern | URLResolver] = []
