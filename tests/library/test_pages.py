"""The association writes, weighs and publishes; a commune decides, detaches and suggests."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import Service
from library import actions, propagation, shown
from library.models import Impact, Suggestion, Template, TemplateApplication
from shelf.models import Arrival, Origin, Page, UpdateProposal
from tests.conftest import NOW, owner
from tests.library.conftest import TODAY, arrive, at_the_association, offer_version


pytestmark = pytest.mark.django_db
MINE = "/agent/commune/bibliotheque/"
SERVICE = {
    "name": "Casier",
    "minutes": "20, 30",
    "documents__identity": "2",
    "documents__plans": "1",
    "completion_minutes": "10",
    "buffer_before": "0",
    "buffer_after": "0",
    "notice_hours": "2",
    "horizon_days": "60",
    "is_online": "on",
    "icon": "flag",
    "changelog": "Première version",
}


@pytest.mark.public
def test_from_an_idea_to_a_published_version(director):
    page = director.post(
        "/bibliotheque/nouveau/service/", {"name": "Casier judiciaire", "policy": "recommended"}
    )
    template = Template.objects.get()
    assert page["Location"] == f"/bibliotheque/{template.uuid}/brouillon/"
    assert template.slug == "casier-judiciaire"

    page = director.post(page["Location"], SERVICE)

    draft = actions.drafts(template).get()
    assert draft.payload["documents"] == [{"key": "plans"}, {"key": "identity"}]
    assert draft.payload["minutes"] == [20, 30]
    assert page["Location"].endswith("/effet/")
    director.post(page["Location"])
    page = director.get(page["Location"])
    assert page["Refresh"] == "5"
    assert "communes ont répondu" in page.content.decode()
    Impact.objects.update(state="applied", at=NOW)
    assert "Refresh" not in director.get(f"/bibliotheque/{template.uuid}/brouillon/effet/")

    page = director.post(f"/bibliotheque/{template.uuid}/brouillon/publier/", {})

    assert page["Location"] == f"/bibliotheque/{template.uuid}/versions/1/"
    assert TemplateApplication.objects.filter(state="pending").count() == 2
    page = director.get(page["Location"])
    assert "Lacanau, Pauillac" in page.content.decode()
    assert director.post(f"/bibliotheque/{template.uuid}/versions/1/relancer/").status_code == 302
    assert (
        "Casier judiciaire"
        in director.get("/bibliotheque/?q=CASIER&kind=service").content.decode()
    )
    assert "Aucun modèle ne répond" in director.get("/bibliotheque/?q=zzz").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "champ est obligatoire"),
        ({"name": "a\x00b"}, "nul"),
        ({"minutes": "vingt"}, "séparées par des virgules"),
        ({"minutes": "7"}, "multiples de 5"),
        ({"minutes": "9" * 5000}, "séparées par des virgules"),
        ({"horizon_days": "9" * 400}, ""),
        ({"titles": "AUTRE"}, "AUTRE"),
        ({"icon": "../licorne"}, "Aucune icône"),
        ({"documents__identity": "0"}, "entre 1 et 99"),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(director, new_template, wrong, said):
    template = new_template("service", "casier", name="Casier")
    director.post(f"/bibliotheque/{template.uuid}/brouillon/ouvrir/")

    page = director.post(
        f"/bibliotheque/{template.uuid}/brouillon/", SERVICE | {"text": "Gardé tel quel"} | wrong
    )

    assert page.status_code == 422
    assert said in page.content.decode()
    assert "Gardé tel quel" in page.content.decode()


def test_an_address_that_is_taken_is_refused_in_the_form(director, new_template):
    new_template("page", "horaires", title="Horaires", text="Texte")

    page = director.post("/bibliotheque/nouveau/page/", {"name": "Horaires", "policy": "optional"})

    assert page.status_code == 422
    assert "a déjà cette adresse" in page.content.decode()
    assert director.get("/bibliotheque/nouveau/rien/").status_code == 404
    message = {"name": "Rappel", "slug": "reminder", "policy": "optional"}
    assert director.post("/bibliotheque/nouveau/message/", message).status_code == 302


def test_nothing_is_published_without_what_it_needs_or_for_a_day_that_is_over(director):
    director.post("/bibliotheque/nouveau/page/", {"name": "Horaires", "policy": "optional"})
    uuid = Template.objects.get().uuid

    page = director.post(f"/bibliotheque/{uuid}/brouillon/publier/", {})
    assert page.status_code == 422
    assert "Remplissez d’abord" in page.content.decode()
    director.post(f"/bibliotheque/{uuid}/brouillon/", {"title": "Horaires", "text": "Texte"})
    page = director.post(
        f"/bibliotheque/{uuid}/brouillon/publier/", {"effective_on": "2020-01-01"}
    )

    assert page.status_code == 422
    assert "un jour à venir" in page.content.decode()


@pytest.mark.public
def test_the_categories_of_a_pack_are_written_one_by_one(director):
    director.post("/bibliotheque/nouveau/pack/", {"name": "Plage", "policy": "recommended"})
    root = f"/bibliotheque/{Template.objects.get().uuid}/brouillon/"
    category = {
        "group": "Plage",
        "name": "Algues",
        "icon": "fish",
        "door": "report",
        "moderation": "before",
        "promise_unit": "days",
        "promise": "3",
        "similar_radius_m": "60",
    }

    assert director.get(f"{root}categories/ajouter/").status_code == 200
    director.post(f"{root}categories/ajouter/", category)
    director.post(f"{root}categories/ajouter/", category | {"name": "Méduses"})
    page = director.post(f"{root}categories/ajouter/", category | {"door": "redirect"})
    assert "à qui s’adresser" in page.content.decode()
    director.post(f"{root}categories/algues/", category | {"name": "Algues vertes"})
    director.post(f"{root}categories/meduses/deplacer/", {"sens": "haut"})

    items = actions.drafts(Template.objects.get()).get().payload["categories"]
    assert [(item["key"], item["name"]) for item in items] == [
        ("meduses", "Méduses"),
        ("algues", "Algues vertes"),
    ]
    assert "Algues vertes" in director.get(root).content.decode()
    director.post(f"{root}categories/meduses/deplacer/", {"sens": "retirer"})
    assert director.get(f"{root}categories/meduses/").status_code == 404
    assert director.get(f"{root}autre/ajouter/").status_code == 404
    assert director.post(f"{root}abandonner/").status_code == 302
    assert director.get(root).status_code == 404


def test_who_has_what_and_what_changed(director, taken):
    template = taken("page", "horaires", title="Un", text="Texte")
    Page.objects.update(title="Le nôtre")
    offer_version(template, {"title": "Deux"})
    arrive(template)

    page = director.get(f"/bibliotheque/{template.uuid}/communes/").content.decode()
    assert "Pauillac" in page
    assert "propositions en attente" in page
    assert "Lacanau" not in page
    assert "Le nôtre" not in page
    page = director.get(f"/bibliotheque/{template.uuid}/versions/2/").content.decode()
    assert "<del>Un</del>" in page
    assert "<ins>Deux</ins>" in page
    page = director.get(f"/bibliotheque/{template.uuid}/").content.decode()
    assert "Version 2" in page


@pytest.mark.public
def test_a_template_of_the_platform_is_adapted_before_it_is_changed(director, association):
    with owner():
        draft = actions.create_template(
            association=None, kind="page", slug="loi", name="Loi", policy="recommended"
        )
        actions.write_draft(version=draft, payload={"title": "Loi", "text": "Texte"})
        actions.publish(version=draft, effective_on=None, now=NOW, today=TODAY)
    root = f"/bibliotheque/{draft.template.uuid}/"

    assert director.post(f"{root}brouillon/ouvrir/").status_code == 404
    page = director.post(f"{root}reprendre/")

    own = Template.objects.get(association=association)
    assert page["Location"] == f"/bibliotheque/{own.uuid}/brouillon/"
    assert actions.drafts(own).get().number == 2
    page = director.post(
        f"/bibliotheque/{own.uuid}/nom/", {"name": "Loi locale", "policy": "legal"}
    )
    own.refresh_from_db()
    assert (own.name, own.policy) == ("Loi locale", "legal")
    director.post(f"/bibliotheque/{own.uuid}/archiver/")
    assert "Loi locale" not in director.get("/bibliotheque/").content.decode()
    assert "Loi locale" in director.get("/bibliotheque/?archived=on").content.decode()


def test_communes_count_as_holders_until_the_adaptation_reaches_them(association, taken):
    template = taken("page", "horaires", title="Un", text="Texte")
    with owner():
        Template.objects.filter(pk=template.pk).update(association=None)
    with at_the_association():
        draft = actions.adapt(template=Template.objects.get(), association=association)
        assert [row.holders for row in shown.rows(association)] == [1]
        assert len(shown.holders(draft.template, association)) == 1


# --- The commune ------------------------------------------------------------------------------


@pytest.fixture
def conflict(taken):
    template = taken("page", "horaires", title="Un", text="Texte")
    Page.objects.update(title="Le nôtre")
    offer_version(template, {"title": "Deux"})
    arrive(template)
    return template


def test_three_columns_and_an_answer(admin, conflict):
    assert "1 proposition" in admin.get(MINE).content.decode()
    page = admin.get(f"{MINE}{conflict.uuid}/").content.decode()
    for words in ("La vôtre", "Le nôtre", "Un", "Deux"):
        assert words in page
    proposal = UpdateProposal.objects.get()

    admin.post(f"{MINE}propositions/{proposal.pk}/", {"choix": "n’importe quoi"})
    assert Page.objects.get().title == "Le nôtre"
    admin.post(f"{MINE}propositions/{proposal.pk}/", {"choix": "accepted"})

    assert Page.objects.get().title == "Deux"
    assert TemplateApplication.objects.latest("version__number").conflicts == 0
    again = admin.post(f"{MINE}propositions/{proposal.pk}/", {"choix": "kept"})
    assert again.status_code == 409
    assert "a déjà reçu une réponse" in again.content.decode()
    arrival = Arrival.objects.filter(cause="answer").get()
    assert "Deux" in admin.get(f"{MINE}historique/").content.decode()
    admin.post(f"{MINE}historique/{arrival.pk}/annuler/")
    assert Page.objects.get().title == "Le nôtre"


def test_it_is_written_anew(admin, conflict):
    path = f"{MINE}propositions/{UpdateProposal.objects.get().pk}/reecrire/"
    assert "Le nôtre" in admin.get(path).content.decode()
    assert admin.post(path, {"words": "x" * 500}).status_code == 422

    admin.post(path, {"words": "Les deux"})

    assert Page.objects.get().title == "Les deux"


def test_all_at_once_detached_attached_and_unlocked(admin, conflict):
    root = f"{MINE}{conflict.uuid}/"
    admin.post(f"{MINE}propositions/{UpdateProposal.objects.get().pk}/", {"choix": "lock"})
    assert "gardé pour de bon" in admin.get(root).content.decode()
    admin.post(f"{root}rouvrir/", {"path": "title"})
    assert Origin.objects.get().locked == []
    offer_version(conflict, {"title": "Trois"})
    arrive(conflict)
    admin.post(f"{root}tout/", {"choix": "accepted"})
    assert Page.objects.get().title == "Trois"
    admin.post(f"{root}suivre/", {"choix": "detacher"})
    assert "ne suit plus la bibliothèque" in admin.get(root).content.decode()
    offer_version(conflict, {"title": "Quatre"})
    arrive(conflict)
    admin.post(f"{root}suivre/", {"choix": "rattacher"})
    assert Page.objects.get().title == "Quatre"
    assert TemplateApplication.objects.latest("version__number").state == "applied"


def test_a_commune_takes_something_and_publishes_its_page(admin, new_template):
    template = new_template("page", "horaires", title="Un & deux", text="Texte\n\nSuite")
    assert "Un &amp; deux" in admin.get(f"{MINE}catalogue/?q=UN").content.decode()
    path = f"{MINE}catalogue/{template.uuid}/"
    assert "Texte" in admin.get(path).content.decode()

    admin.post(path)

    assert admin.post(path).status_code == 409
    assert "Votre commune l’a déjà" in admin.get(path).content.decode()
    page = admin.get("/informations/horaires/").content.decode()
    assert "<p>Suite</p>" in page
    assert "Un &amp; deux" in admin.get("/informations/").content.decode()
    admin.post(f"{MINE}pages/horaires/", {"title": "Nos horaires", "text": "Texte"})
    assert "Nos horaires" in admin.get(f"{MINE}pages/").content.decode()
    assert admin.post(f"{MINE}pages/horaires/", {"title": ""}).status_code == 422
    Origin.objects.update(by_law=True)
    refused = admin.post(f"{MINE}pages/horaires/", {"title": "Autre", "text": "Texte"})
    assert "imposé par la loi" in refused.content.decode()


def test_what_is_not_in_force_yet_is_not_offered(admin, new_template):
    template = new_template("page", "loi", effective_on=date(2999, 1, 1), title="Un jour")

    assert "Un jour" not in admin.get(f"{MINE}catalogue/").content.decode()
    assert admin.get(f"{MINE}catalogue/{template.uuid}/").status_code == 404


def test_a_suggestion_goes_up_and_its_answer_comes_back(admin, director, conflict):
    root = f"{MINE}{conflict.uuid}/"
    assert "Le nôtre" in admin.get(f"{root}proposer/").content.decode()
    assert admin.post(f"{root}proposer/", {"words": ""}).status_code == 422
    admin.post(f"{root}proposer/", {"words": "Plus clair pour tous"})
    suggestion = Suggestion.objects.get()
    assert "Plus clair pour tous" in director.get("/bibliotheque/suggestions/").content.decode()
    path = f"/bibliotheque/suggestions/{suggestion.pk}/"
    assert "<td>Le nôtre</td>" in director.get(path).content.decode()

    page = director.post(path, {"accept": "1", "answer": "Merci"})

    assert page["Location"].endswith("/brouillon/")
    assert "Le nôtre" in director.get(page["Location"]).content.decode()
    assert "Merci" in admin.get(root).content.decode()


# --- As many queries for many as for one ------------------------------------------------------


def counted(browser, path):
    browser.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(path).status_code == 200
    return len(caught)


@pytest.mark.parametrize("path", ["/bibliotheque/", "/bibliotheque/suggestions/"])
def test_the_association_s_lists_cost_the_same_with_many(director, taken, path):
    def suggest():
        for origin in Origin.objects.all():
            propagation.suggest(origin=origin, payload={}, words="Mieux", now=NOW)

    taken("page", "un", title="Un", text="Texte")
    suggest()
    few = counted(director, path)
    for number in range(6):
        taken("page", f"page-{number}", title=f"Page {number}", text="Texte")
    suggest()

    assert counted(director, path) == few


@pytest.mark.parametrize("path", [MINE, f"{MINE}catalogue/", f"{MINE}historique/"])
def test_the_commune_s_lists_cost_the_same_with_many(admin, taken, new_template, path):
    taken("page", "un", title="Un", text="Texte")
    new_template("page", "libre", title="Libre", text="Texte")
    few = counted(admin, path)
    for number in range(6):
        taken("page", f"page-{number}", title=f"Page {number}", text="Texte")
        new_template("page", f"libre-{number}", title=f"Libre {number}", text="Texte")

    assert counted(admin, path) == few


def test_proposals_cost_the_same_with_many(admin, taken):
    template = taken("service", "casier", name="Casier", text="Un", terms="Un", instructions="Un")
    path = f"{MINE}{template.uuid}/"

    def both_change(number, *fields):
        Service.objects.update(**dict.fromkeys(fields, f"Nos mots {number}"))
        offer_version(template, dict.fromkeys(fields, f"Version {number}"))
        arrive(template)

    both_change(2, "text")
    few = counted(admin, path)
    both_change(3, "text", "terms", "instructions")

    assert UpdateProposal.objects.filter(state="open").count() == 3
    assert counted(admin, path) == few
