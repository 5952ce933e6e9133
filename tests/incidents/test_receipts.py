"""An acknowledgement makes the nine mentions of the law, on the page and by mail, at once."""

from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection

from incidents import receipts
from incidents.models import Handler, RoutingRule
from incidents.models.settings import Settings
from messaging.twin import look, twin
from parvis.models import OutgoingEmail
from tests.conftest import owner
from tests.incidents.desk_pages import text_of
from tests.incidents.factories import NOW, QUAY, category, report, team


pytestmark = pytest.mark.django_db
KEYS = [
    "received",
    "reference",
    "service",
    "address",
    "email",
    "phone",
    "decision",
    "missing",
    "appeals",
]
ADDRESS, PHONE = "1 quai Léon-Périer, 33250 Pauillac", "0556590709"


@pytest.fixture
def known_commune(commune):
    """Pauillac, which says how it is reached."""
    with owner():
        commune.address, commune.phone, commune.email = ADDRESS, PHONE, "mairie@example.org"
        commune.save()
    connection.set_tenant(commune)  # as it is now
    return commune


def expected(found):
    """What each mention has to hold, in French."""
    return {
        "received": "23\u00a0novembre 2026 à 10\u00a0h",
        "reference": f"{found.reference[:4]}\u00a0{found.reference[4:]}",
        "service": "Mairie de Pauillac · Voirie",
        "address": ADDRESS,
        "email": "mairie@example.org",
        "phone": "05\u00a056\u00a059\u00a007\u00a009",
        "decision": "23\u00a0janvier 2027 vaut refus",
        "missing": "Aucune",
        "appeals": "tribunal administratif",
    }


def routed():
    kind = category()
    RoutingRule.objects.create(position=1, category=kind, handler=team())
    return report(kind)


def test_the_nine_mentions_are_there_in_order(known_commune):
    found = routed()

    made = receipts.mentions(found, known_commune)

    assert [each.key for each in made] == KEYS
    for each in made:
        assert expected(found)[each.key] in each.text
        assert each.title


def test_the_service_of_the_settings_comes_first(known_commune):
    Settings.objects.create(
        pk=1,
        service="Services techniques",
        service_address="2 rue des Ateliers",
        service_email="voirie@example.org",
        service_phone="0556000000",
    )

    texts = {each.key: each.text for each in receipts.mentions(report(), known_commune)}

    assert texts["service"] == "Services techniques"
    assert texts["address"] == "2 rue des Ateliers"
    assert texts["email"] == "voirie@example.org"
    assert texts["phone"].startswith("05\u00a056")


def test_what_the_commune_did_not_fill_in_is_said(commune):
    texts = {each.key: each.text for each in receipts.mentions(report(), commune)}

    assert texts["address"] == texts["phone"] == "non renseigné"
    assert texts["service"] == "Mairie de Pauillac"


def test_another_body_is_named(commune):
    kind = category()
    body = Handler.objects.create(kind="body", name="Département de la Gironde")
    RoutingRule.objects.create(position=1, category=kind, handler=body)

    texts = [each.text for each in receipts.mentions(report(kind), commune)]

    assert "Mairie de Pauillac · Département de la Gironde" in texts


def test_the_mail_makes_them_all_at_once_in_both_forms(known_commune):
    found = routed()

    mail = OutgoingEmail.objects.get(key=f"received.{found.pk}")

    html = twin(subject=mail.subject, text=mail.body, language="fr", by=look())
    for words in expected(found).values():
        assert words in mail.body
        assert words in unescape(html)
    assert "L112-11" in mail.body


def test_the_mail_is_in_the_language_of_its_reader(known_commune):
    found = report(language="en")

    mail = OutgoingEmail.objects.get(key=f"received.{found.pk}")

    assert "Pauillac town hall" in mail.body
    assert "23 January 2027" in mail.body.replace("\u00a0", " ")


def test_the_page_that_follows_the_form_makes_them_too(known_commune, client):
    kind = category()
    RoutingRule.objects.create(position=1, category=kind, handler=team())
    sent = client.post(
        "/signaler/",
        {
            "category": kind.code,
            "text": "Un trou.",
            "address": "Quai Albert-Pichon",
            "lat": QUAY.lat,
            "lon": QUAY.lon,
            "key": uuid4(),
        },
    )
    assert sent.status_code == 302

    page = text_of(client.get(sent["Location"]))

    for words in ("Mairie de Pauillac · Voirie", ADDRESS, "vaut refus", "tribunal administratif"):
        assert words in page
    assert "Pièces manquantes" in page


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 11, 23), 2, date(2027, 1, 23)),
        (NOW.date(), 13, date(2027, 12, 23)),
    ],
)
def test_months_end_with_the_month(day, months, after):
    assert receipts.months_after(day, months) == after
