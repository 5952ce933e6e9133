"""URLs of what is brought in."""

from django.urls import path

from exchange import calendar_views, import_views


urlpatterns = [
    path("imports/", import_views.imports, name="imports"),
    path("imports/nouveau/", import_views.new_import, name="new_import"),
    path("imports/<int:pk>/", import_views.show_import, name="import"),
    path("imports/<int:pk>/colonnes/", import_views.import_columns, name="import_columns"),
    path("imports/<int:pk>/lignes/<int:line>/", import_views.import_row, name="import_row"),
    path("imports/<int:pk>/corrections.csv", import_views.import_errors, name="import_errors"),
    path("imports/<int:pk>/lancer/", import_views.start_import, name="start_import"),
    path("imports/<int:pk>/annuler/", import_views.undo_import, name="undo_import"),
    path("imports/<int:pk>/oublier/", import_views.discard_import, name="discard_import"),
    path("agendas/", calendar_views.calendars, name="calendars"),
    path("agendas/nouveau/", calendar_views.add_calendar, name="add_calendar"),
    path("agendas/<int:pk>/", calendar_views.calendar, name="calendar"),
    path("agendas/<int:pk>/relire/", calendar_views.read_calendar, name="read_calendar"),
    path("agendas/<int:pk>/retirer/", calendar_views.remove_calendar, name="remove_calendar"),
]
