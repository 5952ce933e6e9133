"""URLs of the links that teams and companies hold."""

from django.urls import URLPattern, URLResolver


urlpatterns: list[URLPattern | URLResolver] = []
