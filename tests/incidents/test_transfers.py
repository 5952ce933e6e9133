"""From one commune to another by the queue: a report arrives, news come back, nothing twice."""

import re
from base64 import b64encode
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from identity.members import Member
from incidents import links, photos, transfers
from incidents.actions import move
from incidents.models import Category, Handler, Photo, Report
from incidents.refusals import NoSuchPlace
from incidents.workflow import Actor, Status
from parvis.celery import app
from parvis.models import OutgoingEmail
from tenants.models import Commune
from tests.conftest import owner
from tests.incidents.factories import NOW, category, report
from tests.incidents.test_photos import photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")
LATER = NOW + timedelta(days=2)


@pytest.fixture
def lacanau(other_commune):
    """The other commune, open, with a category of the same group; and the way to be there."""
    with owner():
        Commune.objects.filter(pk=other_commune.pk).update(state=Commune.State.READY)
    return other_commune


@pytest.fixture
def capturing(django_capture_on_commit_callbacks):
    """Commit at the end of a block, as far as the queue can tell."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def queue(commune, lacanau, capturing, monkeypatch):
    """The queue: what was sent, run by hand, each in the schema it was sent to."""
    app.loader.import_default_modules()
    sent = []
    monkeypatch.setattr(
        app,
        "send_task",
        lambda name, *, kwargs, headers: sent.append((headers["_schema_name"], name, kwargs)),
    )
    communes = {each.schema_name: each for each in (commune, lacanau)}

    class Queue:
        log = []

        def run(self):
            """Run all that waits, and what that sends, until nothing is left."""
            while sent:
                schema, name, kwargs = sent.pop(0)
                self.log.append((schema, name))
                connection.set_tenant(communes[schema])
                if name.startswith("incidents.") and name != "incidents.develop_photos":
                    with capturing():
                        app.tasks[name].run(**kwargs)
            connection.set_tenant(commune)

        def again(self, schema, name, **kwargs):
            sent.append((schema, name, kwargs))
            self.run()

    return Queue()


@pytest.fixture
def there(lacanau, commune):
    """Look at the other commune for the length of a block."""

    class There:
        def __enter__(self):
            connection.set_tenant(lacanau)

        def __exit__(self, *fault):
            connection.set_tenant(commune)

    return There()


@pytest.fixture
def handed(queue, capturing, there, lacanau):
    """A report that Pauillac has handed over."""
    made = report(category(name="Trou"), name="Jeanne", email="jeanne@example.org")
    with there:
        category(name="Nid-de-poule de Lacanau")
    with capturing():
        transfers.hand_over(report=made, commune=lacanau, text="À vous.", by=AGENT, now=NOW)
    queue.run()
    made.refresh_from_db()
    return made


def test_it_arrives_and_both_know_the_reference(handed, there, lacanau, commune):
    assert (handed.status, handed.sent_to) == ("transferred", lacanau.insee_code)
    with there:
        arrived = Report.objects.get()
        assert arrived.reference == handed.sent_reference
        assert (arrived.origin_commune, arrived.origin_reference) == (
            commune.insee_code,
            handed.reference,
        )
        assert (arrived.channel, arrived.text) == ("member", "Un trou au milieu de la rue.")
        assert arrived.contact.email == "jeanne@example.org"
        assert arrived.category.name == "Nid-de-poule de Lacanau"


def test_the_citizen_is_told_who_has_it_and_gets_a_link_there(handed, there):
    last = OutgoingEmail.objects.order_by("pk").last()
    assert "Lacanau" in last.body
    secret = re.search(r"/suivi/([^/\s]+)/", last.body)[1]
    assert links.reader_behind(secret).report == handed
    with there:
        (mail,) = OutgoingEmail.objects.all()
        assert mail.to == ["jeanne@example.org"]
        assert "lacanau" in mail.body
        assert "/suivi/" in mail.body


def test_closing_there_closes_here_once(capturing, handed, queue, there):
    with there, capturing():
        arrived = Report.objects.get()
        move(
            report=arrived,
            to=Status.RESOLVED,
            actor=Actor.STAFF,
            by=AGENT,
            now=LATER,
            reason="repaired",
        )
    queue.run()

    handed.refresh_from_db()
    assert (handed.status, handed.reason) == ("resolved", "repaired")
    assert handed.changes.last().actor == "system"
    told = OutgoingEmail.objects.count()
    queue.again(
        "c_33314", "incidents.follow_transfer",
        reference=handed.reference, status="resolved", reason="repaired",
    )  # fmt: skip
    assert handed.changes.filter(after="resolved").count() == 1
    assert OutgoingEmail.objects.count() == told


def test_it_closes_here_even_where_a_photo_is_asked_for(capturing, queue, there, lacanau):
    made = report(category(needs_after_photo=True))
    with there:
        category()
    with capturing():
        transfers.hand_over(report=made, commune=lacanau, text="", by=AGENT, now=NOW)
    queue.run()

    transfers.follow_transfer(
        reference=made.reference, status="resolved", reason="repaired", now=LATER
    )

    made.refresh_from_db()
    assert made.status == "resolved"


def test_what_is_sent_twice_arrives_once(capturing, handed, queue, there):
    Report.objects.filter(pk=handed.pk).update(sent_reference="")
    with capturing():
        assert transfers.send_again(now=LATER) == 1
    queue.run()

    with there:
        assert Report.objects.count() == 1
        assert OutgoingEmail.objects.count() == 1
    handed.refresh_from_db()
    assert handed.sent_reference
    assert handed.events.filter(kind="arrived").count() == 2
    assert transfers.send_again(now=LATER) == 0


def test_news_lost_on_the_way_are_asked_for(capturing, handed, queue, there):
    with there:  # nothing of it reaches the queue
        move(
            report=Report.objects.get(),
            to=Status.REJECTED,
            actor=Actor.STAFF,
            by=AGENT,
            now=LATER,
            reason="private_ground",
        )
    assert transfers.ask_again(now=NOW + timedelta(hours=2)) == 0

    with capturing():
        assert transfers.ask_again(now=NOW + timedelta(days=3)) == 1
    queue.run()

    handed.refresh_from_db()
    assert (handed.status, handed.reason) == ("rejected", "private_ground")


def test_clean_photos_go_along_once(capturing, queue, there, lacanau):
    made = report(category())
    photos.add(report=made, content=photo(), stage=Photo.Stage.BEFORE, now=NOW)
    photos.develop_waiting(now=NOW)
    with there:
        category()
    with capturing():
        transfers.hand_over(report=made, commune=lacanau, text="", by=AGENT, now=NOW)
    queue.run()

    with there:
        kept = Photo.objects.get()
        assert (kept.state, kept.stage, kept.is_public) == ("quarantined", "before", False)
        origin = kept.report.events.get(kind="arrived").detail["photo"]
        for content in ("eA==", "no base64 at all"):
            transfers.take_photo(
                reference=kept.report.reference, origin="x", content=content, now=NOW
            )
        transfers.take_photo(
            reference=kept.report.reference, origin=origin, content="eA==", now=NOW
        )
        transfers.take_photo(reference="ZZZZZZZZ", origin="y", content="eA==", now=NOW)
        assert Photo.objects.count() == 1


def test_nothing_here_may_write_there(handed, lacanau, commune):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {lacanau.schema_name}.incidents_report SET text = 'x'")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT text FROM {lacanau.schema_name}.incidents_report")


def test_a_commune_without_any_category_takes_nothing(capturing, queue, there, lacanau, caplog):
    made = report(category())
    with capturing():
        transfers.hand_over(report=made, commune=lacanau, text="", by=AGENT, now=NOW)
    queue.run()
    with capturing():
        transfers.send_again(now=LATER)
    queue.run()

    assert caplog.text.count("no category can take them") == 1
    made.refresh_from_db()
    assert (made.status, made.sent_reference) == ("transferred", "")
    with there:
        assert not Report.objects.exists()


def test_it_falls_into_a_category_that_is_offered(there):
    facts = {"category": "autre", "group": "Voirie", "door": "report"}
    with there:
        category(code="interne", is_staff_only=True, position=0)
        wanted = category(code="trou", name="Trou", position=1)

        assert transfers._category_like(facts) == wanted
        assert transfers._category_like(facts | {"group": "Eau"}) == wanted
        assert transfers._category_like(facts | {"door": "suggestion", "group": "Eau"}) == wanted
        assert Category.objects.count() == 2


def test_only_an_open_commune_is_handed_anything(commune, other_commune):
    made = report(category())
    Handler.objects.create(kind="body", name="Lacanau")

    for wrong in (commune, Commune(pk=0, state="new", insee_code="33000")):
        with pytest.raises(NoSuchPlace):
            transfers.hand_over(report=made, commune=wrong, text="", by=AGENT, now=NOW)


def test_a_body_may_have_the_name_of_a_commune(lacanau):
    made = report(category())
    Handler.objects.create(kind="body", name="Lacanau")

    moved = transfers.hand_over(report=made, commune=lacanau, text="", by=AGENT, now=NOW)

    assert moved.handler.name == "Lacanau (33214)"


def closed_for_now(commune):
    with owner():
        Commune.objects.filter(pk=commune.pk).update(state=Commune.State.MAINTENANCE)


def test_nothing_is_sent_to_a_commune_that_is_closed_for_now(
    capturing, handed, queue, there, commune
):
    closed_for_now(commune)
    queue.log.clear()
    with there, capturing():
        arrived = Report.objects.get()
        move(
            report=arrived,
            to=Status.RESOLVED,
            actor=Actor.STAFF,
            by=AGENT,
            now=LATER,
            reason="repaired",
        )
    queue.run()

    assert "incidents.follow_transfer" not in {name for _schema, name in queue.log}


def test_it_arrives_and_is_not_acknowledged_while_the_sender_is_closed(
    capturing, queue, there, lacanau, commune
):
    made = report(category())
    with there:
        category()
    with capturing():
        transfers.hand_over(report=made, commune=lacanau, text="", by=AGENT, now=NOW)
    closed_for_now(commune)
    queue.run()

    with there:
        assert Report.objects.count() == 1
    assert "incidents.handed_over" not in {name for _schema, name in queue.log}


def test_a_full_disk_loses_a_photo_and_stops_nothing(handed, there, tmp_path):
    with there:
        arrived = Report.objects.get()
        (tmp_path / connection.schema_name).mkdir(parents=True, exist_ok=True)
        (tmp_path / connection.schema_name / "quarantine").write_text("in the way")

        kept = transfers.take_photo(
            reference=arrived.reference,
            origin="x",
            content=b64encode(photo()).decode(),
            now=NOW,
        )

        assert kept is None
        assert not Photo.objects.exists()
        assert not arrived.events.filter(kind="arrived").exists()


def test_what_waits_for_a_closed_commune_is_not_sent_again_and_again(capturing, queue, lacanau):
    made = report(category())
    with capturing():
        transfers.hand_over(report=made, commune=lacanau, text="", by=AGENT, now=NOW)
    closed_for_now(lacanau)

    assert transfers.send_again(now=LATER) == 0


def test_what_belongs_to_the_intercommunality_goes_to_it(capturing, queue, association):
    with owner():
        epci = Commune.objects.create(
            kind=Commune.Kind.EPCI,
            schema_name="e_200069995",
            insee_code="200069995",
            name="Médoc Cœur de Presqu’île",
            slug="medoc",
            state=Commune.State.READY,
            association=association,
        )
    here = report()

    with capturing():
        transfers.hand_over(report=here, commune=epci, text="", by=AGENT, now=NOW)
    with capturing():
        transfers.send(Report.objects.get(pk=here.pk))

    here.refresh_from_db()
    assert (here.status, here.sent_to) == (Status.TRANSFERRED, "200069995")
    assert here.handler.commune == "200069995"
