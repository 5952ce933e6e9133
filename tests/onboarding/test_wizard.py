"""The wizard, walked by an administrator who leaves, comes back and presses twice."""

from datetime import date

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.models import Opening, Resource, Service, ServiceNeed, SettingsChange
from incidents.models import Category
from onboarding import facts, legal, setting_up, tasks, wizard_emails
from onboarding.models import CommuneFile, Proof, ReadinessItem, Referent
from onboarding.readiness import Step, steps_done
from onboarding.weeks import MORNINGS, PRESETS
from parvis.models import OutgoingEmail
from tenants import hosts
from tenants.models import Commune
from tests.conftest import login_as, owner
from tests.factories import ServiceFactory


pytestmark = pytest.mark.django_db
LIST = "/agent/commune/mise-en-route/"
IDENTITY = {
    "address": "18 place de l’Hôtel-de-Ville, 33250 Pauillac",
    "phone": "05 56 59 17 17",
    "email": "mairie@pauillac.example.org",
    "website": "",
    "brand_colour": "#7a1f3d",
}
CONTACTS = {
    "publisher": "Camille Laurent",
    "postal_address": "BP 1, 33250 Pauillac",
    "phone": "05 56 59 17 17",
    "email": "mairie@pauillac.example.org",
    "secretary_name": "Dominique Petit",
    "secretary_email": "secretariat@pauillac.example.org",
    "dpo_name": "Centre de gestion",
    "dpo_email": "dpo@example.org",
    "siret": "213 303 142 00011",
}
MODULES = {"has_booking": "on", "has_reports": "on", "counters": "2", "stations": "1"}
SERVICES = {"services": ["carte-identite", "passeport", "pacs"]}
STEPS = [
    (Step.IDENTITY, IDENTITY),
    (Step.CONTACTS, CONTACTS),
    (Step.MODULES, MODULES),
    (Step.SERVICES, SERVICES),
    (Step.HOURS, {"week": "days"}),
    (Step.REPORTS, {"pack": "viticole"}),
    (Step.TAKEOVER, {}),
    (Step.KIT, {}),
]


def at(step):
    return reverse(f"onboarding:wizard_{step}", urlconf="parvis.urls_commune")


class Browser(Client):
    """A browser on Pauillac's site; the test goes on in its schema after each answer."""

    def request(self, **asked):
        answer = super().request(**asked)
        connection.set_tenant(Commune.objects.get(insee_code="33314"))
        return answer


@pytest.fixture
def browser():
    return lambda: Browser(headers={"host": "pauillac.localhost"})


@pytest.fixture
def admin(browser, make_user, commune, settings):
    settings.DEMO = True  # second factors have tests of their own
    return login_as(browser(), make_user("admin", commune=commune), site=commune.schema_name)


def state(now):
    here = facts.situation(now=now)
    return {
        "done": steps_done(here.facts, waived=here.waived),
        "services": sorted(Service.objects.offered().values_list("slug", flat=True)),
        "resources": sorted(Resource.objects.filter(active=True).values_list("name", flat=True)),
        "openings": Opening.objects.count(),
        "categories": Category.objects.count(),
        "proofs": Proof.objects.count(),
        "files": CommuneFile.objects.count(),
    }


def test_each_step_is_saved_alone_and_resumed_elsewhere(admin, browser, commune, make_user, now):
    other = make_user("admin", commune=commune, email="second@example.org")
    elsewhere = login_as(browser(), other, site=commune.schema_name)
    for step, typed in STEPS:
        assert admin.get(at(step)).status_code == 200  # opened, then abandoned

        answer = admin.post(at(step), typed)
        saved = state(now)
        again = admin.post(at(step), typed)  # pressed twice, or sent again after a reload

        assert (answer.status_code, again.status_code) == (302, 302), step
        assert state(now) == saved, step
        assert saved["done"][step], step
        page = elsewhere.get(at(step))  # another device, or the way back
        assert page.status_code == 200
        assert typed.get("address", "") in page.content.decode()

    listed = " ".join(elsewhere.get(LIST).content.decode().split())
    assert f"<strong>{sum(saved['done'].values())}</strong> étapes sur 10" in listed


def test_leaving_after_saving_leads_to_the_list(admin):
    answer = admin.post(at(Step.IDENTITY), IDENTITY | {"leave": "1"})

    assert answer["Location"] == "/agent/commune/mise-en-route/"


