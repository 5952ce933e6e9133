"""The measured page."""

from django.urls import path

from benchmarks.sites import page


urlpatterns = [path("page/", page.services)]
