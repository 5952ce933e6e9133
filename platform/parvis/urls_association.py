"""URLs of an association's site."""

from django.urls import include, path


urlpatterns = [
    path("", include("onboarding.urls")),
    path("", include("adoption.urls")),
    path("bibliotheque/", include("library.urls")),
    path("formations/", include("training.urls")),
    path("idees/", include("ideas.urls")),
    path("partage/", include("mutual.urls")),
    path("messages/", include("messaging.association_urls")),
    path("reglages/connexion/", include("stateid.association_urls")),
    path("departs/", include("exchange.association_urls")),
    path("", include("nearby.portal_urls")),
    path("", include("identity.urls_commune")),  # the same hand-over from the login host
    path("", include("parvis.urls_everywhere")),
]

handler400 = "parvis.error_views.bad_request"
handler403 = "parvis.error_views.forbidden"
handler404 = "parvis.error_views.not_found"
handler500 = "parvis.error_views.server_error"
