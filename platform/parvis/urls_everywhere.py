"""URLs that every registered host answers."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from parvis import gallery, site_views, theme_views


urlpatterns: list[URLPattern | URLResolver] = [
    path("theme.css", theme_views.stylesheet, name="theme"),
    path("langue/", site_views.choose_language, name="choose_language"),
    path("accessibilite/", site_views.accessibility, name="accessibility"),
    path("mentions-legales/", site_views.legal_notice, name="legal_notice"),
    path("confidentialite/", site_views.privacy, name="privacy"),
    path("sante/", site_views.health, name="health"),
    path("robots.txt", site_views.robots, name="robots"),
    path(".well-known/security.txt", site_views.security_contact, name="security_contact"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
if settings.DEMO or settings.DEBUG:
    urlpatterns.append(path("ui/", gallery.gallery, name="gallery"))
