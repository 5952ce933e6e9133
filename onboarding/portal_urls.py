"""URLs of the portal for whoever wants to see what her commune would have."""

from django.urls import path

from onboarding import preview_views


urlpatterns = [
    path("", preview_views.home, name="preview_home"),
    path("creer/", preview_views.ask, name="preview_ask"),
    path("<str:key>/", preview_views.progress, name="preview_progress"),
]
