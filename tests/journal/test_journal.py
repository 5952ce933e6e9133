"""What the administrators of a commune read, and who comes in to help."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit import keeping, noting
from audit.models import Entry
from booking.models import Opening, Service
from identity import support
from identity.models import SupportAccess
from journal import anchoring, words
from journal.models import Anchor
from parvis.acting import Actor, acting
from parvis.models import OutgoingEmail
from tests.conftest import login_as, owner


pytestmark = pytest.mark.django_db
ANA = Actor(name="Ana", user_id=7, channel="staff", origin="203.0.113.0/24", action="a:b")
HERE = "/agent/commune/journal/"
QUEUE = "/agent/file/"


@pytest.fixture(autouse=True)
def _nothing_before(commune):
    with owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {commune.schema_name}.audit_entry, public.audit_entry")


@pytest.fixture
def admin(client, commune, make_user, settings):
    settings.DEMO = True
    login_as(client, make_user("admin", commune=commune), site=commune.schema_name)
    return client


def sentences():
    return [words.line(entry).sentence for entry in Entry.objects.order_by("pk")]


def test_an_entry_is_a_sentence_with_what_changed():
    with acting(ANA):
        opening = Opening.objects.create(weekday=1, start_time="09:00", end_time="12:00")
        opening.start_time = "10:00"
        opening.save(update_fields=["start_time"])
        opening.delete()

    made, changed, gone = sentences()
    assert made == "Ana a créé l’ouverture du mardi"
    assert changed == "Ana a modifié l’ouverture du mardi"
    assert gone == "Ana a supprimé l’ouverture du mardi"
    entry = Entry.objects.get(kind="update")
    assert words.line(entry).changes == [("de", "9 h", "10 h")]


def test_what_has_no_word_is_said_by_its_technical_name():
    entry = Entry(kind="update", object_table="no_such_table", label="x", payload=None)
    unknown = Entry(kind="event", action="something", label="x", channel="task")

    assert words.line(entry).sentence == "La plateforme a modifié no_such_table « x »"
    assert words.line(unknown).sentence == "Parvis, de lui-même, : something x"


def test_the_page_filters_pages_and_costs_the_same_with_more_rows(admin, commune):
    with acting(ANA):
        Service.objects.create(slug="a", name="Passeport", minutes=[20])
    admin.get(HERE)  # whoever comes first is looked up
    connection.set_tenant(commune)
    Entry.objects.count()  # the connection is where the next request begins
    with CaptureQueriesContext(connection) as few:
        page = admin.get(HERE)
    assert "Ana a créé le motif de rendez-vous « Passeport »" in page.content.decode()

    connection.set_tenant(commune)
    with acting(Actor(name="Léo", user_id=8, channel="staff")):
        for number in range(60):
            noting.note(noting.Fact(noting.DOWNLOAD, f"liste-{number}.csv"))
    Entry.objects.count()
    with CaptureQueriesContext(connection) as many:
        page = admin.get(HERE).content.decode()

    assert len(many) == len(few)
    assert "liste-59.csv" in page
    assert "Passeport" not in page
    assert "avant=" in page
    assert "Passeport" in admin.get(HERE, {"qui": "ana"}).content.decode()
    assert "Passeport" in admin.get(HERE, {"objet": "booking_service"}).content.decode()
    assert "Passeport" not in admin.get(HERE, {"nature": "event"}).content.decode()
    for day in ("0001-01-01", "2001-01-01", "9999-12-31"):
        assert "Rien ne correspond" in admin.get(HERE, {"jour": day}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"jour": "x"},
        {"nature": "x\x00"},
        {"avant": "9" * 40},
        {"qui": "\x00"},
        {"objet": "'; DROP TABLE"},
    ],
)
def test_a_filter_that_cannot_be_read_is_said(admin, query):
    assert admin.get(HERE, query).status_code == 422


def test_the_table_is_inert_and_taking_it_is_noted(admin, commune):
    with acting(Actor(name="=HYPERLINK(1)", user_id=1, channel="staff")):
        noting.note(noting.Fact(noting.LOGIN))

    answer = admin.get(f"{HERE}journal.csv")

    assert b";'=HYPERLINK(1)" in answer.content
    connection.set_tenant(commune)
    assert Entry.objects.filter(action="download", label="journal.csv").count() == 1


def test_an_administrator_walks_the_chain_and_reads_where_it_breaks(admin, commune):
    noting.note(noting.Fact(noting.LOGIN))
    keeping.seal()
    n = Entry.objects.filter(position__isnull=False).count()
    said = admin.post(f"{HERE}verification/", follow=True).content.decode()
    assert f"{n} lignes vérifiées" in said

    connection.set_tenant(commune)
    with owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE c_33314.audit_entry DISABLE TRIGGER audit_stays")
        cursor.execute("UPDATE c_33314.audit_entry SET label = 'x' WHERE position = 2")
        cursor.execute("ALTER TABLE c_33314.audit_entry ENABLE TRIGGER audit_stays")
    said = admin.post(f"{HERE}verification/", follow=True).content.decode()

    assert "a été modifié, à partir de la ligne n° 2" in said


def test_each_night_keeps_the_head_once_and_a_rewritten_chain_meets_it(commune):
    now = datetime.now(UTC)
    noting.note(noting.Fact("login"))
    assert anchoring.anchor(now=now).position == 1
    assert anchoring.anchor(now=now) is None
    assert anchoring.verify(now=now).holds

    with pytest.raises(Exception, match="permission"), transaction.atomic():
        Anchor.objects.update(position=9)
    with owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE c_33314.audit_entry")
    noting.note(noting.Fact("login", "instead"))
    keeping.seal()

    assert anchoring.verify(now=now).fault == "the chain was written again"


def test_what_a_restore_set_aside_is_not_missing(commune):
    now = datetime.now(UTC)
    for _each in range(3):
        noting.note(noting.Fact("login"))
    anchoring.anchor(now=now - timedelta(hours=1))
    with owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE c_33314.audit_entry")
    noting.note(noting.Fact("restored", "Une erreur", object_id="soon"))
    keeping.seal()
    assert anchoring.verify(now=now).fault == "the end is missing"

    since = (now - timedelta(hours=2)).isoformat()
    noting.note(noting.Fact("restored", "Une erreur", object_id=since))
    keeping.seal()

    assert anchoring.verify(now=now).holds
    assert sentences()[-1].endswith("instant passé\u00a0: Une erreur")


@pytest.mark.owner
@pytest.mark.public
def test_the_command_says_which_record_is_broken(commune, capsys):
    call_command("audit_verify", commune="pauillac")
    assert "1 passed, 0 failed" in capsys.readouterr().out
    Anchor.objects.create(commune=commune, position=7, hash="x", at=datetime.now(UTC))

    with pytest.raises(CommandError, match="tampered"):
        call_command("audit_verify", commune="pauillac")


# --- Who comes in to help -----------------------------------------------------------------


WHY = "Un créneau manque au calendrier"


@pytest.fixture
def helper(make_user, settings, commune):
    settings.DEMO = True
    make_user("admin", commune=commune, email="maire@pauillac.example.org")
    return make_user("referent")


def let_in(helper, commune, **wish):
    now = datetime.now(UTC)
    asked = {"reason": WHY, "minutes": 30, "now": now} | wish
    with owner():
        return support.open_access(user=helper, commune=commune, **asked)


def test_nobody_comes_in_before_the_commune_is_told(helper, commune):
    client = login_as(
        Client(headers={"host": "pauillac.localhost"}), helper, site=commune.schema_name
    )
    let_in(helper, commune, asked_by="Madame Lestage")
    assert client.get(QUEUE).status_code == 302

    connection.set_tenant(commune)
    login_as(client, helper, site=commune.schema_name)
    caches["shared"].clear()
    assert support.tell(now=datetime.now(UTC)) == 1
    assert support.tell(now=datetime.now(UTC)) == 0

    (mail,) = OutgoingEmail.objects.filter(key__startswith="support-")
    assert mail.to == ["maire@pauillac.example.org"]
    assert WHY in mail.body
    assert "Madame Lestage" in mail.body
    assert "empreinte" in mail.body
    login_as(client, helper, site=commune.schema_name)
    assert client.get(QUEUE).status_code == 200


def test_support_reads_is_seen_by_all_and_changes_nothing(helper, commune, make_user, admin):
    let_in(helper, commune)
    support.tell(now=datetime.now(UTC))
    client = login_as(
        Client(headers={"host": "pauillac.localhost"}), helper, site=commune.schema_name
    )

    assert client.get(QUEUE).status_code == 200
    assert client.get("/theme.css").status_code == 200
    assert client.get("/agent/").status_code == 302
    assert client.get(HERE).status_code == 403
    assert client.post("/agent/file/nouveau/", {}).status_code in {403, 404}
    assert client.post("/agent/commune/idees/proposer/", {"title": "x"}).status_code == 403
    seen = admin.get(QUEUE).content.decode()

    assert "Accès d’assistance" in seen
    assert WHY in seen
    connection.set_tenant(commune)
    views = Entry.objects.filter(action="support_view")
    assert [(view.actor_name, view.label) for view in views] == [
        ("referent", "booking:agent:queue")
    ]
    opened = Entry.objects.filter(object_table="identity_supportaccess", kind="insert").get()
    assert opened.payload["after"]["reason"] == WHY


def test_an_access_ends_by_itself_and_at_once_when_the_commune_says_so(
    helper, commune, admin, other_commune
):
    past = datetime.now(UTC) - timedelta(minutes=45)
    let_in(helper, commune, now=past, minutes=30)
    assert support.tell(now=past) == 1
    assert not SupportAccess.objects.open().exists()

    access = let_in(helper, commune)
    support.tell(now=datetime.now(UTC))
    client = login_as(
        Client(headers={"host": "pauillac.localhost"}), helper, site=commune.schema_name
    )
    assert client.get(QUEUE).status_code == 200
    assert admin.post(f"{HERE}assistance/{access.pk}/fin/").status_code == 302

    assert client.get(QUEUE).status_code == 302
    assert "Accès d’assistance : referent" not in admin.get(QUEUE).content.decode()
    connection.set_tenant(other_commune)
    assert not SupportAccess.objects.exists()


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        ({"reason": "  \x00 "}, support.ReasonMissing),
        ({"reason": f"bug{' ' * 40}!"}, support.ReasonMissing),
        ({"minutes": 241}, support.TooLong),
        ({"minutes": 0}, support.TooLong),
    ],
)
def test_an_access_without_reason_or_limit_is_refused(helper, commune, wish, refusal):
    with pytest.raises(refusal):
        let_in(helper, commune, **wish)


def test_the_database_holds_the_limit(helper, commune):
    access = let_in(helper, commune)
    with owner(), pytest.raises(IntegrityError), transaction.atomic():
        later = access.opened_at + timedelta(minutes=241)
        SupportAccess.objects.filter(pk=access.pk).update(ends_at=later)


def test_support_needs_a_second_factor_and_no_place_in_the_team(
    helper, commune, make_user, settings
):
    with pytest.raises(support.WorksThere):
        let_in(make_user("reader", commune=commune), commune)
    settings.DEMO = False
    with pytest.raises(support.NoSecondFactor):
        let_in(helper, commune)


def test_one_at_a_time_and_none_where_nobody_would_be_told(helper, commune, other_commune):
    let_in(helper, commune)

    with pytest.raises(support.AlreadyOpen):
        let_in(helper, commune)
    with pytest.raises(support.NobodyToTell):
        let_in(helper, other_commune)


@pytest.mark.owner
@pytest.mark.public
def test_the_command_opens_tells_and_says_where(helper, commune, capsys):
    call_command("support_access", commune="pauillac", user=helper.email, reason=WHY, minutes=5)

    assert "may read until" in capsys.readouterr().out
    assert SupportAccess.objects.open().get().reason == WHY
    with pytest.raises(CommandError):
        call_command("support_access", commune="pauillac", user=helper.email, reason=" ")
