"""A place to practise: whole, fictional, begun anew in one step; nothing leaves it."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from booking.models import Appointment
from identity import actions as identity
from incidents.models import Report
from incidents.workflow import Status
from onboarding import sandbox, tasks
from parvis.deferred import defer_to
from parvis.mail import deliver_due
from parvis.models import OutgoingEmail
from slots.models import FreeSlotDay, SlotKind
from tenants import hosts
from tenants.models import Association, Commune, Membership
from tenants.provisioning import drop
from tests.conftest import let_owner_become, login_as, owner


pytestmark = [pytest.mark.django_db, pytest.mark.public]
LATER = timedelta(days=4000)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """A sandbox with committed rows, made once; its schema goes with it."""
    with django_db_blocker.unblock():
        connection.settings_dict["TENANT_ROLES"] = False
        connection.set_schema_to_public()
        commune = sandbox.ask_sandbox(association=Association.objects.get(slug="gironde"))
        assert tasks.reset_sandbox(commune_id=commune.pk) is True
        let_owner_become(commune.schema_name)
    yield commune.pk
    with django_db_blocker.unblock():
        connection.settings_dict["TENANT_ROLES"] = False
        connection.set_schema_to_public()
        drop(commune.schema_name)
        FreeSlotDay.objects.filter(commune=commune).delete()
        SlotKind.objects.filter(service_code__contains=commune.schema_name).delete()
        Commune.objects.filter(pk=commune.pk).delete()


@pytest.fixture
def essais(made):
    """The sandbox of the association."""
    hosts.forget_hosts()
    return Commune.objects.get(pk=made)


def test_it_shows_three_busy_weeks_and_reports_at_every_stage(essais, host_client):
    now = timezone.now()
    with schema_context(essais.schema_name):
        days = Appointment.objects.values_list("period", flat=True)
        starts = [period.lower for period in days]
        counts = [Report.objects.filter(status=status).count() for status in Status]
        reports = dict(zip(Status, counts, strict=True))
        angry = Report.objects.filter(text__contains="TROISIÈME fois")
        thanks = Report.objects.filter(category__door="compliment")

        assert Report.objects.count() == 40
        assert [status for status, n in reports.items() if n == 0] == [Status.TRANSFERRED]
        assert reports[Status.DUPLICATE] == 1
        assert angry.get().status == "received"
        assert thanks.count() == 1
        assert len(starts) > 150
        assert min(starts) < now - timedelta(days=7)
        assert max(starts) > now + timedelta(days=7)
    home = host_client("essais-gironde.localhost").get("/")
    assert "Commune fictive" in home.content.decode()
    assert home["X-Robots-Tag"] == "noindex, nofollow"


def test_it_is_in_no_list_and_no_figure(essais, host_client, association):
    assert essais.population == 1_890
    assert essais not in association.communes.all()
    assert essais not in Commune.objects.open()
    assert essais not in Commune.objects.counted()
    assert "Saint-Parvis" not in host_client("localhost").get("/").content.decode()


@pytest.mark.parametrize("backend", ["locmem", "smtp"])
def test_a_message_never_leaves_it_and_is_read_there(
    essais, mailoutbox, settings, backend, host_client, make_user
):
    settings.DELIVERY_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    with schema_context(essais.schema_name):
        with transaction.atomic():
            EmailMessage("Rendez-vous confirmé", "À jeudi.", to=["anne@example.org"]).send()
        assert deliver_due(now=timezone.now() + LATER) == 0
        number = OutgoingEmail.objects.get(subject="Rendez-vous confirmé").pk
    assert mailoutbox == []

    browser = host_client("essais-gironde.localhost")
    assert browser.get("/messages/")["Location"].startswith("/connexion/")
    user = make_user("booking_agent", commune=Commune.objects.get(insee_code="33314"))
    sandbox.practise(user=user, commune=essais, role="booking_agent")
    login_as(browser, user, site=essais.schema_name)
    assert "Rendez-vous confirmé" in browser.get("/messages/").content.decode()
    assert "À jeudi." in browser.get(f"/messages/{number}/").content.decode()


def test_nobody_outside_hears_of_it(essais, django_capture_on_commit_callbacks):
    with schema_context(essais.schema_name), django_capture_on_commit_callbacks() as said:
        defer_to("c_33314", "incidents.take_over", facts="{}")
        defer_to("public", "onboarding.note_first_use", commune_id=1)
    with schema_context(essais.schema_name), django_capture_on_commit_callbacks() as itself:
        defer_to("public", "onboarding.reset_sandbox", commune_id=essais.pk)
        defer_to("c_33314", "learning.note", user=1, path=1, step=1, is_done=1)

    assert (len(said), len(itself)) == (0, 2)


def test_begun_anew_it_forgets_and_keeps_schema_and_sessions(essais, host_client, make_user):
    user = make_user("admin", commune=Commune.objects.get(insee_code="33314"))
    sandbox.practise(user=user, commune=essais, role="admin")
    browser = login_as(host_client("essais-gironde.localhost"), user, site=essais.schema_name)
    with schema_context(essais.schema_name):
        Report.objects.all().update(text="changé")
        OutgoingEmail.objects.bulk_create([OutgoingEmail(key="x", subject="x", body="", to=[])])

    page = browser.get("/agent/commune/bac-a-sable/")
    assert "Remises à neuf" in page.content.decode()
    assert browser.post("/agent/commune/bac-a-sable/").status_code == 302
    assert tasks.reset_sandboxes() == 1

    assert Commune.objects.get(pk=essais.pk).generation == essais.generation + 1
    assert browser.get("/agent/commune/bac-a-sable/").status_code == 200  # still logged in
    with schema_context(essais.schema_name):
        assert Report.objects.count() == 40
        assert not Report.objects.filter(text="changé").exists()
        assert not OutgoingEmail.objects.filter(key="x").exists()


def test_each_agent_of_the_association_chooses_a_role(essais, client, host_client, make_user):
    user = make_user("report_agent", commune=Commune.objects.get(insee_code="33314"))
    login = login_as(host_client("connexion.localhost"), user, site="login")
    asked = {"commune": str(essais.pk), "role": "admin"}

    assert "Saint-Parvis-des-Essais" in login.get("/entrainement/").content.decode()
    assert login.post("/entrainement/", asked).status_code == 302
    assert login.post("/entrainement/", {**asked, "role": "director"}).status_code == 404
    for nonsense in ("", "\x00", "9" * 30, "33314", str(Commune.objects.first().pk)):
        assert login.post("/entrainement/", {**asked, "commune": nonsense}).status_code == 404

    assert Membership.objects.get(user=user, commune=essais).role == "admin"
    assert "Entrer" in login.get("/entrainement/").content.decode()


def test_a_stranger_and_another_association_do_not_come_in(essais, make_user):
    user = make_user("admin", commune=Commune.objects.get(insee_code="33314"))
    with owner():
        Membership.objects.filter(user=user).update(is_active=False)

    with pytest.raises(sandbox.NoSandbox):
        sandbox.practise(user=user, commune=essais, role="admin")


def test_its_administrators_invite_nobody(essais, make_user, now):
    user = make_user("admin", commune=Commune.objects.get(insee_code="33314"))
    manager = sandbox.practise(user=user, commune=essais, role="admin")

    with pytest.raises(identity.NotAllowed):
        identity.invite(by=manager, place=essais, email="x@example.org", role="reader", now=now)
    with pytest.raises(identity.NotAllowed):
        identity.change_role(by=manager, membership=manager, role="reader")
    assert not OutgoingEmail.objects.exists()


def test_the_association_makes_it_once(essais, association, host_client, make_user):
    office = login_as(
        host_client("gironde.localhost"),
        make_user("director"),
        site=f"association:{association.pk}",
    )
    assert "essais-gironde.localhost" in office.get("/entrainement/").content.decode()
    with owner():
        Commune.objects.filter(pk=essais.pk).update(state="creating")

    assert office.post("/entrainement/").status_code == 302
    assert office.post("/entrainement/").status_code == 302

    assert office.get("/entrainement/")["Refresh"] == "2"
    assert Commune.objects.filter(kind="sandbox").count() == 1
