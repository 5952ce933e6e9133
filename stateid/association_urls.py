"""Pages of an association's direction."""

from django.urls import path

from stateid import association_views


app_name = "stateid"
urlpatterns = [path("", association_views.configure, name="configure")]
