"""URLs of a host that nobody registered: there are none."""

from django.urls import URLPattern


urlpatterns: list[URLPattern] = []

handler400 = "parvis.error_views.bad_request"
handler403 = "parvis.error_views.forbidden"
handler404 = "parvis.error_views.not_found"
handler500 = "parvis.error_views.server_error"
