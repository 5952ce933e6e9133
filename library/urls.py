"""URLs of the library on the association's site."""

from django.urls import path

from library import draft_views, views


app_name = "library"
urlpatterns = [
    path("", views.index, name="index"),
    path("nouveau/<str:kind>/", views.new, name="new"),
    path("suggestions/", views.suggestions, name="suggestions"),
    path("suggestions/<int:pk>/", views.suggestion, name="suggestion"),
    path("<uuid:uuid>/", views.template, name="template"),
    path("<uuid:uuid>/nom/", views.describe, name="describe"),
    path("<uuid:uuid>/archiver/", views.archive, name="archive"),
    path("<uuid:uuid>/reprendre/", views.adapt, name="adapt"),
    path("<uuid:uuid>/communes/", views.who, name="holders"),
    path("<uuid:uuid>/versions/<int:number>/", views.version, name="version"),
    path("<uuid:uuid>/versions/<int:number>/relancer/", views.resume, name="resume"),
    path("<uuid:uuid>/brouillon/ouvrir/", draft_views.open_draft, name="open_draft"),
    path("<uuid:uuid>/brouillon/", draft_views.draft, name="draft"),
    path("<uuid:uuid>/brouillon/abandonner/", draft_views.drop, name="drop_draft"),
    path("<uuid:uuid>/brouillon/effet/", draft_views.impact, name="impact"),
    path("<uuid:uuid>/brouillon/publier/", draft_views.publish, name="publish"),
    path("<uuid:uuid>/brouillon/<str:name>/ajouter/", draft_views.add_item, name="add_item"),
    path("<uuid:uuid>/brouillon/<str:name>/<str:key>/", draft_views.item, name="item"),
    path("<uuid:uuid>/brouillon/<str:name>/<str:key>/deplacer/", draft_views.move, name="move"),
]
