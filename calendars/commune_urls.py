"""URLs of the shared diaries, under ``/agent/commune/agendas/``."""

from django.urls import path

from calendars import views


app_name = "calendars"
urlpatterns = [
    path("", views.home, name="home"),
    path("partager/", views.share, name="share"),
    path("<int:pk>/adresse/", views.renew, name="renew"),
    path("<int:pk>/retirer/", views.end, name="end"),
]
