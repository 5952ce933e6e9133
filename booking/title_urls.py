"""URLs of the titles to collect, under those of the counter."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from booking import title_views


class NoteConverter(StringConverter):
    """What can be noted about a title."""

    regex = "remise|destruction|appel|retour"


register_converter(NoteConverter, "note")

urlpatterns = [
    path("", title_views.listed, name="titles"),
    path("arrivee/", title_views.arrive, name="titles_arrive"),
    path("prevenir/", title_views.tell, name="titles_tell"),
    path("titres.csv", title_views.export, name="titles_csv"),
    path("<int:pk>/", title_views.one, name="title"),
    path("<int:pk>/<note:what>/", title_views.note, name="title_note"),
]
