"""URLs of the portal: the base domain, where nobody works for one commune."""

from django.urls import include, path


urlpatterns = [
    path("", include("tenants.urls_portal")),
    path("apercu/", include("onboarding.portal_urls")),
    path("", include("widgets.portal_urls")),
    path("api/ants/", include("ants.portal_urls")),
    path("", include("nearby.portal_urls")),
    path("", include("website.portal_urls")),
    path("", include("parvis.urls_everywhere")),
]

handler400 = "parvis.error_views.bad_request"
handler403 = "parvis.error_views.forbidden"
handler404 = "parvis.error_views.not_found"
handler429 = "parvis.error_views.too_many"  # allauth's
handler500 = "parvis.error_views.server_error"
