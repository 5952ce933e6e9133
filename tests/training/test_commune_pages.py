"""What the people of a commune see, answer, learn and ask, under the role of their commune."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from ideas.models import Idea
from learning.models import ExerciseTry, StepDone
from parvis.models import OutgoingEmail
from tests.conftest import login_as, owner
from training import seating
from training.facts import trained_share
from training.models import (
    Commitment,
    HelpRequest,
    LearningPath,
    Material,
    PathStep,
    Reply,
)


pytestmark = pytest.mark.django_db
HOME = "/agent/commune/formation/"
QUESTIONS = [
    {"ask": f"Question {n} ?", "choices": ["non", "oui"], "right": 1, "why": "Parce que."}
    for n in range(5)
]


@pytest.fixture
def agent(client, make_user, commune):
    return login_as(client, make_user("booking_agent", commune=commune), site=commune.schema_name)


@pytest.fixture
def coming(make_session):
    start = timezone.now() + timedelta(days=9)
    return make_session(half_days=[(start, start + timedelta(hours=3))])


@pytest.fixture
def make_material(association):
    def make(title="Prendre un rendez-vous", **fields):
        usual = {
            "kind": "guide",
            "roles": ["front_desk"],
            "topics": ["booking"],
            "screens": ["booking:agent:new"],
            "minutes": 3,
            "text": "# Début\n\nCliquez.\n\n- un\n- <b>deux</b>",
            "written_on": timezone.localdate(),
        }
        with owner():
            return Material.objects.create(
                association=association, title=title, **(usual | fields)
            )

    return make


@pytest.fixture
def path(association, make_material):
    with owner():
        found = LearningPath.objects.create(
            association=association, role="front_desk", title="Accueillir"
        )
        steps = [
            {"kind": "material", "title": "Lire", "material": make_material()},
            {"kind": "quiz", "title": "Questions", "questions": QUESTIONS},
            {"kind": "exercise", "title": "Essayer", "exercise": "phone_for_three"},
        ]
        for position, fields in enumerate(steps, start=1):
            PathStep.objects.create(path=found, position=position, **fields)
    return found


def inside(commune):
    """Read as the commune does: a request leaves the connection in public."""
    return schema_context(commune.schema_name)


def words_of(answer):
    return answer.content.decode().replace("\u00a0", " ")


def test_an_answer_goes_to_the_association_and_its_result_comes_back(agent, coming):
    address = f"{HOME}sessions/{coming.pk}/"
    assert "Je viens" in words_of(agent.get(address))

    agent.post(address, {"vient": "oui", "carpool": "none"})
    assert "en cours d’enregistrement" in words_of(agent.get(address))
    assert "Réponse en cours" in words_of(agent.get(HOME))
    with owner():
        seating.take_replies(now=timezone.now())

    assert "Inscrit" in words_of(agent.get(HOME))
    assert Reply.objects.get().taken_at


def test_what_is_no_answer_is_refused(agent, coming):
    assert agent.post(f"{HOME}sessions/{coming.pk}/", {"vient": "x"}).status_code == 422
    assert agent.get(f"{HOME}sessions/{10**30}/").status_code == 404


def test_a_draft_is_nobodys_business(agent, make_session):
    assert agent.get(f"{HOME}sessions/{make_session(is_open=False).pk}/").status_code == 404


def test_the_page_costs_the_same_for_many_people_and_paths(
    agent, coming, guest, commune, path, association
):
    def queries():
        counts = []
        for _again in range(2):
            with CaptureQueriesContext(connection) as context:
                agent.get(HOME)
            counts.append(len(context))
        return min(counts)

    guest(coming, commune, "Ana")
    few = queries()
    for number in range(5):
        guest(coming, commune, f"Ana {number}")
        with owner():
            LearningPath.objects.create(
                association=association, role="admin", title=f"Parcours {number}"
            )

    assert queries() == few


def test_a_promise_is_kept_by_its_own_commune(agent, coming, commune, other_commune):
    with owner():
        mine, theirs = (
            Commitment.objects.create(session=coming, commune=each, who="?", what=each.name)
            for each in (commune, other_commune)
        )

    shown = words_of(agent.get(HOME))
    agent.post(f"{HOME}engagements/{mine.pk}/")
    refused = agent.post(f"{HOME}engagements/{theirs.pk}/")

    assert "Pauillac" in shown
    assert f"/engagements/{theirs.pk}/" not in shown
    assert refused.status_code == 404
    mine.refresh_from_db()
    assert mine.done_by_name == "booking_agent"


def test_a_path_is_gone_through(agent, path, commune):
    address = f"{HOME}parcours/{path.pk}/"
    assert "<b>" not in words_of(agent.get(f"{address}1/"))
    agent.post(f"{address}1/")
    wrong = {f"q{n}": "1" for n in range(4)} | {"q4": "0"}
    marked = agent.post(f"{address}2/", wrong)
    assert marked.status_code == 422
    assert words_of(marked).count("Juste") == 4
    assert "Parce que." in words_of(marked)
    assert agent.post(f"{address}2/", {"q0": "é"}).status_code == 422
    agent.post(f"{address}2/", wrong | {"q4": "1"})

    with inside(commune):
        assert StepDone.objects.count() == 2
    assert "<strong>2</strong> étapes sur 3" in words_of(agent.get(address))


def test_an_exercise_is_looked_at_where_the_association_practises(
    agent, path, association, commune, other_commune
):
    address = f"{HOME}parcours/{path.pk}/3/"
    assert "pas encore de commune d’entraînement" in words_of(agent.get(address))
    agent.post(address)
    with inside(commune):
        assert not ExerciseTry.objects.exists()
    with owner():
        other_commune.sandbox_for, other_commune.kind = association, "sandbox"
        other_commune.insee_code, other_commune.schema_name = "99001", "c_99001"
        other_commune.association = None
        other_commune.save()

    assert "lacanau" in words_of(agent.get(address))
    agent.post(address)

    with inside(commune):
        assert ExerciseTry.objects.get().looked_at is None
    assert "Vérification en cours" in words_of(agent.get(address))


def test_material_is_found_by_role_and_subject(agent, make_material):
    make_material("Pour l’accueil")
    make_material("Pour les élus", roles=["elected"], topics=["parvis"])
    make_material("Caché", is_published=False)

    shown = words_of(agent.get(f"{HOME}ressources/?role=elected"))
    every = words_of(agent.get(f"{HOME}ressources/?sujet=x%00"))

    assert "Pour les élus" in shown
    assert "Pour l’accueil" not in shown
    assert "Caché" not in every


def test_material_written_before_its_screen_changed_says_so(agent, make_material):
    old = make_material(written_on="2026-01-01")

    assert "L’écran a changé" in words_of(agent.get(f"{HOME}ressources/{old.pk}/"))


def test_help_is_on_every_screen_and_costs_no_query(agent, make_material):
    agent.get("/agent/rendez-vous/nouveau/")
    counts = []
    for filled in (False, True):
        with CaptureQueriesContext(connection) as context:
            shown = words_of(agent.get("/agent/rendez-vous/nouveau/"))
        counts.append(len(context))
        assert "aide/?ecran=booking%3Aagent%3Anew" in shown
        assert ("Prendre un RDV en 3 minutes" in shown) is filled
        if not filled:
            make_material("Prendre un RDV en 3 minutes")
            help_page = words_of(agent.get(f"{HOME}aide/?ecran=booking:agent:new"))
            assert "Prendre un RDV en 3 minutes" in help_page

    assert counts[0] == counts[1]


def test_a_question_goes_to_the_referent(agent, commune, association):
    with owner():
        association.email = "referent@example.org"
        association.save()
    typed = {"ecran": "booking:agent:new", "text": "Comment annuler ?"}

    assert agent.post(f"{HOME}aide/question/", typed | {"text": "\x00"}).status_code == 422
    agent.post(f"{HOME}aide/question/", typed)

    asked = HelpRequest.objects.get()
    with inside(commune):
        letter = OutgoingEmail.objects.get()
    assert (asked.commune, asked.name) == (commune, "booking_agent")
    assert letter.to == ["referent@example.org"]
    assert "Prendre un rendez-vous" in letter.body
    assert letter.reply_to == "booking_agent@example.org"


def test_an_idea_says_from_which_screen_it_comes(agent, commune):
    typed = {"ecran": "booking:agent:new", "title": "Un bouton plus grand", "body": ""}

    assert agent.post(f"{HOME}aide/idee/", typed | {"title": ""}).status_code == 422
    agent.post(f"{HOME}aide/idee/", typed)

    idea = Idea.objects.get()
    assert (idea.commune, idea.module, idea.screen_code) == (
        commune,
        "booking",
        "booking:agent:new",
    )


def test_who_is_trained_is_counted(commune, make_user, make_session, guest, path):
    admin, agent, reader = (
        make_user(role, commune=commune) for role in ("admin", "booking_agent", "reader")
    )
    assert trained_share(commune) == (0, 3)
    session = make_session()
    guest(session, commune, "Ana", user=admin, state="attended")
    guest(session, commune, "Bob", user=reader, state="absent")
    for step in PathStep.objects.all():
        StepDone.objects.create(
            user_id=agent.pk, path_id=path.pk, step_id=step.pk, at=timezone.now()
        )

    assert trained_share(commune) == (2, 3)


# --- The association's side ---------------------------------------------------------------


TYPED = {
    "kind": "guide",
    "title": "Fermer un guichet",
    "roles": ["admin"],
    "topics": ["booking"],
    "screens": ["booking:agent:outages"],
    "minutes": "4",
    "text": "Pressez Fermer.",
    "is_published": "on",
}


@pytest.mark.public
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "video"}, "Écrivez ce que dit la vidéo"),
        ({"text": ""}, "Écrivez un texte ou joignez"),
        ({"minutes": "-1"}, "supérieure"),
        ({"screens": ["x"]}, "choix valide"),
        ({"file": b"<html>"}, "ni un PDF"),
    ],
)
def test_material_that_helps_nobody_is_refused(director, change, said):
    if "file" in change:
        change = {"file": SimpleUploadedFile("a.pdf", change["file"])}
    answer = director.post("/formations/ressources/nouvelle/", TYPED | change)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Fermer un guichet" in answer.content.decode()


@pytest.mark.public
def test_a_file_is_kept_and_given_back_as_a_file(director, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("../fiche.html", b"%PDF-1.7 ...")
    director.post("/formations/ressources/nouvelle/", TYPED | {"file": upload})
    found = Material.objects.get()

    answer = director.get(f"/formations/ressources/{found.pk}/fichier/")

    assert found.file_name == "fiche.pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="fiche.pdf"'
    assert answer.content == b"%PDF-1.7 ..."
    assert found.file.name.startswith("ressources/")


@pytest.mark.public
def test_changing_material_makes_its_next_version(director, make_material):
    old = make_material(written_on="2026-01-01")
    assert (
        "Plus ancienne que son écran" in director.get("/formations/ressources/").content.decode()
    )

    director.post(f"/formations/ressources/{old.pk}/modifier/", TYPED)

    old.refresh_from_db()
    assert (old.version, old.title, old.written_on) == (2, TYPED["title"], timezone.localdate())


@pytest.mark.public
def test_a_question_is_settled_once(director, commune, association):
    asked = HelpRequest.objects.create(
        association=association, commune=commune, user_id=1, name="Ana", text="Comment ?"
    )
    assert "Comment ?" in director.get("/formations/questions/").content.decode()

    director.post(f"/formations/questions/{asked.pk}/")

    asked.refresh_from_db()
    assert asked.answered_by_name == "director"


FIVE = "\n\n".join(f"Question {n} ?\n- non\n+ oui" for n in range(5))


@pytest.mark.public
def test_a_path_is_made_step_by_step(director, make_material):
    typed = {"title": "Accueillir", "role": "front_desk"}
    address = director.post("/formations/parcours/nouveau/", typed)["Location"]
    guide = make_material()

    for step, status in (
        ({"kind": "material", "material": guide.pk}, 302),
        ({"kind": "quiz", "questions": FIVE}, 302),
        ({"kind": "exercise", "exercise": "honoured", "questions": FIVE}, 302),
        ({"kind": "material"}, 422),
        ({"kind": "quiz", "questions": "Une seule ?\n+ oui\n- non"}, 422),
        ({"kind": "quiz", "questions": "Sans choix ?"}, 422),
        ({"kind": "exercise", "exercise": "x"}, 422),
    ):
        assert director.post(address, {"title": "Étape"} | step).status_code == status
    director.post(f"{address}1/retrait/")
    director.post(address, {"title": "Fin", "kind": "exercise", "exercise": "honoured"})

    kinds = PathStep.objects.values_list("position", "kind").order_by("position")
    assert list(kinds) == [(2, "quiz"), (3, "exercise"), (4, "exercise")]
    assert "Fin" in director.get(address).content.decode()
