"""URLs of the settings, for the administrators of the commune."""

from django.urls import path

from booking import settings_views as home


app_name = "settings"
urlpatterns = [
    path("", home.home, name="home"),
    path("changements/<int:pk>/annulation/", home.undo, name="undo"),
    path("regles/", home.rules, name="rules"),
]
