"""URLs of what communes share on the association's site."""

from django.urls import URLPattern, URLResolver


app_name = "mutual"
urlpatterns: list[URLPattern | URLResolver] = []
