"""URLs of the opening of one commune, on the site of its association."""

from django.urls import path

from onboarding import gate_views


urlpatterns = [
    path("ouverture/", gate_views.opening, name="opening"),
    path("ouverture/accepter/", gate_views.approve, name="opening_approve"),
    path("ouverture/refuser/", gate_views.refuse, name="opening_refuse"),
    path("ouverture/annuler/", gate_views.undo_opening, name="opening_undo"),
    path("dispense/<slug:item>/", gate_views.waive, name="opening_waive"),
    path("dispense/<slug:item>/retirer/", gate_views.withdraw, name="opening_withdraw"),
]
