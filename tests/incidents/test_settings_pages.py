"""What holds for every page of the settings of reports."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import inventory
from incidents.models import (
    Asset,
    Category,
    Handler,
    ReplyTemplate,
    RoutingRule,
    SettingsChange,
    Team,
    Zone,
)
from tests.incidents.factories import category, team
from tests.incidents.settings_pages import HOME, text_of
from tests.incidents.test_zone_files import POLYGON


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
LISTS = [
    "",
    "categories/",
    "categories/lots/",
    "categories/lots/bourg/",
    "responsables/",
    "regles/",
    "regles/essai/",
    "zones/",
    "equipements/",
    "reponses/",
]
FORMS = [
    "categories/nouvelle/",
    "responsables/equipes/nouvelle/",
    "responsables/nouveau/",
    "regles/nouvelle/",
    "zones/nouvelle/",
    "zones/fichier/",
    "equipements/nouveau/",
    "equipements/fichier/",
    "reponses/nouvelle/",
    "accuse/",
]
HUGE = "99999999999999999999"
NONSENSE = [
    "",
    "\x00",
    HUGE,
    "-1",
    "🦄" * 300,
    "<script>alert(1)</script>",
    "1e9",
    "\N{FULLWIDTH DIGIT TWO}",
    "NaN",
    "{",
]
NAMES = [
    *("name", "group", "name_en", "group_en", "icon", "keywords", "door", "moderation", "promise"),
    *("promise_unit", "similar_radius_m", "danger_text", "redirect_text", "redirect_phone"),
    *("redirect_url", "email", "members", "is_active", "kind", "commune", "phone", "url"),
    *("subject", "zone", "road_class", "handler", "explanation", "before", "corners", "named_by"),
    *("file", "code", "lat", "lon", "title", "text", "status", "category", "service"),
    *("service_address", "service_email", "service_phone"),
]


def fill(count):
    """Write so many rows of each kind."""
    for number in range(count):
        kind = category(code=f"c{number}", name=f"C{number}", group=f"G{number % 3}")
        roads = team(f"Équipe {number}")
        zone = Zone.objects.create(name=f"Zone {number}", outline=POLYGON)
        RoutingRule.objects.create(position=number, category=kind, zone=zone, handler=roads)
        token = inventory.new_token()
        Asset.objects.create(kind="Banc", code=f"B{number}", lat=45.2, lon=-0.75, token=token)
        ReplyTemplate.objects.create(title=f"Modèle {number}", text="Merci.", category=kind)
        SettingsChange.objects.create(label="Essai", at=timezone.now())


def empty():
    for model in (RoutingRule, ReplyTemplate, Asset, Zone, Handler, Team, Category):
        model.objects.all().delete()
    SettingsChange.objects.all().delete()


def queries(admin, path):
    with CaptureQueriesContext(connection) as seen:
        answer = admin.get(HOME + path)
    assert answer.status_code == 200, text_of(answer)
    return len(seen)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_ten(admin, path):
    fill(1)
    queries(admin, path)
    one = queries(admin, path)
    empty()

    fill(10)

    assert queries(admin, path) <= one


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_is_refused_with_a_page(admin, nonsense):
    fill(1)
    for path in FORMS:
        answer = admin.post(HOME + path, dict.fromkeys(NAMES, nonsense))

        assert answer.status_code in {302, 422}, path
        assert b"<script>alert" not in answer.content


def test_every_form_opens(admin):
    fill(1)

    assert [admin.get(HOME + path).status_code for path in FORMS] == [200] * len(FORMS)


@pytest.mark.parametrize(
    "path",
    [
        f"categories/{HUGE}/",
        f"responsables/{HUGE}/",
        f"responsables/equipes/{HUGE}/",
        f"regles/{HUGE}/",
        f"zones/{HUGE}/",
        f"equipements/{HUGE}/",
        f"reponses/{HUGE}/",
        "categories/nouvelle/?groupe=%00",
        "equipements/?page=licorne&q=%00&nature=%00",
        "equipements/?page=99999999999999999999",
        "equipements/autocollants.pdf?e=%00&q=%00",
        "equipements/export.csv?q=%00",
        "regles/essai/?category=%00&lat=%00",
    ],
)
def test_an_address_that_means_nothing_breaks_nothing(admin, path):
    fill(1)

    assert admin.get(HOME + path).status_code in {200, 302, 404, 422}


@pytest.mark.parametrize(
    "path",
    [
        f"changements/{HUGE}/annulation/",
        f"categories/{HUGE}/ordre/",
        f"regles/{HUGE}/ordre/",
        f"zones/{HUGE}/suppression/",
    ],
)
def test_what_does_not_exist_cannot_be_acted_on(admin, path):
    assert admin.post(HOME + path, {"sens": "\x00"}).status_code == 404


def test_the_settings_of_appointments_lead_here(admin):
    assert f'href="{HOME}"' in admin.get("/agent/reglages/").content.decode()
