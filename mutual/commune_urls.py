"""URLs of what communes share on a commune's site."""

from django.urls import path

from mutual import citizen_views, commune_views


app_name = "mutual"
urlpatterns = [
    path("agent/commune/partage/", commune_views.home, name="commune"),
    path("agent/commune/partage/standard/ouvrir/", commune_views.open_desk, name="open_desk"),
    path("agent/commune/partage/standard/fermer/", commune_views.close_desk, name="close_desk"),
    path("rendez-vous-partages/", citizen_views.neighbours, name="neighbours"),
    path("rendez-vous-partages/arrivee/", citizen_views.arrive, name="arrive"),
]
