"""URLs of what communes share on a commune's site."""

from django.urls import URLPattern, URLResolver


app_name = "mutual"
urlpatterns: list[URLPattern | URLResolver] = []
