"""The pages about the communes on their way, as the association's director uses them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.models import (
    Contact,
    ExistingSolution,
    Interaction,
    Obstacle,
    Onboarding,
    ReadinessItem,
    Referent,
    StageEvent,
    Task,
)
from onboarding.stages import Stage
from tenants.models import Commune, User
from tests.conftest import owner


pytestmark = [pytest.mark.django_db, pytest.mark.public]
CARD = "/communes/33314/"


def text_of(answer, status=200):
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def day(days=0):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_commune_is_moved_in_two_steps_and_back(director, commune, at_stage):
    at_stage(commune, Stage.PROSPECT)
    assert "vers=considering" in text_of(director.get(f"{CARD}etape/"))
    asked = text_of(director.get(f"{CARD}etape/", {"vers": "considering"}))
    assert "Avec qui et quand avez-vous parlé" in asked

    answer = director.post(
        f"{CARD}etape/",
        {
            "module": "booking",
            "vers": "considering",
            "reason": "has_solution",
            "evidence": "Visite du 3 novembre",
            "next_action": "Envoyer la convention",
            "next_on": day(5),
        },
    )

    assert answer["Location"] == CARD
    page = text_of(director.get(CARD))
    assert "Rendez-vous titres : En réflexion" in page
    assert "Visite du 3 novembre" in page
    assert "Envoyer la convention" in page
    event = StageEvent.objects.get()
    director.post(f"{CARD}etape/annuler/", {"module": "booking", "event": event.pk})
    assert "retour à « À contacter »" in text_of(director.get(CARD))
    again = director.post(f"{CARD}etape/annuler/", {"module": "booking", "event": event.pk})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"vers": "considering"}, "Choisissez une raison."),
        ({"vers": "committed"}, "Dites ce qui montre que l’étape est atteinte."),
        ({"vers": "declined", "reason": "cost", "until": day()}, "Choisissez une date à venir."),
        ({"vers": "declined", "reason": "cost", "until": "hier"}, "Écrivez la date ainsi"),
        ({"vers": "live"}, "ne peut pas passer directement"),
        ({"vers": "x\x00"}, "ne peut pas passer directement"),
        ({"vers": "committed", "evidence": "x", "next_on": day(2)}, "Dites ce qui est à faire."),
        ({"vers": "committed", "evidence": "x", "next_action": "a"}, "Indiquez pour quand."),
        ({"vers": "committed", "evidence": "é" * 501}, "501"),
    ],
)
def test_a_move_that_lacks_something_says_what(director, commune, at_stage, sent, said):
    at_stage(commune, Stage.PROSPECT)

    assert said in text_of(director.post(f"{CARD}etape/", sent), status=422)
    assert not StageEvent.objects.exists()


def test_reports_have_a_way_of_their_own(director, commune):
    director.post(
        f"{CARD}etape/", {"module": "reports", "vers": "committed", "evidence": "Délibération"}
    )

    assert Onboarding.objects.get().module == "reports"
    found = text_of(director.get("/communes/", {"module": "reports", "stage": "committed"}))
    assert "1 commune trouvée" in found
    assert "0 / 2 en service" in found
    assert director.get(f"{CARD}etape/", {"module": "catering"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "lacoste"}, 1),
        ({"q": "agendia"}, 1),
        ({"q": "33314"}, 1),
        ({"stage": "considering"}, 1),
        ({"stage": "live"}, 0),
        ({"reason": "has_solution"}, 1),
        ({"reason": "cost"}, 0),
        ({"referent": "0"}, 2),
        ({"late": "on"}, 1),
        ({"window": "on"}, 1),
        ({"equipped": "on"}, 1),
        ({"stage": "nonsense", "referent": "zz", "sort": "=1"}, 2),
    ],
)
def test_list_and_board_answer_to_the_same_filters(
    director, commune, at_stage, known, query, found
):
    at_stage(commune, Stage.CONSIDERING, reason="has_solution")
    known(commune)

    listed = text_of(director.get("/communes/", query))
    board = text_of(director.get("/communes/", query | {"vue": "etapes"}))

    assert listed.count('<th scope="row">') == found
    assert ("Pauillac</a>" in board) == (found > 0)
    assert "Lacanau</a>" not in board  # no station, no stage


def test_a_connected_commune_is_counted_beside_those_in_service(
    director, commune, other_commune, at_stage, known
):
    at_stage(commune, Stage.CONSIDERING, reason="has_solution")
    at_stage(other_commune, Stage.LIVE)
    known(commune)

    page = text_of(director.get("/communes/"))

    assert "1 / 2 en service, 1 en réflexion" in page
    assert "1 commune reliée à côté" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_filtered_list_goes_to_a_spreadsheet(director, commune, at_stage, known, kind):
    at_stage(commune, Stage.CONSIDERING, reason="has_solution")
    known(commune)

    answer = director.get(f"/communes/parcours.{kind}", {"stage": "considering"})

    assert answer["Content-Disposition"] == f'attachment; filename="parcours.{kind}"'
    if kind == "csv":
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert "Agendia" in lines[1]
    assert director.get("/communes/parcours.exe").status_code == 404


def test_the_map_draws_each_commune_and_says_the_same_in_a_table(director, commune, at_stage):
    at_stage(commune, Stage.LIVE)

    page = text_of(director.get("/communes/carte/"))

    assert 'aria-label="Pauillac : En service"' in page
    assert "area--live" in page
    assert page.index("area--live") < page.index('<th scope="row"><a href="/communes/33314/">')
    assert (
        director.get("/communes/carte/", {"module": "reports", "q": "é" * 300}).status_code == 200
    )


def test_people_are_noted_changed_and_erased(director, commune):
    director.post(f"{CARD}personnes/ajouter/", {"name": "Ana", "is_main": "on"})
    ana = Contact.objects.get()
    director.post(f"{CARD}personnes/{ana.pk}/", {"name": "Ana Lacoste", "phone": "05"})

    assert "Ana Lacoste" in text_of(director.get(CARD))
    assert "Saisissez un nom." in text_of(
        director.post(f"{CARD}personnes/{ana.pk}/", {"email": "x"}), status=422
    )
    assert director.get(f"/communes/33214/personnes/{ana.pk}/").status_code == 404
    director.post(f"{CARD}personnes/{ana.pk}/effacer/")
    assert not Contact.objects.exists()


def test_what_was_said_leads_to_what_is_next(director, commune):
    sent = {"kind": "visit", "on": day(), "text": "Vu la secrétaire."}
    director.post(f"{CARD}echanges/ajouter/", sent | {"next_action": "Écrire", "next_on": day(2)})

    page = text_of(director.get(CARD))
    assert "Vu la secrétaire." in page
    assert "Écrire" in page
    for wrong in ({"on": day(3)}, {"on": "0001-01-01"}, {"text": "\x00"}, {"kind": "smoke"}):
        answer = director.post(f"{CARD}echanges/ajouter/", sent | wrong)
        assert answer.status_code == 422
        assert "Vu la secrétaire." in answer.content.decode() or "text" in wrong
    assert Interaction.objects.count() == 1


def test_an_obstacle_is_noted_linked_lifted_and_put_back(director, commune, known):
    known(commune)
    idea = Obstacle.objects.get().idea
    Obstacle.objects.all().delete()
    sent = {"module": "booking", "reason": "privacy", "detail": "Le délégué hésite"}
    director.post(f"{CARD}obstacles/ajouter/", sent)
    obstacle = Obstacle.objects.get()
    director.post(f"{CARD}obstacles/{obstacle.pk}/", {"detail": "Bis", "idea": idea.pk})

    obstacle.refresh_from_db()
    idea.refresh_from_db()
    assert (obstacle.detail, obstacle.idea, idea.unblocks_communes) == ("Bis", idea, 1)
    assert "protection des données" in text_of(director.get(CARD))
    director.post(f"{CARD}obstacles/{obstacle.pk}/lever/")
    assert "Obstacle levé : protection des données" in text_of(director.get(CARD))
    director.post(f"{CARD}obstacles/{obstacle.pk}/remettre/")
    obstacle.refresh_from_db()
    assert obstacle.solved_at is None
    assert "Choisissez une raison." in text_of(
        director.post(f"{CARD}obstacles/ajouter/", {"module": "booking"}), status=422
    )


def test_the_present_solution_gives_the_window(director, commune, at_stage):
    at_stage(commune, Stage.CONSIDERING, reason="has_solution")
    page = f"{CARD}solution/booking/"
    sent = {
        "vendor": "Agendia",
        "contract_end": day(30),
        "notice_days": "90",
        "integrated_with": ["website"],
        "satisfaction": "2",
        "export_formats": ["csv"],
        "mode": "2",
    }
    director.post(page, sent)

    assert "Fenêtre de bascule du" in text_of(director.get(CARD))
    assert "Ouvertes aujourd’hui" in text_of(director.get("/communes/fenetres/"))
    assert b"Pauillac" in director.get("/communes/fenetres.ics").content
    assert 'value="Agendia"' in text_of(director.get(page))
    for wrong in ({"notice_days": "9" * 40}, {"contract_end": "9999-12-31"}, {"mode": "7"}):
        assert director.post(page, sent | wrong).status_code == 422
    director.post(f"{page}effacer/")
    assert not ExistingSolution.objects.exists()
    assert director.get(f"{CARD}solution/catering/").status_code == 404


def test_the_team_chooses_who_follows_a_commune(director, commune, make_user):
    lea = make_user("referent")
    director.post(f"{CARD}referents/", {"main": lea.pk})

    assert Referent.objects.get().user == lea
    found = text_of(director.get("/communes/", {"referent": lea.pk}))
    assert "1 commune trouvée" in found
    both = director.post(f"{CARD}referents/", {"main": lea.pk, "backup": lea.pk})
    assert "Choisissez quelqu’un d’autre que le référent." in text_of(both, status=422)
    stranger = make_user("admin", commune=commune)
    assert director.post(f"{CARD}referents/", {"main": stranger.pk}).status_code == 422


def test_monday_says_whom_to_call_why_and_what_to_say(director, commune, at_stage, known):
    at_stage(commune, Stage.CONSIDERING, reason="has_solution")
    known(commune)

    page = text_of(director.get("/lundi/"))

    assert "1 tâche en retard" in page
    assert "2 tâches cette semaine" in page
    assert "Préparer le changement : une fenêtre s’ouvre" in page
    assert "Bonjour Ana Lacoste, votre contrat actuel" in page
    assert 'href="tel:+33556000000"' in page


def test_monday_is_for_one_referent_or_all(director, commune, known, make_user):
    known(commune)
    lea = make_user("referent")

    assert "Rien à faire cette semaine" in text_of(director.get("/lundi/", {"referent": lea.pk}))
    director.post(f"{CARD}referents/", {"main": lea.pk})
    assert "1 tâche en retard" in text_of(director.get("/lundi/", {"referent": lea.pk}))
    assert "1 tâche en retard" in text_of(director.get("/lundi/", {"referent": "9" * 30}))


def test_a_call_finishes_its_task(director, commune, known):
    known(commune)
    task = Task.objects.get(title="Rappeler 1")
    assert "Rappeler 1" in text_of(director.get(f"/lundi/{task.pk}/appel/"))

    sent = {"kind": "call", "on": day(), "text": "Elle rappellera."}
    assert director.post(f"/lundi/{task.pk}/appel/", sent)["Location"] == "/lundi/"

    task.refresh_from_db()
    assert task.done_by_name == "director"
    again = director.post(f"/lundi/{task.pk}/appel/", sent)
    assert "Cette tâche est déjà faite." in text_of(again, status=422)
    assert director.post(f"/lundi/{task.pk}/appel/", {}).status_code == 422


def test_a_task_is_added_put_off_done_and_reopened(director, commune):
    director.post(f"{CARD}taches/ajouter/", {"title": "Rappeler", "due": day(-3)})
    task = Task.objects.get()

    director.post(f"/lundi/{task.pk}/reporter/", {"from": "card"})
    task.refresh_from_db()
    assert task.due.isoformat() == day(7)
    assert director.post(f"/lundi/{task.pk}/fait/", {"from": "card"})["Location"] == CARD
    assert director.post(f"/lundi/{task.pk}/fait/").status_code == 409
    assert "Fait : Rappeler" in text_of(director.get(CARD))
    director.post(f"/lundi/{task.pk}/rouvrir/")
    task.refresh_from_db()
    assert task.done_at is None
    assert (
        director.post(f"{CARD}taches/ajouter/", {"title": "x", "due": "9999-01-01"}).status_code
        == 422
    )


def test_nothing_of_another_association_is_reached(director, commune, known):
    known(commune)
    task = Task.objects.first()
    with owner():
        Commune.objects.update(association=None)

    assert director.get(CARD).status_code == 404
    assert director.post(f"/lundi/{task.pk}/fait/").status_code == 404
    assert "Rien à faire" in text_of(director.get("/lundi/"))
    assert "Aucune solution existante" in text_of(director.get("/communes/fenetres/"))


@pytest.mark.parametrize(
    "path",
    [
        "/communes/",
        "/communes/?vue=etapes",
        "/communes/parcours.csv",
        "/communes/carte/",
        "/communes/fenetres/",
        "/lundi/",
        CARD,
    ],
)
def test_pages_cost_the_same_for_few_communes_and_for_many(
    director, commune, many_communes, at_stage, known, path
):
    at_stage(commune, Stage.CONSIDERING, reason="cost")
    known(commune)
    director.get(path)
    with CaptureQueriesContext(connection) as few:
        director.get(path)
    for each in many_communes(12):
        at_stage(each, Stage.CONSIDERING, reason="cost")
        known(each)
    director.get(path)

    with CaptureQueriesContext(connection) as many:
        director.get(path)

    assert len(many) == len(few)


def test_whoever_has_a_long_address_and_no_name_signs_all_the_same(director, commune):
    with owner():
        User.objects.update(email=f"{'a' * 60}@{'b' * 60}.example.org", display_name="")

    director.post(f"/communes/{commune.insee_code}/dispense/training/", {"reason": "Formée avant"})

    assert ReadinessItem.objects.get(commune=commune).waived_by_name.startswith("aaa")


@pytest.mark.parametrize("code", ["%00", "33314%00", "99999", "x" * 3000])
def test_a_code_that_no_commune_has_leads_nowhere(director, code):
    assert director.get(f"/communes/{code}/").status_code == 404


def test_the_list_says_how_far_each_commune_is_from_its_opening(director, commune, now):
    with owner():
        Commune.objects.filter(pk=commune.pk).update(state="configuring")
        for code, is_done, waived in (
            ("agreement", True, None),
            ("mail", False, None),
            ("training", False, now),
            ("poster", False, None),
        ):
            ReadinessItem.objects.create(
                commune=commune,
                code=code,
                is_done=is_done,
                is_blocking=code != "poster",
                checked_at=now,
                waived_at=waived,
                waiver_reason="Formée ailleurs" if waived else "",
            )

    page = text_of(director.get("/communes/?sort=-ready"))
    table = text_of(director.get("/communes/parcours.csv"))

    assert "60 % · 1 point bloque" in page
    assert f"/communes/{commune.insee_code}/ouverture/" in page
    assert "Courriel d’essai reçu" in table
