"""URLs of what leaves a commune."""

from django.urls import path

from exchange import archive_views, departure_views


urlpatterns = [
    path("archives/", archive_views.archives, name="archives"),
    path("archives/demande/", archive_views.ask_archive, name="ask_archive"),
    path("archives/<int:pk>/fichier/", archive_views.take_archive, name="take_archive"),
    path("archives/dictionnaire.csv", archive_views.dictionary, name="dictionary"),
    path("depart/", departure_views.leave, name="leave"),
    path("depart/demande/", departure_views.ask_leave, name="ask_leave"),
    path("depart/annulation/", departure_views.cancel_leave, name="cancel_leave"),
]
