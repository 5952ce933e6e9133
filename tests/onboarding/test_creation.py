"""A commune, or a preview of one, comes from its INSEE code; killed anywhere, it goes on."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from booking.models import Opening, Service
from identity import limits
from identity.models import Invitation
from incidents.models import Category
from onboarding import bringing_up, creation, tasks
from onboarding.actions import move
from onboarding.models import CommuneFile, Creation, StageEvent
from onboarding.stages import Module, Stage
from parvis.models import OutgoingEmail
from slots.models import FreeSlotDay
from tenants import hosts, lifecycle
from tenants.models import Association, Commune, Domain, OfficialCommune
from tests.conftest import login_as, owner


pytestmark = [pytest.mark.django_db, pytest.mark.public]
CODE = "33019"  # Audenge, on the bay: no commune of the demo, whose roles the cluster would keep
HOURS = [[0, 4, [["08:30", "12:30"], ["13:30", "17:15"]]], [5, 5, [["09:00", "12:00"]]]]


@pytest.fixture(autouse=True)
def _roles():
    """Let the session of the suite take the role of a schema it has just asked for."""
    with connection.cursor() as cursor:
        cursor.execute("SET createrole_self_grant = 'set'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET createrole_self_grant")


@pytest.fixture
def audenge(association):
    """A member of the association, known to public data only."""
    with owner():
        OfficialCommune.objects.update_or_create(
            insee_code=CODE,
            defaults={
                "name": "Audenge", "department": "33", "postcodes": ["33980"],
                "search_key": " audenge / 33019 33980 ", "population": 9_596,
                "population_year": 2023, "siren": "213300197", "epci_name": "COBAN",
                "epci_siren": "243301504", "address": "24 allée Ernest-de-Boissière",
                "phone": "05 56 03 81 50", "email": "mairie@audenge.example.org",
                "hours": HOURS,
            },
        )  # fmt: skip
        return creation_of_row(association)


def creation_of_row(association):
    return Commune.objects.create(
        insee_code=CODE, schema_name=f"c_{CODE}", name="Audenge", slug="audenge",
        association=association, population=9_596, address="24 allée Ernest-de-Boissière",
        phone="05 56 03 81 50", email="mairie@audenge.example.org", hours=HOURS,
        postcode="33980",
    )  # fmt: skip


@pytest.fixture
def portal(host_client):
    return host_client("localhost")


@pytest.fixture
def director(make_user):
    return make_user("director")


@pytest.fixture
def office(host_client, director, association):
    """The association's site, seen by its director."""
    return login_as(
        host_client("gironde.localhost"), director, site=f"association:{association.pk}"
    )


def commit(commune, now):
    move(commune=commune, module=Module.BOOKING, stage=Stage.COMMITTED, now=now)


