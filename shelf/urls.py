"""URLs of a commune's pages of information."""

from django.urls import path

from shelf import views


app_name = "shelf"
urlpatterns = [
    path("", views.pages, name="pages"),
    path("<str:slug>/", views.page, name="page"),
]
