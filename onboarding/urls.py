"""URLs of the association's pages about its communes."""

from django.urls import path

from onboarding import views


urlpatterns = [
    path("communes/", views.communes, name="communes"),
    path("communes/<str:insee_code>/", views.commune, name="commune_card"),
]
