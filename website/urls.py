"""URLs of a commune's site for machines, and its short addresses: these come last of all."""

from django.urls import path, register_converter

from website import views
from website.converters import WordConverter


register_converter(WordConverter, "word")

app_name = "website"
urlpatterns = [
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("partage.png", views.picture, name="picture"),
    path("agent/commune/liens/", views.addresses, name="addresses"),
    path("agent/commune/liens/preparer/", views.prepared, name="prepared"),
    path("agent/commune/liens/<slug:key>/", views.address, name="address"),
    path("agent/commune/liens/<slug:key>/affiche.pdf", views.poster, name="poster"),
    path("r/<word:word>", views.follow, name="short_anywhere"),
    path("<word:word>", views.follow, name="short"),
]
