"""A file of people becomes invitations, by identity's own rules, and is taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django_tenants.utils import schema_context

from exchange import import_actions
from exchange.models import ImportBatch
from identity import actions, limits
from identity.members import Member
from identity.models import Invitation
from parvis.celery import app
from parvis.models import OutgoingEmail
from tenants.models import Commune, Membership
from tests.booking.settings_client import open_settings, text_of
from tests.conftest import owner


pytestmark = pytest.mark.django_db
HEAD = "Nom;Prénom;Courriel;Rôle\n"
JEANNE = "Dupuy;Jeanne;Jeanne@Example.org;Agent d’accueil\n"
MARC = "Roux;Marc;marc@example.org;lecture seule\n"


@pytest.fixture
def admin(make_user, commune):
    return make_user("admin", commune=commune)


@pytest.fixture
def by(admin):
    return Member(user_id=admin.pk, name="Ana Lacoste", role="admin")


@pytest.fixture
def run(commune, now, monkeypatch, django_capture_on_commit_callbacks):
    """Do something, then all that it asks of the queue, each in the schema it is meant for."""
    app.loader.import_default_modules()
    sent = []
    monkeypatch.setattr(
        app, "send_task", lambda name, *, kwargs, headers: sent.append((headers, name, kwargs))
    )

    def done(work):
        with django_capture_on_commit_callbacks(execute=True):
            work()
        while sent:
            headers, name, kwargs = sent.pop(0)
            if not name.startswith("exchange."):
                continue
            with (
                schema_context(headers["_schema_name"]),
                django_capture_on_commit_callbacks(execute=True),
            ):
                app.tasks[name].run(**kwargs)

    return done


@pytest.fixture
def bring_people(check, run, now):
    def done(text, **settings):
        batch = check("staff", text, **settings)
        run(lambda: import_actions.start(batch=batch, now=now))
        batch.refresh_from_db()
        return batch

    return done


def told(batch):
    return list(batch.rows.values_list("state", "message"))


def invited():
    with schema_context("public"):
        return sorted(Invitation.objects.pending().values_list("email", "role", "name"))


def test_people_are_invited_with_their_role_and_name(bring_people, admin):
    batch = bring_people(HEAD + JEANNE + MARC)

    assert batch.state == "done"
    assert told(batch) == [("created", "")] * 2
    assert invited() == [
        ("jeanne@example.org", "booking_agent", "Jeanne Dupuy"),
        ("marc@example.org", "reader", "Marc Roux"),
    ]
    with schema_context("public"):
        assert {each.invited_by for each in Invitation.objects.all()} == {admin}
        assert OutgoingEmail.objects.count() == 2


def test_nothing_is_sent_by_the_rehearsal_and_what_is_wrong_is_said(check):
    rows = [
        JEANNE,
        JEANNE,
        "X;;pas une adresse;lecture seule\n",
        "Y;;y@example.org;Grand chef\n",
        "Z;;z@example.org;\n",
        ";;;lecture seule\n",
    ]
    batch = check("staff", HEAD + "".join(rows))

    assert [(row.line, row.field) for row in batch.rows.filter(state="wrong")] == [
        (3, "ref"),
        (4, "email"),
        (5, "role"),
        (6, "role"),
        (7, "email"),
    ]
    assert batch.rows.get(line=6).proposals[0] == ["Lecture seule", {"role": "lecture seule"}]
    assert invited() == []


def test_the_same_file_again_says_who_is_in_the_team_or_invited(
    bring_people, check, make_user, commune
):
    make_user("reader", commune=commune, email="Marc@example.org")
    bring_people(HEAD + JEANNE)

    again = check("staff", HEAD + JEANNE + MARC + "Roux;M;marc@example.org;accueil\n")

    assert told(again)[:2] == [
        ("unchanged", "Déjà invité\u00a0: une invitation attend sa réponse."),
        ("unchanged", "Fait déjà partie de l’équipe."),
    ]
    with pytest.raises(import_actions.NothingToImport):
        import_actions.start(batch=again, now=datetime.now(UTC))


def test_no_more_people_are_invited_than_by_hand(bring_people):
    rows = "".join(f"N;{n};n{n}@example.org;accueil\n" for n in range(limits.INVITATION.seats + 2))

    batch = bring_people(HEAD + rows)

    assert import_actions.tally(batch)["created"] == limits.INVITATION.seats
    assert import_actions.tally(batch)["refused"] == 2
    assert batch.state == "done"
    assert "Patientez" in batch.rows.filter(state="refused")[0].message


def test_undoing_withdraws_what_nobody_has_accepted(bring_people, run, by):
    batch = bring_people(HEAD + JEANNE + MARC)
    with owner():
        Invitation.objects.filter(email="marc@example.org").update(accepted_at=datetime.now(UTC))

    run(lambda: import_actions.start_undoing(batch=batch, by=by, now=datetime.now(UTC)))

    batch.refresh_from_db()
    assert batch.state == "undone"
    assert told(batch) == [("undone", ""), ("kept", "Invitation déjà acceptée.")]
    assert invited() == []
    assert [row[0] for row in told(bring_people(HEAD + JEANNE))] == ["created"]


def test_an_import_whose_answers_were_lost_goes_on_without_doubles(bring_people, run, now):
    batch = bring_people(HEAD + JEANNE + MARC)
    batch.rows.filter(line=3).update(state="ready", target=None)
    ImportBatch.objects.update(state="running", touched_at=now)

    run(lambda: import_actions.forgotten(now=now + timedelta(minutes=6)))

    batch.refresh_from_db()
    assert (batch.state, [row[0] for row in told(batch)]) == ("done", ["created"] * 2)
    assert len(invited()) == 2


def test_who_has_left_the_team_invites_nobody(check, run, now, admin):
    batch = check("staff", HEAD + JEANNE)
    with owner():
        Membership.objects.filter(user=admin).update(is_active=False)

    run(lambda: import_actions.start(batch=batch, now=now))

    assert told(batch) == [("refused", str(actions.NotAllowed.message))]
    assert invited() == []


def test_nobody_is_invited_to_a_preview(check, commune):
    with owner():
        Commune.objects.filter(pk=commune.pk).update(
            state="preview", opened_at=None, delete_after=datetime(2030, 1, 1, tzinfo=UTC)
        )

    batch = check("staff", HEAD + JEANNE)

    assert batch.rows.get().state == "wrong"


def test_the_page_shows_who_is_already_there(make_user, commune, check, admin):
    batch = check("staff", HEAD + JEANNE + "A;A;admin@example.org;lecture seule\n")
    client = open_settings(lambda *_args, **_more: admin, commune)

    page = text_of(client.get(f"/agent/commune/donnees/imports/{batch.pk}/"))

    assert "admin@example.org" in page
    assert "Son rôle ne change pas par un fichier." in page
    assert connection.schema_name == commune.schema_name
