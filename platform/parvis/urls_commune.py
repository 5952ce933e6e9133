"""URLs of one commune's site."""

from django.urls import include, path


urlpatterns = [
    path("", include("booking.urls")),
    path("", include("incidents.urls")),
    path("", include("identity.urls_commune")),
    path("", include("parvis.urls_everywhere")),
]

handler400 = "parvis.error_views.bad_request"
handler403 = "parvis.error_views.forbidden"
handler404 = "parvis.error_views.not_found"
handler500 = "parvis.error_views.server_error"
