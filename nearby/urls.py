"""URLs of a commune's site: alerts, waits, and the door for whoever comes from a search."""

from django.urls import path

from nearby import views


app_name = "nearby"
urlpatterns = [
    path("creneau/<int:service>/", views.arrive, name="arrive"),
    path("alerte/", views.alert, name="alert"),
    path("alerte/demandee/", views.asked, name="asked"),
    path("alerte/<str:secret>/", views.one_alert, name="one_alert"),
    path("alerte/<str:secret>/arreter/", views.stop, name="stop"),
    path("delais/", views.waits, name="waits"),
    path("delais/<slug:slug>.svg", views.badge, name="badge"),
]
