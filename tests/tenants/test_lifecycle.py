"""From a preview to an open commune: who may come in, and what an interruption leaves."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from tenants import lifecycle
from tenants.actions import create_schema
from tenants.hosts import absolute_url, site_of
from tenants.models import Commune, TrialKey
from tests.conftest import NOW, login_as, owner


pytestmark = [pytest.mark.django_db, pytest.mark.public]


@pytest.fixture
def listed(association):
    """A member that is in the registry only."""
    with owner():
        return Commune.objects.create(
            insee_code="33902", schema_name="c_33902", name="Essais", slug="essais",
            association=association, address="1 place de la Mairie",
        )  # fmt: skip


def exists(schema):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s), to_regrole(%s)", [schema, f"t_{schema}"])
        return [name is not None for name in cursor.fetchone()]


def shown(listed, now):
    lifecycle.ask_preview(commune=listed, now=now)
    listed.refresh_from_db()
    create_schema(commune=listed)
    return lifecycle.show_preview(commune=listed)


def test_a_preview_has_an_address_that_nobody_guesses_and_an_end(listed, now):
    preview = shown(listed, now)

    (domain,) = preview.domains.all()
    assert domain.domain.startswith("apercu-")
    assert len(domain.domain.partition(".")[0]) == len("apercu-") + 14
    assert preview.delete_after == now + timedelta(days=14)
    assert exists("c_33902") == [True, True]
    assert preview not in Commune.objects.open()
    assert preview not in Commune.objects.counted()
    assert site_of("essais.localhost").kind == "unknown"
    assert site_of(domain.domain).commune == preview


def test_asking_twice_gives_the_same_preview(listed, now):
    first = shown(listed, now)
    again = lifecycle.ask_preview(commune=listed, now=now + timedelta(days=1))

    assert (again.pk, again.delete_after) == (first.pk, first.delete_after)
    assert again.domains.count() == 1


def test_an_open_commune_needs_no_preview(commune, now):
    with pytest.raises(lifecycle.AlreadyThere):
        lifecycle.ask_preview(commune=commune, now=now)


def test_a_preview_that_is_over_leaves_nothing_but_the_member(listed):
    long_ago = timezone.now() - timedelta(days=20)
    shown(listed, long_ago)

    assert lifecycle.end_preview(commune=listed, now=timezone.now()) is True

    listed.refresh_from_db()
    assert (listed.state, listed.delete_after) == ("listed", None)
    assert listed.domains.count() == 0
    assert exists("c_33902") == [False, False]


def test_a_preview_lives_until_its_end_and_a_commitment_saves_it(listed):
    now = timezone.now()
    shown(listed, now - timedelta(days=20))
    lifecycle.ask_creation(commune=listed)

    assert lifecycle.end_preview(commune=listed, now=now) is False
    assert exists("c_33902") == [True, True]


@pytest.mark.parametrize("schema", ["c_33314", "c_33902", "public", "c_33901"])
def test_the_database_drops_nothing_but_a_preview_that_is_over(listed, now, schema):
    shown(listed, timezone.now())

    with pytest.raises(DatabaseError, match="not a preview"), transaction.atomic():
        lifecycle.provisioning.forget_preview(schema)


@pytest.mark.parametrize("schema", ["c_33314", "public"])
def test_the_database_empties_nothing_but_a_sandbox(schema):
    with pytest.raises(DatabaseError, match="neither a sandbox"), transaction.atomic():
        lifecycle.provisioning.empty(schema)


@pytest.mark.parametrize("procedure", ["forget_preview", "empty", "provision"])
def test_a_page_of_a_commune_reaches_none_of_the_functions(commune, procedure):
    connection.set_tenant(commune)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        getattr(lifecycle.provisioning, procedure)("c_33902")


def test_whoever_commits_goes_on_with_the_schema_of_her_preview(listed, now):
    shown(listed, now)

    lifecycle.ask_creation(commune=listed)
    committed = lifecycle.begin_configuring(commune=listed)

    assert exists("c_33902") == [True, True]
    assert (committed.state, committed.delete_after) == ("configuring", None)
    assert [domain.domain for domain in committed.domains.all()] == ["essais.localhost"]
    assert absolute_url(committed, "/") == "http://essais.localhost:8000/"


def test_a_commune_opens_closes_and_opens_again(listed, now):
    lifecycle.ask_creation(commune=listed)
    listed.refresh_from_db()
    create_schema(commune=listed)
    configured = lifecycle.begin_configuring(commune=listed)
    assert configured.state == "configuring"
    lifecycle.schedule_opening(commune=listed, at=now)

    opened = lifecycle.open_to_citizens(commune=listed, now=now)
    assert (opened.state, opened.opened_at, opened.opens_at) == ("ready", now, None)
    assert opened in Commune.objects.open()
    assert lifecycle.open_to_citizens(commune=listed, now=now).opened_at == now

    closed = lifecycle.close_again(commune=listed)
    assert (closed.state, closed.opened_at) == ("configuring", None)
    with pytest.raises(lifecycle.NotYet):
        lifecycle.close_again(commune=listed)


def test_what_is_not_configured_does_not_open(listed, now):
    with pytest.raises(lifecycle.NotYet):
        lifecycle.open_to_citizens(commune=listed, now=now)
    with pytest.raises(lifecycle.NotYet):
        lifecycle.schedule_opening(commune=listed, at=now)


WRONG = [
    {"kind": "sandbox"},
    {"kind": "epci"},
    {"kind": "other"},
    {"state": "preview"},
    {"schema_name": "c_99001"},
    {"schema_name": "e_33902"},
    {"schema_name": "public"},
    {"delete_after": NOW, "opened_at": NOW},
]


@pytest.mark.parametrize("facts", WRONG, ids=str)
def test_the_database_refuses_what_makes_no_sense(listed, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        Commune.objects.filter(pk=listed.pk).update(**facts)


def test_an_intercommunality_has_a_schema_named_for_its_siren(association):
    epci = Commune.objects.create(
        kind="epci", insee_code="200069995", schema_name="e_200069995", name="Médoc",
        slug="medoc", association=association,
    )  # fmt: skip

    create_schema(commune=epci)

    assert exists("e_200069995") == [True, True]


# --- Who comes in before the opening ----------------------------------------------------------


@pytest.fixture
def configured(commune):
    """Pauillac, as if it were preparing its opening."""
    with owner():
        Commune.objects.filter(pk=commune.pk).update(state="configuring")
        TrialKey.objects.create(commune=commune, key="abcdefgh234567")
    lifecycle.forget_hosts()
    return commune


@pytest.mark.parametrize("path", ["/", "/signaler/", "/rdv/carte-identite/", "/inconnu/"])
def test_citizens_wait_for_the_opening(configured, client, path):
    answer = client.get(path)

    assert answer.status_code == 503
    assert "ouvrira bientôt" in answer.content.decode()
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_the_team_works_before_the_opening(configured, client, make_user):
    assert client.get("/agent/")["Location"].startswith("/connexion/")
    login_as(client, make_user("admin", commune=configured), site="c_33314")

    home = client.get("/")

    assert client.get("/agent/")["Location"].startswith("/agent/jour/")
    assert home.status_code == 200
    assert "Site en préparation" in home.content.decode()
    assert 'content="noindex, nofollow"' in home.content.decode()
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_the_private_link_lets_in_who_was_given_it(configured, client):
    assert client.get("/essai/abcdefgh234568/").status_code == 404
    assert client.post("/essai/abcdefgh234568/entrer/").status_code == 404
    assert client.get("/essai/abcdefgh234567/").status_code == 200

    assert client.post("/essai/abcdefgh234567/entrer/")["Location"] == "/"

    assert client.get("/").status_code == 200
    assert client.get("/messages/")["Location"].startswith("/connexion/")


def test_a_link_of_a_trial_is_nothing_once_the_commune_is_open(commune, client):
    with owner():
        TrialKey.objects.create(commune=commune, key="abcdefgh234567")

    assert client.get("/essai/abcdefgh234567/").status_code == 404
    assert client.get("/messages/").status_code == 404
    assert "noindex" not in client.get("/").content.decode()


@pytest.mark.parametrize("column", ["key", "*"])
def test_a_commune_reads_no_key_but_its_own(configured, column):
    with owner():
        other = Commune.objects.get(schema_name="c_33214")
        TrialKey.objects.create(commune=other, key="zyxwvuts765432")
    connection.set_tenant(configured)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM public.tenants_trialkey")
        rows = cursor.fetchall()
        cursor.execute("SELECT * FROM public.tenants_commune LIMIT 0")
        columns = {each.name for each in cursor.description}

    assert [row[-1] for row in rows] == ["abcdefgh234567"]
    assert configured.private_key == "abcdefgh234567"
    assert not any("key" in name for name in columns)
    for change in ("UPDATE public.tenants_trialkey SET key = ''", "DELETE FROM tenants_trialkey"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
