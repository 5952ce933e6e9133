"""URLs of the form by which a citizen says something."""

from django.urls import path

from incidents import report_views


urlpatterns = [
    path("signaler/", report_views.report, name="report_form"),
    path("signaler/proches/", report_views.near, name="near"),
    path("signaler/le-meme/<reference:reference>/", report_views.same, name="same"),
    path("e/<slug:token>/", report_views.sticker, name="sticker"),
]
