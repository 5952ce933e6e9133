"""URLs of ideas on a commune's site, under ``/agent/commune/idees/``."""

from django.urls import path

from ideas import commune_views as views


app_name = "ideas"
urlpatterns = [
    path("", views.ideas, name="list"),
    path("proposer/", views.add, name="add"),
    path("feuille-de-route/", views.roadmap, name="road"),
    path("nouveautes/", views.news, name="news"),
    path("<int:pk>/", views.idea, name="idea"),
    path("<int:pk>/voter/", views.vote, name="vote"),
    path("<int:pk>/retirer/", views.take_back, name="take_back"),
    path("<int:pk>/suivre/", views.follow, name="follow"),
]
