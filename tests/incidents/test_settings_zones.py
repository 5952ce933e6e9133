"""The settings of zones: imported, drawn, renamed, deleted; each change is taken back."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import RoutingRule, Zone
from tests.incidents.factories import team
from tests.incidents.settings_pages import HOME, text_of, told, undo_last
from tests.incidents.test_zone_files import BOW, LAMBERT, POLYGON, collection, feature


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
LIST = f"{HOME}zones/"
CORNERS = "45.19, -0.76\n45.19, -0.73\n45.21, -0.73"


def file_of(known):
    content = known if isinstance(known, bytes) else json.dumps(known).encode()
    return SimpleUploadedFile("zones.geojson", content)


def send(admin, known, **typed):
    return admin.post(f"{LIST}fichier/", {"file": file_of(known)} | typed)


def test_zones_are_imported_and_taken_back(admin):
    answer = send(admin, collection(feature(POLYGON, nom="Le Port"), feature(POLYGON)))

    assert "2 zones importées" in told(admin, answer)
    assert [each.name for each in Zone.objects.all()] == ["Le Port", "Zone 1"]
    undo_last(admin)
    assert not Zone.objects.exists()


def test_a_zone_of_the_same_name_is_drawn_again(admin):
    Zone.objects.create(name="Le Port", outline={"type": "Polygon", "coordinates": [BOW]})

    answer = send(admin, feature(POLYGON, nom="Le Port"))

    assert "1 zone importée" in told(admin, answer)
    assert Zone.objects.get().outline != {"type": "Polygon", "coordinates": [BOW]}


def test_a_contour_that_was_repaired_is_told(admin):
    answer = send(admin, feature({"type": "Polygon", "coordinates": [BOW]}, nom="Nœud"))

    assert "l’objet n° 1 se croisait" in told(admin, answer)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (b"", "Ce fichier est vide."),
        (b"\x00", "pas du GeoJSON lisible"),
        (b" " * 2_000_001, "2 Mo au plus"),
        (feature({"type": "Polygon", "coordinates": [LAMBERT]}), "Lambert 93"),
        (
            collection(feature(POLYGON, nom="A"), feature({"type": "Point", "coordinates": []})),
            "Objet n° 2 : ce n’est pas une surface.",
        ),
        (
            feature({"type": "Polygon", "coordinates": [[[2, 48], [3, 48], [3, 49], [2, 48]]]}),
            "Objet n° 1 : il est loin de la commune.",
        ),
    ],
)
def test_nothing_is_kept_of_a_file_in_which_something_is_wrong(admin, known, words):
    answer = send(admin, known, named_by="nom")

    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert 'value="nom"' in page
    assert not Zone.objects.exists()


def test_a_file_is_asked_for(admin):
    answer = admin.post(f"{LIST}fichier/", {"named_by": "nom"})

    assert answer.status_code == 422
    assert "Choisissez un fichier." in text_of(answer)


def test_a_zone_is_drawn_by_its_corners_renamed_and_taken_back(admin):
    answer = admin.post(f"{LIST}nouvelle/", {"name": "Quais", "corners": CORNERS})
    assert "Zone ajoutée : Quais" in told(admin, answer)
    zone = Zone.objects.get()
    page = text_of(admin.get(f"{LIST}{zone.pk}/"))
    assert "45.190000, -0.760000" in page

    admin.post(f"{LIST}{zone.pk}/", {"name": "Le quai", "corners": CORNERS})
    zone.refresh_from_db()
    assert zone.name == "Le quai"
    undo_last(admin)
    undo_last(admin)

    assert not Zone.objects.exists()


def test_a_zone_with_holes_keeps_its_outline_when_it_is_renamed(admin):
    hole = [[-0.75, 45.195], [-0.745, 45.195], [-0.745, 45.2], [-0.75, 45.195]]
    outline = {"type": "Polygon", "coordinates": [*POLYGON["coordinates"], hole]}
    zone = Zone.objects.create(name="Lac", outline=outline)

    assert "des trous" in text_of(admin.get(f"{LIST}{zone.pk}/"))
    admin.post(f"{LIST}{zone.pk}/", {"name": "Étang"})

    zone.refresh_from_db()
    assert (zone.name, zone.outline) == ("Étang", outline)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "", "corners": CORNERS}, "Donnez un nom à la zone."),
        ({"name": "Quais", "corners": "ici"}, "Ligne 1 : écrivez une latitude"),
        ({"name": "Quais", "corners": "45, 0"}, "au moins trois coins"),
        ({"name": "Quais", "corners": "48, 2\n48, 3\n49, 3"}, "loin de la commune"),
        ({"name": "Quais", "corners": "45, 0\n46, 1\n45, 1\n46, 0"}, "se croisent"),
        ({"name": "Port", "corners": CORNERS}, "a déjà ce nom"),
        ({"name": "x" * 81, "corners": "\x00"}, "80"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(admin, typed, words):
    Zone.objects.create(name="Port", outline=POLYGON)

    answer = admin.post(f"{LIST}nouvelle/", typed)

    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert f'value="{typed["name"]}"' in page or not typed["name"]
    assert Zone.objects.count() == 1


def test_a_zone_that_rules_name_is_deleted_once_that_is_known(admin):
    zone = Zone.objects.create(name="Port", outline=POLYGON)
    RoutingRule.objects.create(position=1, zone=zone, handler=team())

    page = text_of(admin.post(f"{LIST}{zone.pk}/suppression/"))
    assert "Tous les signalements → Voirie" in page
    assert Zone.objects.exists()
    admin.post(f"{LIST}{zone.pk}/suppression/", {"sure": "1"})
    assert not RoutingRule.objects.exists()
    undo_last(admin)

    assert RoutingRule.objects.get().zone == zone


def test_the_list_costs_the_same_for_one_zone_and_for_ten(admin):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(LIST).status_code == 200
        return len(seen)

    Zone.objects.create(name="Zone", outline=POLYGON)
    queries()
    one = queries()
    for number in range(10):
        Zone.objects.create(name=f"Zone {number}", outline=POLYGON)

    assert queries() == one
