"""URLs of the reports, for the team."""

from django.urls import path

from incidents import desk_views


urlpatterns = [
    path("", desk_views.listed, name="list"),
    path("<reference:reference>/", desk_views.report, name="report"),
    path("<reference:reference>/passer/", desk_views.move, name="move"),
    path("<reference:reference>/<slug:what>/", desk_views.act, name="act"),
]
