"""URLs of what is measured on the association's site."""

from django.urls import URLPattern, URLResolver


app_name = "adoption"
urlpatterns: list[URLPattern | URLResolver] = []
