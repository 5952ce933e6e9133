"""URLs of what makes a commune's site an application."""

from django.urls import path

from pwa import push_views, views


app_name = "pwa"
urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("icones/<slug:shape>-<int:size>.png", views.icon, name="icon"),
    path("sw.js", views.worker, name="worker"),
    path("hors-ligne/", views.offline, name="offline"),
    path("jeton/", views.token, name="token"),
    path("notifications/", push_views.subscribe, name="subscribe"),
]
