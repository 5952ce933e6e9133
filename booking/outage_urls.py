"""URLs of the outages at the counter, under ``/agent/panne/``."""

from django.urls import path

from booking import outage_views as views


urlpatterns = [
    path("", views.listed, name="outages"),
    path("nouvelle/", views.report, name="outage_report"),
    path("fermeture/<int:pk>/", views.follow, name="outage_follow"),
    path("<int:pk>/", views.one, name="outage"),
    path("<int:pk>/propositions/", views.propose, name="outage_propose"),
    path("<int:pk>/reparation/", views.repair, name="outage_repair"),
    path("<int:pk>/reponse/<reference:reference>/", views.accept, name="outage_accept"),
]
