"""Pages of a commune's administrators."""

from django.urls import path

from stateid import commune_views


app_name = "stateid"
urlpatterns = [path("", commune_views.offer, name="citizens")]
