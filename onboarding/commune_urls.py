"""URLs of a commune's own pages about its place in Parvis, under ``/agent/commune/``."""

from django.urls import path

from onboarding import commune_views


app_name = "onboarding"
urlpatterns = [
    path("", commune_views.home, name="home"),
]
