"""URLs of one commune's site."""

from django.urls import include, path


urlpatterns = [
    path("", include("booking.urls")),
    path("", include("incidents.urls")),
    path("informations/", include("shelf.urls")),
    path("agent/commune/", include("onboarding.commune_urls")),
    path("agent/commune/messages/", include("messaging.commune_urls")),
    path("agent/commune/chiffres/", include("adoption.commune_urls")),
    path("agent/commune/bibliotheque/", include("library.commune_urls")),
    path("agent/commune/formation/", include("training.commune_urls")),
    path("agent/commune/idees/", include("ideas.commune_urls")),
    path("agent/commune/donnees/", include("exchange.commune_urls")),
    path("agent/commune/api/", include("connect.commune_urls")),
    path("agent/commune/titres/", include("coordination.commune_urls")),
    path("agent/commune/journal/", include("journal.commune_urls")),
    path("", include("privacy.urls")),
    path("agent/commune/site/", include("widgets.commune_urls")),
    path("agent/commune/agendas/", include("calendars.commune_urls")),
    path("", include("calendars.urls")),
    path("", include("mutual.commune_urls")),
    path("", include("nearby.urls")),
    path("", include("onboarding.site_urls")),
    path("", include("widgets.frame_urls")),
    path("", include("pwa.urls")),
    path("", include("api.urls")),
    path("", include("messaging.reader_urls")),
    path("agent/commune/franceconnect/", include("stateid.commune_urls")),
    path("", include("stateid.citizen_urls")),
    path("", include("identity.urls_commune")),
    path("", include("parvis.urls_everywhere")),
    path("", include("website.urls")),  # last: any single word may be a short address
]

handler400 = "parvis.error_views.bad_request"
handler403 = "parvis.error_views.forbidden"
handler404 = "parvis.error_views.not_found"
handler500 = "parvis.error_views.server_error"
