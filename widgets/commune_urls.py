"""URLs of the commune's own names and sites, under ``/agent/commune/site/``."""

from django.urls import path

from widgets import views


app_name = "widgets"
urlpatterns = [
    path("", views.home, name="home"),
    path("noms/", views.add_name, name="add_name"),
    path("noms/<int:pk>/", views.name, name="name"),
    path("noms/<int:pk>/verification/", views.check_name, name="check_name"),
    path("noms/<int:pk>/principal/", views.promote_name, name="promote_name"),
    path("noms/<int:pk>/secondaire/", views.demote_name, name="demote_name"),
    path("noms/<int:pk>/retrait/", views.remove_name, name="remove_name"),
    path("sites/", views.add_site, name="add_site"),
    path("sites/<int:pk>/verification/", views.check_site, name="check_site"),
    path("sites/<int:pk>/retrait/", views.remove_site, name="remove_site"),
    path("module/", views.widget, name="widget"),
]
