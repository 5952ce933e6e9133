"""URLs of training on a commune's site, under ``/agent/commune/formation/``."""

from django.urls import path

from training import commune_views, path_views


app_name = "training"
urlpatterns = [
    path("", commune_views.home, name="home"),
    path("sessions/<int:pk>/", commune_views.session, name="session"),
    path("engagements/<int:pk>/", commune_views.fulfil, name="fulfil"),
    path("ressources/", path_views.materials, name="materials"),
    path("ressources/<int:pk>/", path_views.material, name="material"),
    path("ressources/<int:pk>/fichier/", path_views.material_file, name="material_file"),
    path("parcours/<int:pk>/", path_views.path, name="path"),
    path("parcours/<int:pk>/<int:position>/", path_views.step, name="step"),
    path("aide/", path_views.help_page, name="help"),
    path("aide/question/", path_views.ask, name="ask"),
    path("aide/idee/", path_views.suggest, name="suggest"),
]
