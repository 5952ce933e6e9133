"""URLs of the library on a commune's site."""

from django.urls import URLPattern, URLResolver


app_name = "library"
urlpatterns: list[URLPattern | URLResolver] = []
