"""URLs of the figures of a commune."""

from django.urls import path

from booking import figure_views


urlpatterns = [
    path("", figure_views.page, name="figures"),
    path("visites.<str:kind>", figure_views.visits, name="figures_visits"),
    path("personnes.<str:kind>", figure_views.persons, name="figures_persons"),
]
