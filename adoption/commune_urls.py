"""URLs of a commune's own figures, under ``/agent/commune/chiffres/``."""

from django.urls import path

from adoption import own_views


app_name = "adoption"
urlpatterns = [
    path("", own_views.page, name="own"),
    path("preferences/", own_views.prefer, name="prefer"),
    path("appels/", own_views.calls, name="calls"),
    path("dotation/", own_views.dts, name="own_dts"),
    path("lettres/<str:written>/", own_views.letter, name="own_letter"),
    path("lettres/<str:written>/lettre.pdf", own_views.letter_pdf, name="own_letter_pdf"),
]
