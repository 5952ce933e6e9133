"""URLs of a commune's site: citizens here, those who receive them under ``/agent/``."""

from django.urls import include, path, register_converter

from booking import (
    change_views,
    choosing_views,
    collection_views,
    document_views,
    manage_views,
    number_views,
    proposal_views,
    state_views,
    ticket_views,
    views,
    waiting_views,
)


class DerivedConverter:
    """The reference of an appointment and what proves it, as the State is told."""

    regex = r"[0-9A-Z]{1,20}\.[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        """Keep it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Keep it as it is."""
        return value


register_converter(DerivedConverter, "derived")

app_name = "booking"
urlpatterns = [
    path("", views.home, name="home"),
    path("rendez-vous/", views.services, name="services"),
    path("rendez-vous/coordonnees/", views.details, name="details"),
    path("rendez-vous/verification/", views.check, name="check"),
    path("rendez-vous/garde/", views.extend, name="extend"),
    path("rendez-vous/confirme/", views.confirmed, name="confirmed"),
    path("rendez-vous/<slug:slug>/", choosing_views.situation, name="situation"),
    path("rendez-vous/<slug:slug>/creneaux/", choosing_views.slots, name="slots"),
    path("pieces/", document_views.index, name="pieces"),
    path("pieces/<slug:slug>/", document_views.documents, name="documents"),
    path("rendez-vous/<slug:slug>/attente/", waiting_views.wait, name="wait"),
    path("attente/<str:secret>/", waiting_views.entry, name="entry"),
    path("attente/<str:secret>/prendre/", waiting_views.accept, name="accept_offer"),
    path("attente/<str:secret>/laisser/", waiting_views.decline, name="decline_offer"),
    path("attente/<str:secret>/quitter/", waiting_views.leave, name="leave_list"),
    path("rdv/titres", state_views.titles, name="from_state"),
    path("rdv/<derived:derived>", state_views.manage, name="enter_from_state"),
    path("rdv/<derived:derived>/annuler", state_views.cancel, name="cancel_from_state"),
    path("rdv/<str:token>", manage_views.enter, name="enter"),
    path("mon-rendez-vous/", manage_views.mine, name="mine"),
    path("mon-rendez-vous/annulation/", manage_views.cancel, name="cancel"),
    path("mon-rendez-vous/retablissement/", change_views.restore, name="restore"),
    path("mon-rendez-vous/deplacement/", change_views.move, name="move"),
    path("mon-rendez-vous/numeros/", number_views.numbers, name="numbers"),
    path("mon-rendez-vous/presence/", change_views.answer, name="answer"),
    path("mon-rendez-vous/attente/", waiting_views.wait_with_mine, name="wait_with_mine"),
    path("mon-rendez-vous/personne/<int:position>/", change_views.remove, name="remove"),
    path(
        "mon-rendez-vous/personne/<int:position>/retour/",
        change_views.put_back,
        name="put_back",
    ),
    path("mon-rendez-vous/agenda.ics", manage_views.diary, name="diary"),
    path("mon-rendez-vous/retrouver/", manage_views.find, name="find"),
    path("mon-rendez-vous/retrouver/envoye/", manage_views.found, name="found"),
    path("salle/<int:site_id>/", ticket_views.hall, name="hall"),
    path("titre/<str:token>/", collection_views.title, name="title"),
    path("propositions/<str:token>/", proposal_views.proposals, name="proposals"),
    path("agent/", include("booking.staff_urls")),
]
