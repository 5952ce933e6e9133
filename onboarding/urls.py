"""URLs of the association's pages about its communes."""

from django.urls import include, path

import tenants.converters  # noqa: F401 (registers)
from onboarding import (
    card_edit_views as edit,
    card_views,
    creation_views,
    list_views,
    map_views,
    monday_views,
    move_views,
    prospect_views,
    sandbox_views,
    support_views,
    window_views,
)


urlpatterns = [
    path("lundi/", monday_views.monday, name="monday"),
    path("lundi/<int:pk>/appel/", monday_views.call, name="call_task"),
    path("lundi/<int:pk>/reporter/", monday_views.put_off, name="put_task_off"),
    path("lundi/<int:pk>/fait/", monday_views.finish, name="finish_task"),
    path("lundi/<int:pk>/rouvrir/", monday_views.reopen, name="reopen_task"),
    path("communes/", list_views.communes, name="communes"),
    path("communes/parcours.<str:kind>", list_views.pipeline_file, name="pipeline_file"),
    path("communes/carte/", map_views.pipeline_map, name="pipeline_map"),
    path("communes/fenetres/", window_views.windows, name="switch_windows"),
    path("communes/fenetres.ics", window_views.windows_ics, name="switch_windows_ics"),
    path("communes/importer/", prospect_views.import_prospects, name="import_prospects"),
    path("communes/<insee_code:insee_code>/", card_views.commune, name="commune_card"),
    path("communes/<insee_code:insee_code>/etape/", move_views.move, name="commune_move"),
    path("communes/<insee_code:insee_code>/etape/annuler/", move_views.undo, name="undo_move"),
    path(
        "communes/<insee_code:insee_code>/personnes/ajouter/", edit.add_contact, name="add_contact"
    ),
    path(
        "communes/<insee_code:insee_code>/personnes/<int:pk>/",
        edit.change_contact,
        name="change_contact",
    ),
    path(
        "communes/<insee_code:insee_code>/personnes/<int:pk>/effacer/",
        edit.delete_contact,
        name="delete_contact",
    ),
    path("communes/<insee_code:insee_code>/echanges/ajouter/", edit.log, name="log_interaction"),
    path(
        "communes/<insee_code:insee_code>/obstacles/ajouter/",
        edit.add_obstacle,
        name="add_obstacle",
    ),
    path(
        "communes/<insee_code:insee_code>/obstacles/<int:pk>/",
        edit.change_obstacle,
        name="change_obstacle",
    ),
    path(
        "communes/<insee_code:insee_code>/obstacles/<int:pk>/lever/",
        edit.solve_obstacle,
        name="solve_obstacle",
    ),
    path(
        "communes/<insee_code:insee_code>/obstacles/<int:pk>/remettre/",
        edit.reopen_obstacle,
        name="reopen_obstacle",
    ),
    path(
        "communes/<insee_code:insee_code>/solution/<str:module>/", edit.solution, name="solution"
    ),
    path(
        "communes/<insee_code:insee_code>/solution/<str:module>/effacer/",
        edit.delete_solution,
        name="delete_solution",
    ),
    path("communes/<insee_code:insee_code>/taches/ajouter/", edit.add_task, name="add_task"),
    path("communes/<insee_code:insee_code>/referents/", edit.referents, name="referents"),
    path("communes/<insee_code:insee_code>/assistance/", support_views.support, name="support"),
    path(
        "communes/<insee_code:insee_code>/assistance/<int:pk>/fin/",
        support_views.end_support,
        name="end_support",
    ),
    path("communes/<insee_code:insee_code>/", include("onboarding.gate_urls")),
    path(
        "communes/<insee_code:insee_code>/apercu/", creation_views.preview, name="commune_preview"
    ),
    path(
        "communes/<insee_code:insee_code>/creation/",
        creation_views.create,
        name="commune_creation",
    ),
    path(
        "communes/<insee_code:insee_code>/creation/reprise/",
        creation_views.resume,
        name="commune_creation_resume",
    ),
    path("reglages/", creation_views.settings, name="association_settings"),
    path("entrainement/", sandbox_views.association, name="association_sandbox"),
]
