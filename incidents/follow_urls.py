"""URLs of the link by which a citizen follows a report."""

from django.urls import path

from incidents import follow_views


urlpatterns = [path("suivi/<str:secret>/", follow_views.follow, name="follow")]
