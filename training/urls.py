"""URLs of training on the association's site, under ``/formations/``."""

from django.urls import path

from training import (
    people_views,
    public_views,
    resource_views,
    results_views,
    room_views,
    views,
)


app_name = "training"
SESSION, HALF_DAY = "<int:pk>/", "<int:pk>/demi-journee/<int:position>/"
urlpatterns = [
    path("", views.sessions, name="list"),
    path("nouvelle/", views.add, name="add"),
    path("formateurs/", people_views.trainers, name="trainers"),
    path("organisme/", people_views.organisation, name="organisation"),
    path("reponse/<str:signed>/", public_views.answer, name="answer"),
    path("emargement/<str:signed>/", public_views.sheet, name="sheet"),
    path("a-chaud/<str:signed>/", public_views.hot, name="hot"),
    path("a-froid/<str:signed>/", public_views.cold, name="cold"),
    path("attestation/<str:signed>/", public_views.certificate, name="own_certificate"),
    path("ressources/", resource_views.materials, name="materials"),
    path("ressources/nouvelle/", resource_views.add_material, name="add_material"),
    path("ressources/<int:pk>/", resource_views.material, name="material"),
    path("ressources/<int:pk>/modifier/", resource_views.change_material, name="change_material"),
    path("ressources/<int:pk>/fichier/", resource_views.material_file, name="material_file"),
    path("parcours/nouveau/", resource_views.add_path, name="add_path"),
    path("parcours/<int:pk>/", resource_views.own_path, name="own_path"),
    path(
        "parcours/<int:pk>/<int:position>/retrait/",
        resource_views.remove_step,
        name="remove_step",
    ),
    path("questions/", resource_views.questions, name="questions"),
    path("questions/<int:pk>/", resource_views.settle, name="settle"),
    path(SESSION, views.session, name="session"),
    path(f"{SESSION}modifier/", views.change, name="change"),
    path(f"{SESSION}ouverture/", views.open_up, name="open"),
    path(f"{SESSION}annulation/", views.cancel, name="cancel"),
    path(f"{SESSION}copie/", views.duplicate, name="duplicate"),
    path(f"{SESSION}cloture/", views.close, name="close"),
    path(f"{SESSION}invitations/", people_views.invite, name="invite"),
    path(f"{SESSION}personnes/", people_views.add, name="add_person"),
    path(f"{SESSION}personnes.csv", people_views.people_csv, name="people_csv"),
    path(f"{SESSION}personnes/<int:entry_id>/retrait/", people_views.remove, name="remove_person"),
    path(f"{SESSION}engagements/", people_views.commit, name="commit"),
    path(f"{SESSION}avis/", results_views.results, name="results"),
    path(f"{SESSION}avis/<int:entry_id>/idee/", results_views.to_idea, name="to_idea"),
    path(f"{SESSION}attestations/<int:entry_id>.pdf", room_views.certificate, name="certificate"),
    path(f"{SESSION}certificats/<int:entry_id>.pdf", room_views.realisation, name="realisation"),
    path(HALF_DAY, room_views.room, name="room"),
    path(f"{HALF_DAY}feuille.pdf", room_views.sheet, name="sheet_pdf"),
    path(f"{HALF_DAY}signatures/<int:entry_id>/", room_views.note, name="note"),
    path(
        f"{HALF_DAY}formateurs/<int:entry_id>/",
        room_views.sign_as_trainer,
        name="sign_as_trainer",
    ),
]
