"""What breaks around a report loses none: mail, queue, disk, worker, and two clicks at once."""

import os
import threading
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.utils import timezone

from incidents import photos, tasks
from incidents.models import Photo, Report, ReportContact, StatusChange
from parvis.mail import deliver_due
from parvis.models import OutgoingEmail
from parvis.tasks import deliver
from tenants.tasks import EVERY_MINUTE
from tests.booking.settings_client import SettingsClient
from tests.booking.test_races import together
from tests.conftest import owner
from tests.incidents.desk_pages import text_of
from tests.incidents.factories import NOW, category, report
from tests.incidents.test_actions import move
from tests.incidents.test_photos import photo
from tests.parvis.test_mail import broker_at


LATER = NOW + timedelta(days=400)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    """The folder of the files of the commune, of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(root):
    return [path for path in Path(root).rglob("*") if path.is_file()]


def sent(**changes):
    return {
        "category": "nid-de-poule",
        "address": "Quai Albert-Pichon",
        "email": "jeanne@example.org",
        "key": str(uuid4()),
    } | changes


def picture():
    return SimpleUploadedFile("trou.jpg", photo(), content_type="image/jpeg")


@pytest.mark.django_db
class TestMailServer:
    @pytest.fixture(autouse=True)
    def _commune(self, commune):
        pass

    def test_while_it_is_down_the_acknowledgement_waits_and_leaves_once(self, settings):
        reachable = settings.DELIVERY_BACKEND
        settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        found = report()

        assert deliver_due(now=LATER) == 0
        waiting = OutgoingEmail.objects.get(key=f"received.{found.pk}")
        assert (waiting.attempts, waiting.sent_at, waiting.dead_at) == (1, None, None)

        settings.DELIVERY_BACKEND = reachable
        assert deliver_due(now=LATER) == 0  # not before its time
        assert deliver_due(now=LATER + timedelta(minutes=2)) == 1
        assert deliver_due(now=LATER + timedelta(minutes=9)) == 0
        assert [each.to for each in mail.outbox] == [["jeanne@example.org"]]

    def test_the_page_that_follows_is_shown_all_the_same(self, settings, commune):
        settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        category()

        answer = SettingsClient(commune).post("/signaler/", sent(), follow=True)

        assert answer.status_code == 200
        assert Report.objects.get().reference[:4] in answer.text


@pytest.mark.django_db
class TestQueue:
    def test_while_it_is_down_all_is_kept_and_the_sweep_does_it(
        self, commune, caplog, django_capture_on_commit_callbacks
    ):
        category()
        with broker_at("redis://127.0.0.1:9/0"), django_capture_on_commit_callbacks(execute=True):
            answer = SettingsClient(commune).post("/signaler/", sent(photos=[picture()]))

        assert answer.status_code == 302
        assert "waits for the sweep" in caplog.text
        assert Photo.objects.get().state == "quarantined"
        assert {"parvis.deliver", "incidents.develop_photos"} <= set(EVERY_MINUTE)
        assert tasks.develop_photos.run() == 1
        OutgoingEmail.objects.update(not_before=NOW)
        assert deliver.run() == 1


@pytest.mark.django_db
class TestPhotos:
    def test_one_that_is_refused_takes_nothing_with_it(self, commune):
        category()
        broken = SimpleUploadedFile("x.jpg", b"no photo at all", content_type="image/jpeg")

        answer = SettingsClient(commune).post(
            "/signaler/", sent(photos=[broken, picture()]), follow=True
        )

        assert Report.objects.get().photos.count() == 1
        assert "pas une photo lisible" in text_of(answer)

    def test_one_that_cannot_be_developed_leaves_the_others(self, commune, root):
        found = report()
        for content in (photo()[:900] + b"\0" * 400, photo()):
            photos.add(report=found, content=content, stage="before", now=NOW)

        tasks.develop_photos.run()

        assert sorted(each.state for each in found.photos.all()) == ["ready", "refused"]
        assert not files(root / "c_33314" / "quarantine")

    def test_a_full_disk_keeps_the_report_and_says_so(self, commune, root, caplog):
        """A file where the folder should be: nothing can be written, whoever runs the test."""
        category()
        (root / "c_33314").mkdir()
        (root / "c_33314" / "quarantine").write_text("full")

        answer = SettingsClient(commune).post(
            "/signaler/", sent(photos=[picture(), picture()]), follow=True
        )

        found = Report.objects.get()
        assert found.reference[:4] in answer.text
        assert "n’a pas pu être gardée" in text_of(answer)
        assert OutgoingEmail.objects.filter(key=f"received.{found.pk}").exists()
        assert not found.photos.exists()
        assert not found.events.filter(kind="photo").exists()
        assert found.reference in caplog.text

    def test_a_full_disk_does_not_hide_what_is_wrong_in_the_form(self, commune, root):
        category()
        (root / "c_33314").mkdir()
        (root / "c_33314" / "drafts").write_text("full")

        answer = SettingsClient(commune).post("/signaler/", sent(category="", photos=[picture()]))

        assert answer.status_code == 422

    def test_an_original_whose_report_was_never_kept_is_swept_within_the_hour(self, commune, root):
        folder = root / "c_33314" / "quarantine"
        folder.mkdir(parents=True)
        lost = folder / ("f" * 32)
        lost.write_bytes(photo())
        now = timezone.now()

        photos.sweep(now=now + timedelta(minutes=59))
        assert lost.exists()
        photos.sweep(now=now + timedelta(minutes=61))
        assert not lost.exists()

    def test_an_original_nobody_developed_is_gone_after_an_hour(self, commune, root):
        photos.add(report=report(), content=photo(), stage="before", now=NOW)
        now = timezone.now()
        for path in files(root):
            os.utime(path, ((now + timedelta(days=1)).timestamp(),) * 2)  # only its row is old

        assert photos.sweep(now=now + timedelta(minutes=59)) == 0
        assert len(files(root)) == 1
        assert photos.sweep(now=now + timedelta(minutes=61)) == 1
        assert files(root) == []
        assert Photo.objects.get().state == "refused"


@contextmanager
def busy_worker(commune):
    """A worker in the middle of a photo: yields how to kill it as a lost machine would be."""
    begun, over = threading.Event(), threading.Event()
    known = {}

    def develops(_module, *_arguments):
        begun.set()
        over.wait(60)
        raise SystemExit

    def work():
        connection.set_tenant(commune)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            known["pid"] = cursor.fetchone()[0]
        try:
            photos.develop_waiting(now=NOW, run=develops)
        except (SystemExit, OperationalError) as end:
            known["end"] = type(end)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(60)

    def kill():
        with owner(), connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [known["pid"]])
            assert cursor.fetchone()[0]

    try:
        yield kill
    finally:
        over.set()
        thread.join(60)


def test_a_worker_that_is_killed_leaves_its_photo_to_the_next(real_commune, root):
    found = report()
    photos.add(report=found, content=photo(), stage="before", now=NOW)

    with busy_worker(real_commune) as kill:
        assert photos.develop_waiting(now=NOW) == 0  # it is in other hands
        assert Photo.objects.get().state == "quarantined"
        kill()
        assert photos.develop_waiting(now=NOW) == 1

    developed = Photo.objects.get()
    assert developed.state == "ready"
    assert sorted(path.name for path in files(root)) == [
        f"{developed.name}-{size}.jpg" for size in ("l", "m", "s")
    ]


def test_the_same_form_sent_by_many_at_once_is_one_report(real_commune):
    kind, key = category(), uuid4()

    made = together(real_commune, [lambda: report(kind, idempotency_key=key)] * 8)

    assert len({each.pk for each in made}) == 1
    assert Report.objects.count() == ReportContact.objects.count() == 1
    assert StatusChange.objects.count() == 1
    assert OutgoingEmail.objects.filter(key__startswith="received.").count() == 1


def test_two_cannot_make_the_same_move(real_commune):
    found = report()

    outcomes = together(real_commune, [lambda: move(found, "accepted")] * 4)

    assert sum(isinstance(each, Report) for each in outcomes) == 1
    assert found.changes.count() == 2
    assert OutgoingEmail.objects.filter(key__startswith="moved.").count() == 1
