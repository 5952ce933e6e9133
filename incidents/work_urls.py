"""URLs of the links that teams and companies hold."""

from django.urls import path

from incidents import partner_views, stop_views


urlpatterns = [
    path("intervenant/<str:secret>/", partner_views.answer, name="partner"),
    path("tournee/<str:secret>/", stop_views.tour, name="phone_round"),
    path("tournee/<str:secret>/<int:pk>/", stop_views.stop, name="phone_stop"),
]
