"""URLs of the exchange with the State, under ``/agent/commune/titres/``."""

from django.urls import path

from coordination import views


app_name = "coordination"
urlpatterns = [
    path("", views.home, name="home"),
    path("regles/", views.decide, name="decide"),
    path("reessayer/", views.retry_all, name="retry_all"),
    path("<int:pk>/reessayer/", views.retry, name="retry"),
]
