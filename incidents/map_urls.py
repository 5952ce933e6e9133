"""URLs of places, of the pictures of the map, and of photos."""

from django.urls import URLPattern, URLResolver


urlpatterns: list[URLPattern | URLResolver] = []
