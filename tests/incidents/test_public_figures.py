"""What everybody may read of the figures: the truth, and nothing about anybody."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from incidents.models import Report
from incidents.small_numbers import evened, folded, is_small
from tests.booking.staff_client import StaffClient
from tests.incidents.desk_pages import text_of
from tests.incidents.factories import category, report
from tests.incidents.test_figure_pages import rows_of


pytestmark = pytest.mark.django_db
PAGE = "/signalements/chiffres/"


@pytest.fixture
def client(commune):
    """A browser that leaves the test in Pauillac's schema."""
    return StaffClient(commune)


def many(kind, number, **changed):
    """Receive some reports, and write over them what became of them."""
    now = timezone.now()
    made = [report(kind, now=now - timedelta(days=20)) for _each in range(number)]
    Report.objects.filter(pk__in=[each.pk for each in made]).update(**changed)
    return made


@pytest.fixture
def filled(commune):
    """Twelve of one subject, three of another, six that are never published."""
    now = timezone.now()
    hole, lamp = category(), category(code="lampe", name="Lampadaire éteint")
    secret = category(code="chut", name="Nuisances du voisin", moderation="never")
    inner = category(code="interne", name="Chauffage de l’école", is_staff_only=True)
    many(hole, 6)
    many(
        hole,
        6,
        status="resolved",
        reason="repaired",
        answered_at=now - timedelta(days=17),
        closed_at=now - timedelta(days=10),
        due_at=now - timedelta(days=9),
    )
    many(lamp, 3)
    many(secret, 6)
    Report.objects.filter(pk__in=[each.pk for each in many(hole, 7)]).update(category=inner)


@pytest.mark.usefixtures("filled")
def test_the_page_says_what_is_kept_and_what_is_not(client):
    page = client.get(PAGE)

    assert page.status_code == 200
    words = text_of(page).replace("\u00a0", " ")
    for said in (
        "15 reçus",
        "6 résolus",
        "9 ouverts aujourd’hui",
        "20 jours depuis le plus ancien encore ouvert",
        "3 jours jusqu’à la première réponse",
        "10 jours jusqu’à la résolution",
        "6 sur 15",
        "40 % de promesses tenues",
    ):
        assert said in words


@pytest.mark.usefixtures("filled")
def test_small_numbers_and_inner_subjects_are_not_told(client):
    page = client.get(PAGE)

    for word in ("Lampadaire", "Nuisances", "Chauffage", "Jeanne", "jeanne", "Un trou"):
        assert word not in page.text
    assert ["Autres sujets", "15", "", "", ""] in rows_of(page)


@pytest.mark.usefixtures("filled")
def test_small_numbers_alone_are_said_to_be_small(client, commune):
    Report.objects.filter(category__code="nid-de-poule").update(category_id=(
        Report.objects.filter(category__code="interne").first().category_id
    ))  # fmt: skip

    page = client.get(PAGE)

    assert ["Autres sujets", "moins de 5", "", "", ""] in rows_of(page)


def test_an_empty_commune_says_so(client):
    assert "Aucun signalement" in client.get(PAGE).text


@pytest.mark.parametrize("query", ["", "?periode=3-mois", "?periode=12-mois", "?periode=%00"])
def test_any_period_has_a_page(client, query):
    assert client.get(PAGE + query).status_code == 200


@pytest.mark.usefixtures("filled")
def test_it_is_counted_at_most_every_five_minutes(client):
    first = text_of(client.get(PAGE))
    many(category(code="n", name="Nouveau"), 5)

    assert text_of(client.get(PAGE)) == first
    caches["default"].clear()
    assert "20 reçus" in text_of(client.get(PAGE))


@pytest.mark.parametrize(
    ("sizes", "kept", "others"),
    [
        ([], [], 0),
        ([12, 6], [12, 6], 0),
        ([12, 6, 3], [12], 9),
        ([12, 6, 3, 2], [12, 6], 5),
        ([12, 3], [], 15),
        ([3], [], 3),
        ([7, 0], [7], 0),
    ],
)
def test_what_is_hidden_cannot_be_found_by_subtraction(sizes, kept, others):
    assert folded(sizes, size=int) == (kept, others)


def test_nobody_is_not_somebody():
    assert [n for n in range(7) if is_small(n)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([], []),
        ([6, 0, 7], [6, 0, 7]),
        ([6, 2, 7], [8, 7]),
        ([1, 1, 1, 1, 9], [13]),
        ([9, 9, 1], [9, 10]),
        ([3, 9, 9, 6, 1], [12, 9, 7]),
        ([9, 3, 9, 9], [12, 18]),
        ([9, 9, 0, 1, 9, 4], [18, 14]),
        ([1, 2], []),
    ],
)
def test_no_point_of_a_curve_is_small(counts, shown):
    assert [count for _name, count in evened(list(enumerate(counts)))] == shown


def test_the_curve_of_few_reports_shows_no_week_of_one(client, commune):
    now, kind = timezone.now(), category()
    for week in range(6):
        report(kind, now=now - timedelta(days=3 + 7 * week))

    page = client.get(PAGE + "?periode=3-mois")

    assert "Au fil du temps" in page.text
    assert "1" not in {row[-1] for row in rows_of(page)}
    assert "Signalements reçus" in page.text
    caches["default"].clear()
    old = list(Report.objects.values_list("pk", flat=True)[:2])
    Report.objects.filter(pk__in=old).update(submitted_at=now - timedelta(days=400))
    assert "Signalements reçus" not in client.get(PAGE + "?periode=3-mois").text