def made(commune):
    """Have a preview made, and check its keys as the commit does that a test never reaches."""
    tasks.bring_up(commune_id=commune.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


FACTS = {
    "siret": "213 300 197 00018",
    "postcode": "33980",
    "population": "9596",
    "address": "24 allée Ernest-de-Boissière",
    "phone": "05 56 03 81 50",
    "email": "mairie@audenge.example.org",
    "admin_email": "secretaire@audenge.example.org",
}


def asked(office, **changes):
    return office.post(f"/communes/{CODE}/creation/", {**FACTS, **changes})


# --- A preview --------------------------------------------------------------------------------


def test_a_name_leads_to_a_preview_with_real_facts_and_free_slots(portal, audenge, host_client):
    found = portal.get("/apercu/", {"q": "auden"}).content.decode()
    assert "Audenge" in found
    assert "Gironde (33)" in found

    answer = portal.post("/apercu/creer/", {"insee": CODE})
    assert portal.get(answer["Location"])["Refresh"] == "1"
    tasks.bring_up(commune_id=audenge.pk)
    shown = portal.get(answer["Location"])
    ready = shown.content.decode()
    assert "Refresh" not in shown

    host = Domain.objects.get(commune=audenge).domain
    assert f"http://{host}:8000/" in ready
    home = host_client(host).get("/")
    page = home.content.decode()
    assert home.status_code == 200
    assert home["X-Robots-Tag"] == "noindex, nofollow"
    assert "24 allée Ernest-de-Boissière" in page
    assert "Aperçu de démonstration, visible jusqu’au" in page
    assert "Carte d’identité" in page
    assert FreeSlotDay.objects.filter(commune=audenge, n__gt=0).exists()
    with schema_context(f"c_{CODE}"):
        assert set(Opening.objects.values_list("weekday", flat=True)) == {0, 1, 2, 3, 4, 5}
        assert Category.objects.filter(code__startswith="plage").exists()  # the shore's pack
    audenge.refresh_from_db()
    assert audenge.brand_colour != "#24507f"


def test_a_preview_is_nowhere_but_at_its_address(portal, audenge, host_client):
    creation.ask_preview(commune=audenge, now=timezone.now())
    tasks.bring_up(commune_id=audenge.pk)

    assert "Audenge" not in portal.get("/").content.decode()
    assert "En service" not in portal.get("/", {"q": "audenge"}).content.decode()
    assert host_client("audenge.localhost").get("/").status_code == 404
    assert audenge not in Commune.objects.counted()
    assert host_client("apercu-zzzzzzzzzzzzzz.localhost").get("/").status_code == 404
    assert portal.get("/apercu/zzzzzzzzzzzzzz/").status_code == 404


def test_an_open_commune_and_an_unknown_one_are_said_clearly(portal, commune):
    with owner():
        OfficialCommune.objects.update_or_create(
            insee_code="33314",
            defaults={"name": "Pauillac", "department": "33", "postcodes": ["33250"],
                      "search_key": " pauillac / 33314 33250 "},
        )  # fmt: skip

    assert "a déjà son site" in portal.get("/apercu/", {"q": "pauillac"}).content.decode()
    answer = portal.post("/apercu/creer/", {"insee": "33314"})
    assert answer["Location"] == "http://pauillac.localhost:8000/"
    assert "Aucune commune" in portal.get("/apercu/", {"q": "zzz"}).content.decode()
    for nonsense in ("", "99999", "\x00", "9" * 5000, "33 51", "é" * 5, "3305' OR 1=1"):
        refused = portal.post("/apercu/creer/", {"insee": nonsense, "q": "bordeaux"})
        assert refused.status_code in {400, 404, 422}, nonsense


def test_namesakes_are_told_apart_by_their_departments(portal):
    with owner():
        for code, department in (("33399", "33"), ("47250", "47")):
            OfficialCommune.objects.update_or_create(
                insee_code=code,
                defaults={"name": "Sainte-Colombe", "department": department, "postcodes": [],
                          "search_key": f" sainte colombe / {code} "},
            )  # fmt: skip

    page = portal.get("/apercu/", {"q": "ste colombe"}).content.decode()

    assert "Plusieurs communes portent ce nom" in page
    assert "Gironde (33)" in page
    assert "Lot-et-Garonne (47)" in page


def test_previews_are_limited_by_visitor_and_in_all(portal, audenge, monkeypatch):
    monkeypatch.setattr(creation, "MOST_PREVIEWS", 0)
    full = portal.post("/apercu/creer/", {"insee": CODE})
    monkeypatch.setattr(creation, "MOST_PREVIEWS", 200)
    answers = [portal.post("/apercu/creer/", {"insee": CODE}).status_code for _ in range(4)]

    assert full.status_code == 429
    assert answers == [302, 302, 302, 302]  # asked again, the same one: counted once
    assert Domain.objects.filter(commune=audenge).count() == 1


def test_whoever_shows_previews_all_day_does_it_from_a_known_network(portal, audenge, settings):
    settings.OFFICE_NETWORKS = []
    for _each in range(limits.PREVIEW.seats):
        limits.take(limits.PREVIEW, "127.0.0.1", now=timezone.now())
    refused = portal.post("/apercu/creer/", {"insee": CODE}).status_code
    settings.OFFICE_NETWORKS = ["127.0.0.0/8"]

    assert (refused, portal.post("/apercu/creer/", {"insee": CODE}).status_code) == (429, 302)


def test_a_preview_that_is_over_is_dropped_at_night(audenge):
    creation.ask_preview(commune=audenge, now=timezone.now() - timedelta(days=15))
    made(audenge)

    assert tasks.end_previews() == 1
    assert tasks.end_previews() == 0

    audenge.refresh_from_db()
    assert audenge.state == "listed"
    assert not FreeSlotDay.objects.filter(commune=audenge).exists()


def test_the_association_has_a_preview_to_send(office, audenge):
    page = f"/communes/{CODE}/apercu/"
    assert "Préparer l’aperçu" in office.get(page).content.decode()
    assert office.post(page)["Location"] == page
    assert office.get(page)["Refresh"] == "1"

    tasks.bring_up(commune_id=audenge.pk)

    assert "Adresse à partager" in office.get(page).content.decode()


# --- For good ---------------------------------------------------------------------------------


def test_a_commune_is_created_and_its_administrator_invited(office, audenge, now, director):
    commit(audenge, now)
    assert "213300197" in office.get(f"/communes/{CODE}/creation/").content.decode()

    assert asked(office, is_vat_liable="on").status_code == 302
    tasks.bring_up(commune_id=audenge.pk)

    audenge.refresh_from_db()
    assert (audenge.state, audenge.vat_number) == ("configuring", "FR42213300197")
    assert CommuneFile.objects.get(commune=audenge).siret == "21330019700018"
    invitation = Invitation.objects.get(commune=audenge)
    assert (invitation.email, invitation.role) == ("secretaire@audenge.example.org", "admin")
    assert OutgoingEmail.objects.filter(to__contains=["secretaire@audenge.example.org"]).exists()
    event = StageEvent.objects.get(onboarding__commune=audenge, to_stage="configuring")
    assert (event.by_id, event.evidence) == (director.pk, "Espace de la commune créé")
    assert "L’invitation est partie" in office.get(f"/communes/{CODE}/creation/").content.decode()
    with schema_context(f"c_{CODE}"):  # without a station, identity documents wait
        assert not Service.objects.exclude(titles="").filter(is_active=True).exists()
        assert Service.objects.filter(is_active=True).exists()


def test_a_commune_that_has_not_said_yes_is_not_created(office, audenge):
    answer = asked(office)

    assert answer.status_code == 422
    assert "pas encore engagée" in answer.content.decode()
    assert not Creation.objects.exists()


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("siret", "21330019700014", "Ce n’est pas un SIRET"),
        ("siret", "x" * 15, "Ce n’est pas un SIRET"),
        ("postcode", "3338", "cinq chiffres"),
        ("population", "9" * 40, "20000000"),
        ("email", "mairie", "adresse"),
        ("admin_email", "", "obligatoire"),
        ("address", "a" * 400, "300"),
        ("phone", "\x00", "nul"),
    ],
)
def test_wrong_facts_are_explained_and_kept(office, audenge, now, field, wrong, said):
    commit(audenge, now)

    answer = asked(office, **{field: wrong})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "24 allée" in answer.content.decode() or field == "address"
    assert not Creation.objects.exists()


