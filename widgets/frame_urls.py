"""URLs of what the commune's existing site shows: no cookie, no session, no form."""

from django.urls import path

from widgets import frame_views


app_name = "frames"
urlpatterns = [
    path("w.js", frame_views.script, name="script"),
    path("widget/rdv/", frame_views.booking, name="booking"),
    path("widget/signalement/", frame_views.report, name="report"),
    path("widget/badge.json", frame_views.badge, name="badge"),
]
