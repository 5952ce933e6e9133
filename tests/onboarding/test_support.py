"""Somebody of the association reads in a commune: asked for and ended on its own site."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from identity import support
from identity.models import SupportAccess
from privacy import nightly
from tenants.models import Commune
from tests.conftest import login_as, owner


pytestmark = pytest.mark.django_db
HERE = "/communes/33314/assistance/"
WHY = "Le créneau de mardi n’apparaît pas"
WISH = {"reason": WHY, "asked_by": "Mme Lestage, accueil", "minutes": "120"}


@pytest.fixture(autouse=True)
def _a_demo(settings, make_user, commune):
    settings.DEMO = True
    make_user("admin", commune=commune, email="maire@pauillac.example.org")


def test_it_opens_once_the_commune_is_told_and_ends_when_she_says_so(director, commune, client):
    assert director.post(HERE, WISH).status_code == 302
    waiting = director.get(HERE)
    assert "va être prévenue" in waiting.content.decode()
    assert waiting["Refresh"] == "2"

    connection.set_tenant(commune)
    assert support.tell(now=datetime.now(UTC)) == 1
    shown = director.get(HERE)
    assert "Votre accès est ouvert" in shown.content.decode()
    assert "Refresh" not in shown
    access = SupportAccess.objects.get()
    assert (access.reason, access.asked_by) == (WHY, "Mme Lestage, accueil")
    assert access.ends_at - access.opened_at == timedelta(hours=2)
    login_as(client, access.user, site=commune.schema_name)
    assert client.get("/agent/file/").status_code == 200

    assert director.post(f"{HERE}{access.pk}/fin/").status_code == 302

    assert client.get("/agent/file/").status_code == 302
    assert "Accès passés" in director.get(HERE).content.decode()
    connection.set_tenant(commune)
    lines = Entry.objects.filter(object_table="identity_supportaccess").order_by("pk")
    assert [each.kind for each in lines] == ["insert", "update", "update"]
    assert [each.actor_name for each in lines] == ["director", "", "director"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "Un bug"},
        {"reason": ""},
        {"reason": "x\x00" * 20},
        {"reason": "x" * 301},
        {"reason": f"bug{chr(10) * 30}bug"},
        {"asked_by": ""},
        {"asked_by": "x" * 121},
        {"minutes": "999"},
        {"minutes": "٣٠"},
        {"minutes": ""},
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(director, wrong):
    answer = director.post(HERE, WISH | wrong)

    assert answer.status_code == 422
    assert not SupportAccess.objects.exists()
    kept = next(iter(WISH.keys() - wrong.keys() - {"minutes"}))
    assert WISH[kept] in answer.content.decode()


def test_a_rule_that_refuses_is_read_on_the_page(director, settings):
    settings.DEMO = False
    answer = director.post(HERE, WISH)

    assert answer.status_code == 422
    assert "second facteur" in answer.content.decode()


def test_what_is_not_its_commune_or_has_no_pages_does_not_exist(director, commune, other_commune):
    director.post(HERE, WISH)
    access = SupportAccess.objects.get()
    assert director.post(f"/communes/33214/assistance/{access.pk}/fin/").status_code == 404
    with owner():
        Commune.objects.filter(pk=other_commune.pk).update(association=None)
    assert director.get("/communes/33214/assistance/").status_code == 404
    with owner():
        Commune.objects.filter(pk=commune.pk).update(state="listed")
    assert director.get(HERE).status_code == 404


def test_the_page_costs_the_same_with_many_accesses(director, commune, make_user):
    user, now = make_user("referent"), datetime.now(UTC)

    def past(count):
        with owner():
            SupportAccess.objects.bulk_create(
                SupportAccess(
                    commune=commune,
                    user=user,
                    user_name="Paul",
                    reason=WHY,
                    opened_at=now - timedelta(days=number, hours=2),
                    told_at=now - timedelta(days=number, hours=2),
                    ends_at=now - timedelta(days=number, hours=1),
                )
                for number in range(1, count + 1)
            )

    past(1)
    director.get(HERE)
    with CaptureQueriesContext(connection) as few:
        director.get(HERE)
    past(10)
    director.get(HERE)
    with CaptureQueriesContext(connection) as many:
        page = director.get(HERE).content.decode()

    assert len(many) == len(few)
    assert page.count(WHY) == 11


@pytest.mark.public
@pytest.mark.owner
def test_it_is_forgotten_after_three_years(commune, make_user):
    now = datetime.now(UTC)
    for days in (1000, 1200):
        opened = now - timedelta(days=days)
        SupportAccess.objects.create(
            commune=commune,
            user=make_user("referent", email=f"{days}@example.org"),
            user_name="Paul",
            reason=WHY,
            opened_at=opened,
            ends_at=opened + timedelta(hours=1),
        )

    nightly.run_once(now=now)

    assert SupportAccess.objects.get().user.email == "1000@example.org"
