"""URLs of ideas on the association's site, under ``/idees/``."""

from django.urls import path

from ideas import views


app_name = "ideas"
urlpatterns = [
    path("", views.ideas, name="list"),
    path("ajouter/", views.add, name="add"),
    path("feuille-de-route/", views.roadmap, name="road"),
    path("nouveautes/", views.news, name="news"),
    path("nouveautes/annoncer/", views.publish, name="publish"),
    path("<int:pk>/", views.idea, name="idea"),
    path("<int:pk>/repondre/", views.answer, name="answer"),
    path("<int:pk>/reunir/", views.merge, name="merge"),
]
