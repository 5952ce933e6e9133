"""A commune's site as it is in demo mode."""

from django.urls import include, path


urlpatterns = [
    path("demo/", include("demo.urls")),
    path("", include("parvis.urls_commune")),
]
handler404 = "parvis.error_views.not_found"
