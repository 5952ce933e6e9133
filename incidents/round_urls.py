"""URLs of rounds and interventions, for the team."""

from django.urls import path

from incidents import intervention_views, recurring_views, round_views, sheet_views


urlpatterns = [
    path("tournees/", round_views.listed, name="rounds"),
    path("tournees/nouvelle/", round_views.new, name="new_round"),
    path("tournees/<int:pk>/", round_views.page, name="round"),
    path("tournees/<int:pk>/ajout/", round_views.add, name="add_to_round"),
    path("tournees/<int:pk>/feuille/", sheet_views.sheet, name="round_sheet"),
    path("tournees/<int:pk>/feuille.pdf", sheet_views.pdf, name="round_pdf"),
    path("tournees/<int:pk>/arret/<slug:what>/", round_views.act_on_stop, name="stop_act"),
    path("tournees/<int:pk>/<slug:what>/", round_views.act, name="round_act"),
    path("interventions/<reference:reference>/", intervention_views.listed, name="interventions"),
    path(
        "interventions/<reference:reference>/<int:pk>/",
        intervention_views.change,
        name="change_intervention",
    ),
    path(
        "interventions/<reference:reference>/<int:pk>/effacement/",
        intervention_views.erase,
        name="erase_intervention",
    ),
    path("relance/<reference:reference>/", intervention_views.chase, name="chase"),
    path("points-noirs/", recurring_views.listed, name="hotspots"),
    path("points-noirs/tache/", recurring_views.prevent, name="prevent"),
]
