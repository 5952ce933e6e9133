"""URLs of the figures of reports."""

from django.urls import path

from incidents import figure_views, retention_views


urlpatterns = [
    path("", figure_views.page, name="figures"),
    path("conservation/", retention_views.page, name="retention"),
    path("conservation/eliminations.csv", retention_views.ledger, name="eliminations"),
    path("definitions/", figure_views.definitions, name="figure_definitions"),
    path("<slug:name>.<slug:kind>", figure_views.table, name="figure_table"),
]
