"""URLs of departures and suspensions on the association's site, under ``/departs/``."""

from django.urls import path

import tenants.converters  # noqa: F401 (registers)
from exchange import departure_views as views


urlpatterns = [
    path("", views.departures_list, name="departures"),
    path("<int:pk>/confirmation/", views.confirm_departure, name="confirm_departure"),
    path("<int:pk>/annulation/", views.cancel_departure, name="cancel_departure"),
    path("<int:pk>/certificat.pdf", views.certificate, name="destruction_certificate"),
    path("suspendre/", views.suspend_commune, name="suspend_commune"),
    path("<insee_code:insee_code>/reprise/", views.resume_commune, name="resume_commune"),
]
