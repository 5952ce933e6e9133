"""URLs of the portal for machines."""

from django.urls import path

from website import views


app_name = "website"
urlpatterns = [
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("partage.png", views.picture, name="picture"),
]
