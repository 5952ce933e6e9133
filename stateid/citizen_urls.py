"""A commune's host: on the way to FranceConnect and back."""

from django.urls import path

from stateid import commune_views


urlpatterns = [
    path("franceconnect/", commune_views.leave, name="franceconnect"),
    path("franceconnect/retour/", commune_views.come_back, name="franceconnect_back"),
]
