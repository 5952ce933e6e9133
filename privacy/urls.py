"""URLs of a person's rights and of the commune's register, on a commune's site."""

from django.urls import URLPattern, path

from privacy import notice_views, staff_views, views


app_name = "privacy"
STAFF = "agent/commune/donnees-personnelles/"
urlpatterns: list[URLPattern] = [
    path("confidentialite/", notice_views.notice, name="notice"),  # instead of the platform's
    path("mes-donnees/", views.ask, name="ask"),
    path("mes-donnees/envoye/", views.sent, name="sent"),
    path("mes-donnees/lien/<str:token>/", views.enter, name="enter"),
    path("mes-donnees/dossier/", views.mine, name="mine"),
    path("mes-donnees/dossier/mes-donnees.zip", views.download, name="download"),
    path("mes-donnees/dossier/effacement/", views.erase, name="erase"),
    path("mes-donnees/dossier/demande/", views.request_human, name="request_human"),
    path("mes-donnees/fermer/", views.leave, name="leave"),
    path(STAFF, staff_views.home, name="home"),
    path(f"{STAFF}duree/<slug:rule>/", staff_views.choose, name="choose"),
    path(f"{STAFF}registre/", staff_views.register, name="register"),
    path(f"{STAFF}registre.csv", staff_views.register_file, name="register_file"),
    path(f"{STAFF}effacements.csv", staff_views.erasures, name="erasures"),
    path(f"{STAFF}demandes/<int:pk>/", staff_views.answer, name="answer"),
]
