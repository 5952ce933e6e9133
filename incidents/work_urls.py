"""URLs of the links that teams and companies hold."""

from django.urls import path

from incidents import partner_views


urlpatterns = [path("intervenant/<str:secret>/", partner_views.answer, name="partner")]
