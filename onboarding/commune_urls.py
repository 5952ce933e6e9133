"""URLs of a commune's own pages about its place in Parvis, under ``/agent/commune/``."""

from django.urls import include, path

from onboarding import (
    commune_views,
    gate_views,
    sandbox_views,
    wizard_end_views as end,
    wizard_views as wizard,
)


app_name = "onboarding"
steps = [
    path("", wizard.wizard, name="wizard"),
    path("apercu/", wizard.preview, name="wizard_preview"),
    path("mairie/", wizard.identity, name="wizard_identity"),
    path("contacts/", wizard.contacts, name="wizard_contacts"),
    path("modules/", wizard.modules, name="wizard_modules"),
    path("demarches/", wizard.services, name="wizard_services"),
    path("horaires/", wizard.hours, name="wizard_hours"),
    path("signalements/", wizard.reports, name="wizard_reports"),
    path("equipe/", end.team, name="wizard_team"),
    path("reprise/", end.takeover, name="wizard_takeover"),
    path("communication/", end.kit, name="wizard_kit"),
    path("communication/affiche.pdf", end.poster, name="wizard_poster"),
    path("communication/<slug:paper_code>.pdf", end.paper, name="wizard_paper"),
    path("convention/", end.accept, {"kind": "agreement"}, name="wizard_agreement"),
    path("conservation/", end.accept, {"kind": "retention"}, name="wizard_retention"),
    path("homologation/", end.accept, {"kind": "approval"}, name="wizard_approval"),
    path("essais/", end.trials, name="wizard_trials"),
    path("essais/<slug:trial>/", end.send_trial, name="wizard_send"),
    path("courriel/<str:token>/", end.trial_link, name="wizard_trial_link"),
    path("verification/", gate_views.check, name="wizard_check"),
    path("verification/annuler/", gate_views.undo, name="wizard_undo"),
]
urlpatterns = [
    path("", commune_views.home, name="home"),
    path("mise-en-route/", include(steps)),
    path("bac-a-sable/", sandbox_views.room, name="sandbox"),
]
