"""URLs of reports on a commune's site: citizens here, the team under ``/agent/signalements/``."""

from django.urls import include, path


app_name = "incidents"
urlpatterns = [
    path("", include("incidents.report_urls")),
    path("", include("incidents.follow_urls")),
    path("", include("incidents.public_urls")),
    path("", include("incidents.map_urls")),
    path("", include("incidents.work_urls")),
    path("open311/", include("incidents.open311_urls")),
    path("agent/signalements/", include("incidents.staff_urls")),
]
