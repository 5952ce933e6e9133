"""URLs of the library on a commune's site."""

from django.urls import path

from library import answer_views, commune_views


app_name = "library"
urlpatterns = [
    path("", commune_views.home, name="home"),
    path("catalogue/", commune_views.catalogue, name="catalogue"),
    path("catalogue/<uuid:uuid>/", commune_views.offer, name="offer"),
    path("historique/", commune_views.history, name="history"),
    path("historique/<int:pk>/annuler/", answer_views.undo, name="undo"),
    path("pages/", commune_views.pages, name="pages"),
    path("pages/<str:slug>/", answer_views.page, name="page"),
    path("propositions/<int:pk>/", answer_views.answer, name="answer"),
    path("propositions/<int:pk>/reecrire/", answer_views.rewrite, name="rewrite"),
    path("<uuid:uuid>/", commune_views.origin, name="origin"),
    path("<uuid:uuid>/tout/", answer_views.answer_all, name="answer_all"),
    path("<uuid:uuid>/suivre/", answer_views.follow, name="follow"),
    path("<uuid:uuid>/rouvrir/", answer_views.unlock, name="unlock"),
    path("<uuid:uuid>/proposer/", answer_views.suggest, name="suggest"),
]
