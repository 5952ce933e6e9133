"""URLs of the commune's connections, under ``/agent/commune/api/``."""

from django.urls import path

from connect import views, webhook_views


app_name = "connect"
urlpatterns = [
    path("", views.home, name="home"),
    path("logiciels/nouveau/", views.add_client, name="add_client"),
    path("logiciels/<int:pk>/", views.client, name="client"),
    path("logiciels/<int:pk>/modifier/", views.change_client, name="change_client"),
    path("logiciels/<int:pk>/cles/", views.issue_key, name="issue_key"),
    path("cles/<int:pk>/renouvellement/", views.renew_key, name="renew_key"),
    path("cles/<int:pk>/revocation/", views.revoke_key, name="revoke_key"),
    path("avis/nouveau/", webhook_views.add_webhook, name="add_webhook"),
    path("avis/verifier/", webhook_views.checking, name="checking"),
    path("avis/<int:pk>/", webhook_views.webhook, name="webhook"),
    path("avis/<int:pk>/modifier/", webhook_views.change_webhook, name="change_webhook"),
    path("avis/<int:pk>/essai/", webhook_views.try_webhook, name="try_webhook"),
    path("avis/<int:pk>/arret/", webhook_views.stop_webhook, name="stop_webhook"),
    path("avis/<int:pk>/reprise/", webhook_views.resume_webhook, name="resume_webhook"),
    path("avis/<int:pk>/secret/", webhook_views.rotate_webhook, name="rotate_webhook"),
    path("avis/<int:pk>/retrait/", webhook_views.remove_webhook, name="remove_webhook"),
    path("envois/<int:pk>/", webhook_views.delivery, name="delivery"),
    path("envois/<int:pk>/renvoi/", webhook_views.resend, name="resend"),
]
