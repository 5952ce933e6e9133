"""Both ends of the hand-over, on the site of a commune or an association."""

from django.urls import path

from identity import views


urlpatterns = [
    path("connexion/", views.login, name="login"),
    path("connexion/retour/", views.handover, name="handover"),
    path("deconnexion/", views.logout, name="logout"),
]
