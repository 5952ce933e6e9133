"""URLs of training on the association's site."""

from django.urls import URLPattern, URLResolver


app_name = "training"
urlpatterns: list[URLPattern | URLResolver] = []
