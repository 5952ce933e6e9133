"""The figures of reports, as the team reads them and takes them away."""

import csv
import io
from datetime import timedelta

import html5lib
import pytest
from django.utils import timezone

from incidents.figure_words import wait
from incidents.models import Report, Zone
from tests.incidents.desk_pages import DESK, text_of
from tests.incidents.factories import category, report, team


pytestmark = pytest.mark.django_db
FIGURES = f"{DESK}chiffres/"


@pytest.fixture
def filled(commune):
    """A handful of reports of two subjects, one of them resolved."""
    now = timezone.now()
    hole, lamp = category(), category(code="lampadaire", name="Lampadaire", group="Éclairage")
    for number in range(3):
        report(hole, now=now - timedelta(days=number), text=f"=Trou de Jeanne {number}")
    done = report(lamp, now=now - timedelta(days=4))
    Report.objects.filter(pk=done.pk).update(
        status="resolved",
        reason="repaired",
        answered_at=now - timedelta(days=3),
        closed_at=now - timedelta(days=1),
        team=team().team,
    )
    outline = {
        "type": "Polygon",
        "coordinates": [[[-1, 45], [0, 45], [0, 46], [-1, 46], [-1, 45]]],
    }
    Zone.objects.create(name="Le bourg", outline=outline)


def rows_of(answer):
    """Return the cells of every row of the page."""
    page = html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)
    return [["".join(cell.itertext()).strip() for cell in row] for row in page.iter("tr")]


@pytest.mark.usefixtures("filled")
def test_the_page_tells_the_figures_with_their_tables(agent):
    page = agent.get(FIGURES)

    assert page.status_code == 200
    words = text_of(page).replace("\u00a0", " ")
    for said in ("1 sur 4 ont reçu une réponse", "Signalements reçus", "24 h", "3 jours"):
        assert said in words
    assert "Jeanne" not in words
    rows = rows_of(page)
    for row in (
        ["Nid-de-poule", "3", "3", "0"],
        ["Lampadaire", "1", "0", "1"],
        ["Le bourg", "4", "3", "1"],
    ):
        assert row in [each[:4] for each in rows]


@pytest.mark.usefixtures("filled")
def test_one_subject_one_team_one_zone(agent):
    for query, received in (
        ("sujet=sujet:nid-de-poule", 3),
        ("sujet=groupe:Éclairage", 1),
        (f"equipe={Report.objects.get(status='resolved').team_id}", 1),
        (f"zone={Zone.objects.get().pk}", 4),
    ):
        table = agent.get(f"{FIGURES}resume.csv?{query}").content.decode("utf-8-sig")
        assert f"Reçus;{received};" in table


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("name", ["resume", "category", "team", "zone"])
def test_tables_are_taken_away_without_formulas(agent, name):
    answer = agent.get(f"{FIGURES}{name}.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert answer["Cache-Control"] == "private, no-store"
    assert agent.get(f"{FIGURES}{name}.xlsx").content[:2] == b"PK"


def test_a_category_named_like_a_formula_is_inert(agent):
    report(category(name="=1+1"), now=timezone.now())

    assert "'=1+1;1;" in agent.get(f"{FIGURES}category.csv").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "du=hier",
        "du=2026-12-01&au=2026-11-01",
        "du=2000-01-01",
        "sujet=nope",
        "equipe=99999999999999999999",
        "zone=%00",
        "du=%00",
        "au=0001-01-01&du=9999-12-31",
        "au=9999-12-31&du=9999-12-30",
    ],
)
def test_a_question_that_makes_no_sense_is_told(agent, query):
    assert agent.get(f"{FIGURES}?{query}").status_code == 422
    assert agent.get(f"{FIGURES}resume.csv?{query}").status_code == 404


def test_the_first_day_of_all_is_no_error(agent):
    assert agent.get(f"{FIGURES}?au=0001-01-01").status_code in {200, 422}


def test_unknown_tables_are_not_found(agent):
    assert agent.get(f"{FIGURES}resume.pdf").status_code == 404
    assert agent.get(f"{FIGURES}inconnu.csv").status_code == 404


def test_each_figure_is_defined(agent):
    words = text_of(agent.get(f"{FIGURES}definitions/"))

    assert "Promesses tenues" in words
    assert "Clôtures contestées" in words


def test_the_page_costs_the_same_however_much_there_is(
    agent, filled, django_assert_max_num_queries, django_assert_num_queries
):
    agent.get(FIGURES)  # whoever comes first pays for what is remembered
    with django_assert_max_num_queries(25) as asked:
        agent.get(FIGURES)
    for number in range(12):
        report(category(code=f"c{number}", name=f"C{number}"), now=timezone.now())
    with django_assert_num_queries(len(asked)):
        agent.get(FIGURES)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0, "moins d’une heure"), (7300, "2\u00a0h"), (86400 * 2, "2 jours")],
)
def test_times_are_written_as_long_as_they_are(seconds, words):
    assert wait(seconds) == words
