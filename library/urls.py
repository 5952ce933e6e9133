"""URLs of the library on the association's site."""

from django.urls import URLPattern, URLResolver


app_name = "library"
urlpatterns: list[URLPattern | URLResolver] = []
