"""URLs of places, of the pictures of the map, and of photos."""

from django.urls import path

from incidents import map_views, photo_views, place_views


urlpatterns = [
    path("carte/contour.json", map_views.outline, name="outline"),
    path("tuiles/<int:z>/<int:x>/<int:y>.png", map_views.tile, name="tile"),
    path("adresse/", place_views.suggest, name="suggest_address"),
    path("adresse/ici/", place_views.here, name="here"),
    path("photo/<str:signed>.jpg", photo_views.photo, name="photo"),
]
