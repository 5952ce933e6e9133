"""URLs of what is measured, on the association's site."""

from django.urls import path

import tenants.converters  # noqa: F401 (registers)
from adoption import dts_views, follow_views, public_views, views


app_name = "adoption"
LETTER = "mesures/lettres/<insee_code:insee_code>/<str:written>"
urlpatterns = [
    path("", views.home, name="dashboard"),
    path("communes.csv", views.export, name="communes_csv"),
    path("chiffres/", public_views.figures, name="figures"),
    path("chiffres.csv", public_views.figures_table, name="figures_csv"),
    path("mesures/", views.definitions, name="definitions"),
    path("mesures/tout.<str:kind>", follow_views.table, name="table"),
    path("mesures/estimations/", follow_views.estimates, name="estimates"),
    path("mesures/sante/", follow_views.scores, name="scores"),
    path("mesures/sante/<insee_code:insee_code>/", follow_views.score, name="score"),
    path("mesures/lettres/", follow_views.letter_list, name="letters"),
    path(f"{LETTER}/", follow_views.letter, name="letter"),
    path(f"{LETTER}/lettre.pdf", follow_views.letter_pdf, name="letter_pdf"),
    path(f"{LETTER}/envoi/", follow_views.send_letter, name="send_letter"),
    path("mesures/dotation/", dts_views.overview, name="dts"),
    path("mesures/dotation/fichier/", dts_views.import_months, name="dts_file"),
    path("mesures/dotation/<insee_code:insee_code>/", dts_views.commune, name="dts_commune"),
]