STEPS = [
    (lifecycle.provisioning, "provision"),
    (bringing_up, "furnish"),
    (lifecycle, "begin_configuring"),
    (creation, "note"),
    (creation, "move_on"),
    (creation, "invite"),
]


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("place", "step"), STEPS, ids=[step for _place, step in STEPS])
def test_killed_at_any_step_a_creation_goes_on(  # noqa: PLR0917 (fixtures)
    office, audenge, now, monkeypatch, place, step, is_after
):
    commit(audenge, now)
    asked(office)
    real = getattr(place, step)

    def killed(*args, **kwargs):
        if is_after:
            real(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(place, step, killed)
    with pytest.raises(KeyboardInterrupt):
        tasks.bring_up(commune_id=audenge.pk)
    connection.set_schema_to_public()
    monkeypatch.setattr(place, step, real)

    if Creation.objects.get().is_done:
        assert (step, is_after) == ("invite", True)
    else:
        assert tasks.go_on() == 1
    tasks.bring_up(commune_id=audenge.pk)

    assert Creation.objects.get().is_done
    assert tasks.go_on() == 0
    assert Commune.objects.get(pk=audenge.pk).state == "configuring"
    assert Invitation.objects.filter(commune=audenge).count() == 1
    assert StageEvent.objects.filter(to_stage="configuring").count() == 1
    with schema_context(f"c_{CODE}"):
        assert Opening.objects.count() == 11
        assert Service.objects.filter(slug="carte-identite").count() == 1


def test_whoever_commits_keeps_her_preview_without_the_trials_of_visitors(office, audenge, now):
    creation.ask_preview(commune=audenge, now=timezone.now())
    made(audenge)
    with schema_context(f"c_{CODE}"):
        OutgoingEmail.objects.bulk_create([OutgoingEmail(key="x", subject="x", body="", to=[])])
    commit(audenge, now)

    asked(office)
    tasks.bring_up(commune_id=audenge.pk)

    audenge.refresh_from_db()
    assert (audenge.state, audenge.delete_after) == ("configuring", None)
    assert hosts.host_of(audenge) == "audenge.localhost"
    with schema_context(f"c_{CODE}"):
        assert not OutgoingEmail.objects.exists()
        assert Opening.objects.count() == 11


def test_two_workers_do_not_make_one_commune_twice(audenge):
    creation.ask_preview(commune=audenge, now=timezone.now())

    with creation.alone(audenge.pk) as first:
        assert first is True
    assert tasks.bring_up(commune_id=audenge.pk) is True


def test_another_association_sees_nothing_of_it(host_client, make_user, audenge, now):
    user = make_user("referent", email="landes@example.org")
    with owner():
        other = Association.objects.create(
            name="Landes", short_name="Landes", slug="landes", departments=["40"]
        )
        user.memberships.update(association=other)
    office = login_as(host_client("landes.localhost"), user, site=f"association:{other.pk}")

    for path in (f"/communes/{CODE}/creation/", f"/communes/{CODE}/apercu/"):
        assert office.get(path).status_code == 404
        assert office.post(path, FACTS).status_code == 404


# --- An association ---------------------------------------------------------------------------


def test_a_director_changes_how_the_association_is_called(office, association):
    words = {
        "name": "Maires de Gironde", "short_name": "AMG", "phone": "05 56 00 00 00",
        "email": "contact@amg.example.org", "brand_colour": "#2a7a55", "departments": "33",
    }  # fmt: skip
    with owner():
        OfficialCommune.objects.get_or_create(
            insee_code="33999",
            defaults={"name": "X", "department": "33", "postcodes": [], "search_key": " x "},
        )

    wrong = office.post("/reglages/", {**words, "departments": "33, ZZ"})
    assert wrong.status_code == 422
    assert "Aucun département n’a ce code" in wrong.content.decode()
    assert office.post("/reglages/", {**words, "brand_colour": "red"}).status_code == 422

    assert office.post("/reglages/", words).status_code == 302
    association.refresh_from_db()
    assert (association.name, association.brand_colour) == ("Maires de Gironde", "#2a7a55")


@pytest.mark.owner
def test_an_association_is_born_with_the_invitation_of_its_director(capsys):
    call = {"name": "Maires des Landes", "slug": "landes", "departments": "40"}
    call_command("create_association", director="direction@landes.example.org", **call)

    made = Association.objects.get(slug="landes")
    assert Invitation.objects.get(association=made).role == "director"
    assert "http://landes.localhost:8000/" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("create_association", director="x@example.org", **call)
    with pytest.raises(CommandError):
        call_command("create_association", director="x@example.org", **{**call, "slug": "www"})
