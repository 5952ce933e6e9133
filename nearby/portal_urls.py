"""URLs of the portal and of an association's site: what is free in all communes."""

from django.urls import path

from nearby import data_views, map_views, portal_views


app_name = "nearby"
urlpatterns = [
    path("trouver/", portal_views.find, name="find"),
    path("trouver/contour.json", map_views.outline, name="outline"),
    path("trouver/tuiles/<int:z>/<int:x>/<int:y>.png", map_views.tile, name="tile"),
    path("donnees/creneaux/", data_views.about, name="data"),
    path("donnees/creneaux.csv", data_views.as_csv, name="data_csv"),
    path("donnees/creneaux.json", data_views.as_json, name="data_json"),
]
