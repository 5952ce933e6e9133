"""URLs of the link by which a citizen follows a report."""

from django.urls import URLPattern, URLResolver


urlpatterns: list[URLPattern | URLResolver] = []
