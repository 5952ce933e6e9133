"""URLs of reports for the team of the commune."""

from django.urls import include, path


app_name = "agent"
urlpatterns = [
    path("", include("incidents.desk_urls")),
    path("", include("incidents.round_urls")),
    path("reglages/", include("incidents.settings_urls")),
    path("chiffres/", include("incidents.figure_urls")),
]
