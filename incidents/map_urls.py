"""URLs of places, of the pictures of the map, and of photos."""

from django.urls import path

from incidents import photo_views


urlpatterns = [path("photo/<str:signed>.jpg", photo_views.photo, name="photo")]
