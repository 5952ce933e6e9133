"""URLs of what is measured, on the association's site."""

from django.urls import path

from adoption import views


app_name = "adoption"
urlpatterns = [
    path("", views.home, name="dashboard"),
    path("communes.csv", views.export, name="communes_csv"),
    path("mesures/", views.definitions, name="definitions"),
]
