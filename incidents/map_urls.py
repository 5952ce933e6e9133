"""URLs of places, of the pictures of the map, and of photos."""

from django.urls import path

from incidents import map_views, photo_views


urlpatterns = [
    path("carte/contour.json", map_views.outline, name="outline"),
    path("photo/<str:signed>.jpg", photo_views.photo, name="photo"),
]
