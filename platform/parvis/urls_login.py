"""URLs of the login host, the only place where anybody proves who she is."""

from django.urls import include, path


urlpatterns = [
    path("", include("stateid.login_urls")),
    path("", include("identity.urls_login")),
    path("entrainement/", include("onboarding.login_urls")),
    path("ma-journee/", include("mutual.login_urls")),
    path("", include("parvis.urls_everywhere")),
]

handler400 = "parvis.error_views.bad_request"
handler403 = "parvis.error_views.forbidden"
handler404 = "parvis.error_views.not_found"
handler500 = "parvis.error_views.server_error"
