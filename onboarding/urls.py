"""URLs of the association's own pages."""

from django.urls import path

from onboarding import views


urlpatterns = [
    path("", views.home, name="dashboard"),
    path("communes/", views.communes, name="communes"),
    path("communes.csv", views.export, name="communes_csv"),
    path("communes/<str:insee_code>/", views.commune, name="commune_card"),
    path("mesures/", views.definitions, name="definitions"),
]