def test_the_identity_reaches_the_citizens_site_at_once(
    admin, client, other_commune, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(at(Step.IDENTITY), IDENTITY)

    assert "05 56 59 17 17" in client.get("/mentions-legales/").content.decode().replace(
        "\u00a0", " "
    )
    with owner():
        assert Commune.objects.get(pk=other_commune.pk).phone != IDENTITY["phone"]


@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        (Step.IDENTITY, IDENTITY | {"phone": "a\x00b"}, "phone"),
        (Step.IDENTITY, IDENTITY | {"brand_colour": "red"}, "Écrivez la couleur ainsi"),
        (Step.CONTACTS, CONTACTS | {"siret": "21330314200012"}, "Ce SIRET n’existe pas"),
        (Step.CONTACTS, CONTACTS | {"dpo_email": ""}, "Saisissez le courriel du délégué"),
        (Step.CONTACTS, CONTACTS | {"secretary_email": ""}, "Donnez au moins un courriel"),
        (Step.MODULES, {"counters": "2"}, "Choisissez au moins un module"),
        (Step.MODULES, MODULES | {"counters": "99999999999999999999"}, "counters"),
        (Step.MODULES, MODULES | {"mobile_stations": "3"}, "plus de stations mobiles"),
        (Step.SERVICES, {"services": ["inconnu"]}, "inconnu"),
        (Step.SERVICES, {}, "Choisissez au moins une démarche"),
        (Step.HOURS, {"week": "jamais"}, "jamais"),
        (Step.REPORTS, {}, "Choisissez un lot"),
        (Step.TEAM, {"addresses": "personne", "role": "admin"}, "Aucune adresse trouvée"),
        (Step.TEAM, {"addresses": "a@b@c", "role": "admin"}, "n’est pas une adresse"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(admin, step, typed, said, now):
    before = state(now)

    answer = admin.post(at(step), typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert state(now) == before
    kept = typed.get("publisher", "")
    assert kept in answer.content.decode()


def test_coming_back_without_choosing_keeps_what_is_there(admin):
    admin.post(at(Step.MODULES), MODULES)
    admin.post(at(Step.HOURS), {"week": "mornings"})
    admin.post(at(Step.REPORTS), {"pack": "viticole"})
    opened = list(Opening.objects.order_by("pk").values_list("pk", flat=True))
    assert opened

    again = [admin.post(at(step), {}).status_code for step in (Step.HOURS, Step.REPORTS)]

    assert again == [302, 302]
    assert list(Opening.objects.order_by("pk").values_list("pk", flat=True)) == opened


def test_changing_the_number_of_counters_never_erases_one(admin, now):
    admin.post(at(Step.MODULES), MODULES)
    admin.post(at(Step.MODULES), MODULES | {"counters": "1", "stations": "0"})
    admin.post(at(Step.MODULES), MODULES | {"counters": "3"})

    assert sorted(Resource.objects.values_list("name", "active")) == [
        ("Guichet 1", True),
        ("Guichet 2", True),
        ("Guichet 3", True),
        ("Station 1", True),
    ]


def test_a_station_that_comes_back_is_needed_again_and_hours_set_by_hand_stay(admin):
    admin.post(at(Step.MODULES), MODULES)
    admin.post(at(Step.HOURS), {"week": "mornings"})
    monday = Opening.objects.get(weekday=0)
    monday.resources.set(Resource.objects.filter(name="Guichet 1"))

    admin.post(at(Step.MODULES), MODULES | {"stations": "0"})
    assert not ServiceNeed.objects.exclude(kind="counter").exists()
    admin.post(at(Step.MODULES), MODULES | {"counters": "3"})

    card = Service.objects.get(slug="carte-identite")
    assert set(card.needs.values_list("kind", flat=True)) == {"counter", "station"}
    names = monday.resources.order_by("name").values_list("name", flat=True)
    assert list(names) == ["Guichet 1", "Guichet 3"]


def test_the_commune_s_own_service_stays(admin):
    own = ServiceFactory(slug="jardins", name="Jardins ouvriers")

    admin.post(at(Step.MODULES), MODULES)
    admin.post(at(Step.SERVICES), SERVICES)

    offered = set(Service.objects.offered().values_list("slug", flat=True))
    assert {own.slug, "carte-identite", "passeport", "pacs", "pacs-signature"} <= offered
    assert "mariage" not in offered


def test_each_week_says_what_it_holds_by_the_code_that_sells_the_slots(admin, now):
    admin.post(at(Step.MODULES), MODULES)
    admin.post(at(Step.SERVICES), {"services": ["carte-identite"]})
    service = setting_up.measured_service()
    week, year = setting_up.capacity_of(
        setting_up.week_rules(MORNINGS), service, today=date(2026, 11, 23)
    )

    admin.post(at(Step.HOURS), {"week": "mornings"})

    # One station, three hours, twenty minutes each, five days; eight public holidays on weekdays.
    assert week == 45
    assert year == 9 * sum(
        day.weekday() < 5 and day not in HOLIDAYS
        for day in (date.fromordinal(date(2026, 11, 23).toordinal() + n) for n in range(365))
    )
    assert "45 rendez-vous par semaine" in admin.get(at(Step.HOURS)).content.decode()
    assert Opening.objects.count() == 5


HOLIDAYS = {
    date(2026, 12, 25),
    date(2027, 1, 1),
    date(2027, 3, 29),
    date(2027, 5, 1),
    date(2027, 5, 6),
    date(2027, 5, 8),
    date(2027, 5, 17),
    date(2027, 7, 14),
    date(2027, 8, 15),
    date(2027, 11, 1),
    date(2027, 11, 11),
}


def test_a_share_of_each_opening_stays_for_emergencies(admin):
    admin.post(at(Step.MODULES), MODULES | {"urgent_percent": "20"})
    admin.post(at(Step.SERVICES), {"services": ["carte-identite"]})
    admin.post(at(Step.HOURS), {"week": "mornings"})

    assert set(Opening.objects.values_list("quota", flat=True)) == {7}  # of nine


def test_what_the_wizard_sets_up_can_be_undone_in_the_settings(admin):
    admin.post(at(Step.MODULES), MODULES)
    admin.post(at(Step.HOURS), {"week": "days"})

    labels = SettingsChange.objects.values_list("label", flat=True)
    assert list(labels) == ["Semaine choisie", "Guichets et stations"]


@pytest.mark.parametrize("kind", ["agreement", "retention", "approval"])
def test_a_text_is_accepted_once_by_name_with_its_fingerprint(admin, kind, commune):
    page = admin.get(at(kind))
    sha256 = page.context["form"].initial["sha256"]

    refused = admin.post(at(kind), {"sha256": sha256})
    changed = admin.post(at(kind), {"sha256": "0" * 64, "accepted": "on"})
    for _press in range(2):
        admin.post(at(kind), {"sha256": sha256, "accepted": "on"})

    assert (refused.status_code, changed.status_code) == (422, 422)
    proof = Proof.objects.get()
    assert (proof.kind, proof.subject, proof.by_name) == (kind, sha256, "admin")
    assert sha256[:16] in admin.get(at(kind)).content.decode()


def test_a_trial_message_proves_that_its_address_is_read(admin, browser, commune, now):
    admin.post(at(Step.IDENTITY), IDENTITY)
    token = wizard_emails.trial_token("reply", IDENTITY["email"])
    path = f"/agent/commune/mise-en-route/courriel/{token}/"
    trial = {"kind": "reply", "address": IDENTITY["email"], "token": token, "minute": "0900"}
    with owner():
        tasks.send_trial(commune_id=commune.pk, **trial)
        tasks.send_trial(commune_id=commune.pk, **trial)  # pressed twice within the minute
        assert path in OutgoingEmail.objects.get(to=[IDENTITY["email"]]).body

    stranger = browser()
    assert stranger.get(path).status_code == 200
    assert not facts.situation(now=now).facts.reply_works
    assert stranger.post(path).status_code == 200
    assert facts.situation(now=now).facts.reply_works

    admin.post(at(Step.IDENTITY), IDENTITY | {"email": "autre@pauillac.example.org"})
    assert not facts.situation(now=now).facts.reply_works  # proved of another address
    assert stranger.post(path).status_code == 410
    assert stranger.get(path[:-3] + "x/").status_code == 410


def test_the_papers_are_filled_in_and_print(admin, now):
    admin.post(at(Step.IDENTITY), IDENTITY)
    admin.post(at(Step.CONTACTS), CONTACTS)
    here = facts.situation(now=now)
    papers = legal.papers(here.commune, here.file)

    words = {
        code: " ".join(text for _heading, text in each.parts) for code, each in papers.items()
    }
    assert "Pauillac" in words["deliberation"]
    assert "21330314200011" in words["convention"]
    assert "dpo@example.org" in words["registre"]
    assert legal.TO_FILL not in words["registre"]
    assert not any("{" in each for each in words.values())
    for name in ("registre", "affiche"):
        answer = admin.get(f"{LIST}communication/{name}.pdf")
        assert answer.content.startswith(b"%PDF")
    assert admin.get(f"{LIST}communication/budget.pdf").status_code == 404


def test_the_preview_is_framed_by_this_site_only(admin):
    page = admin.get("/agent/commune/mise-en-route/apercu/")

    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert "frame-src 'self'" in admin.get(at(Step.IDENTITY))["Content-Security-Policy"]


def test_the_list_costs_the_same_for_one_service_and_for_many(admin, commune, now):
    admin.post(at(Step.MODULES), MODULES)
    admin.post(at(Step.SERVICES), {"services": ["carte-identite"]})
    admin.post(at(Step.HOURS), {"week": "days"})
    counts = []
    for chosen in (["carte-identite"], [each.slug for each in setting_up.templates()][:8]):
        admin.post(at(Step.SERVICES), {"services": chosen})
        facts.situation(now=now)
        with CaptureQueriesContext(connection) as queries:
            facts.situation(now=now)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 30


def test_where_one_talks_nothing_is_to_be_brought(admin, now):
    admin.post(at(Step.MODULES), MODULES)
    admin.post(at(Step.SERVICES), {"services": ["permanence-des-elus"]})

    (service,) = facts.situation(now=now).facts.services
    assert service.has_documents
    Service.objects.update(needs_no_document=False)
    (service,) = facts.situation(now=now).facts.services
    assert not service.has_documents


def test_what_is_missing_leaves_the_commune_as_facts(admin, commune, other_commune, now):
    tasks.check_readiness()

    items = dict(ReadinessItem.objects.values_list("code", "is_done"))
    assert items["agreement"] is False
    assert ReadinessItem.objects.exclude(commune=commune).count() == 0
    assert mail.outbox == []


def test_pasted_addresses_are_invited_with_their_role(admin, commune, make_user):
    inviter = Commune.objects.get(pk=commune.pk).memberships.get(user__email="admin@example.org")
    pasted = "Jean Dupont <jean@example.org>; paul@example.org,\n PAUL@example.org"

    answer = admin.post(at(Step.TEAM), {"addresses": pasted, "role": "booking_agent"})
    with owner():
        for email in ("jean@example.org", "paul@example.org"):
            tasks.invite(
                commune_id=commune.pk, email=email, role="booking_agent", by_id=inviter.user_id
            )
            tasks.invite(  # the queue delivers twice
                commune_id=commune.pk, email=email, role="booking_agent", by_id=inviter.user_id
            )

    assert answer.status_code == 302
    page = admin.get(at(Step.TEAM)).content.decode()
    assert page.count("Invitation envoyée") == 2
    assert "jean@example.org" in page


def test_every_preset_of_hours_is_on_the_grid():
    for week in PRESETS.values():
        for spans in week.values():
            assert all(start < end and start.minute % 5 == 0 for start, end in spans)


def test_every_staff_page_names_the_referent_without_a_query(admin, commune, make_user):
    helper = make_user("referent", email="helper@example.org")
    with owner():
        Referent.objects.create(commune=commune, user=helper, rank="main")
    hosts.forget_hosts()
    first = admin.get("/agent/attente/")
    with CaptureQueriesContext(connection) as queries:
        admin.get("/agent/attente/")

    assert "Votre référent\u00a0: referent" in first.content.decode()
    assert not any("onboarding_referent" in query["sql"] for query in queries)


def test_the_legal_pages_say_what_the_commune_typed(admin, client):
    admin.post(at(Step.CONTACTS), CONTACTS)

    assert "Camille Laurent" in client.get("/mentions-legales/").content.decode()
    assert "dpo@example.org" in client.get("/confidentialite/").content.decode()
    assert "BP 1, 33250 Pauillac" in client.get("/accessibilite/").content.decode()
