"""URLs of ideas on the association's site."""

from django.urls import URLPattern, URLResolver


app_name = "ideas"
urlpatterns: list[URLPattern | URLResolver] = []
