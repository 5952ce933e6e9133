"""The team's list: what a row says, how pages follow, filters that are kept."""

from datetime import timedelta
from uuid import uuid4

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import desk
from incidents.geo import Place
from incidents.models import Photo, Report, SavedFilter, Zone
from tests.incidents.desk_pages import DESK, text_of
from tests.incidents.factories import NOW, category, report, team
from tests.incidents.test_actions import FOREMAN
from tests.incidents.test_filters import moved


pytestmark = pytest.mark.django_db
SQUARE = [[-0.76, 45.19], [-0.74, 45.19], [-0.74, 45.21], [-0.76, 45.21], [-0.76, 45.19]]


@pytest.fixture
def hole():
    return category()


@pytest.fixture
def commune_of_many(hole):
    """A quarter, a team and a saved filter: all that a page may have to name."""
    Zone.objects.create(name="Quais", outline={"type": "Polygon", "coordinates": [SQUARE]})
    SavedFilter.objects.create(name="Retards", query="retard=1", owner_id=1, is_shared=True)
    return team().team


def many(hole, count):
    """Store many reports at once, as old as their number."""
    Report.objects.bulk_create(
        Report(
            reference=f"{number:08}",
            category=hole,
            channel="web",
            address=f"{number} quai Albert-Pichon",
            lat=45.1995,
            lon=-0.7475,
            submitted_at=NOW - timedelta(minutes=number),
            due_at=NOW + timedelta(minutes=number),
            idempotency_key=uuid4(),
        )
        for number in range(count)
    )


def questions(client, query):
    """Count the queries of a page that was shown before."""
    client.get(f"{DESK}?{query}")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"{DESK}?{query}")
    assert answer.status_code == 200
    return len(queries)


def test_a_row_says_what_where_how_old_for_whom_and_who(agent, hole):
    roads = team().team
    now = timezone.now()
    made = report(hole, now=now - timedelta(days=3, hours=1))
    Report.objects.filter(pk=made.pk).update(
        due_at=now - timedelta(hours=5), reporters=12, team=roads, assignee_name="Paul"
    )
    Photo.objects.create(report=made, stage="before", state="ready", name="a" * 32)

    answer = agent.get(DESK)
    page = text_of(answer)

    for words in (
        "Nid-de-poule",
        "Quai Albert-Pichon",
        "3 j, en retard de 5 h",
        "12 habitants concernés",
        "Voirie · Paul",
        "reçu",
        "à relire",
    ):
        assert words in page, words
    assert "/photo/" in answer.content.decode()


def test_pages_lead_on_and_back(agent, hole):
    many(hole, 120)

    first = agent.get(f"{DESK}?tri=recent")
    second = agent.get(f"{DESK}{_link(first, 'next')}")
    third = agent.get(f"{DESK}{_link(second, 'next')}")
    back = agent.get(f"{DESK}{_link(third, 'prev')}")

    assert "0 quai" in text_of(first)
    assert _link(first, "prev") == ""
    assert "119 quai" in text_of(third)
    assert _link(third, "next") == ""
    assert text_of(back) == text_of(second)


def _link(answer, rel):
    before, _mark, _after = answer.content.decode().partition(f'" rel="{rel}"')
    return before.rpartition('href="')[2].replace("&amp;", "&") if _mark else ""


@pytest.mark.parametrize(
    "query",
    [
        "",
        "etat=tous&tri=recent",
        "etat=clos",
        "agent=moi&retard=1&silence=1&relire=1&conteste=1",
        "quartier={zone}&equipe={team}&q=quai",
    ],
)
def test_a_page_asks_six_questions_at_most_whatever_there_is(agent, hole, commune_of_many, query):
    zone = Zone.objects.get().pk
    asked = query.format(zone=zone, team=commune_of_many.pk)
    none = questions(agent, asked)
    many(hole, 1000)
    Photo.objects.bulk_create(
        Photo(report_id=pk, stage="before", state="ready", name=f"{pk:032}")
        for pk in Report.objects.values_list("pk", flat=True)
    )

    assert questions(agent, asked) == none <= 6


def test_tabs_count_what_the_filter_lets_through(agent, hole):
    lamp = category(code="lampadaire", name="Lampadaire", group="Éclairage")
    report(hole)
    report(lamp)

    assert "À traiter 2" in text_of(agent.get(DESK))
    assert "À traiter 1" in text_of(agent.get(f"{DESK}?categorie=lampadaire"))


def test_counting_stops_at_five_hundred(agent, hole):
    many(hole, 501)

    assert "À traiter (plus de 500)" in text_of(agent.get(DESK))


def test_a_filter_that_finds_nothing_says_how_many_there_are_without(agent, hole):
    report(hole)

    page = text_of(agent.get(f"{DESK}?q=girafe"))

    assert "Aucun signalement ne répond à ces filtres." in page
    assert "Sans filtre : 1" in page
    assert "Tout effacer" in page


def test_nothing_yet_is_good_news(agent, hole):
    assert "Aucun signalement pour l’instant" in text_of(agent.get(DESK))
    report(hole)
    assert "Aucun signalement ici" in text_of(agent.get(f"{DESK}?etat=clos"))


@pytest.mark.parametrize(
    "query",
    [
        "etat=%00&apres=%00&avant=1",
        "apres=" + "9" * 3000,
        "quartier=99999999999999999999",
        "du=2026-02-30",
        "q=" + "x" * 5000,
        "q=%FF%FE",
        "vue=girafe",
        "inconnu=1",
        "&".join(f"a{number}=1" for number in range(200)),
    ],
)
def test_an_address_that_makes_no_sense_still_shows_the_list(agent, hole, query):
    report(hole)

    assert agent.get(f"{DESK}?{query}").status_code == 200


def test_what_is_not_known_is_told(agent, hole):
    assert "n’est pas connue ici" in text_of(agent.get(f"{DESK}?etat=perdu"))


def test_a_filter_is_kept_shared_and_deleted(agent, log_in, hole):
    kept = agent.post(
        f"{DESK}filtres/",
        {"name": "Voirie en retard", "query": "retard=1&categorie=Voirie&x=1&vue=tableau"},
    )
    agent.post(f"{DESK}filtres/", {"name": "Pour tous", "query": "", "is_shared": "on"})
    colleague = log_in("reader")

    assert kept["Location"] == f"{DESK}?categorie=Voirie&retard=1&vue=tableau"
    assert "Voirie en retard" in text_of(agent.get(DESK))
    theirs = text_of(colleague.get(DESK))
    assert "Pour tous (partagé)" in theirs
    assert "Voirie en retard" not in theirs

    shared = SavedFilter.objects.get(name="Pour tous")
    assert colleague.post(f"{DESK}filtres/{shared.pk}/suppression/").status_code == 404
    agent.post(f"{DESK}filtres/{shared.pk}/suppression/")
    assert not SavedFilter.objects.filter(pk=shared.pk).exists()


@pytest.mark.parametrize(
    "sent",
    [{}, {"name": ""}, {"name": "x" * 61}, {"name": "a\0b"}, {"name": "A", "query": "x" * 501}],
    ids=str,
)
def test_a_filter_without_a_good_name_is_asked_again(agent, hole, sent):
    answer = agent.post(f"{DESK}filtres/", sent)

    assert answer.status_code == 422
    assert not SavedFilter.objects.exists()


def test_two_filters_of_one_name_are_told_apart(agent, hole):
    agent.post(f"{DESK}filtres/", {"name": "A", "query": ""})

    answer = agent.post(f"{DESK}filtres/", {"name": "A", "query": "retard=1"})

    assert answer.status_code == 422
    assert "Vous avez déjà un filtre de ce nom." in text_of(answer)


def test_a_filter_is_one_address_for_all_its_chips(agent, hole):
    lamp = category(code="lampadaire", name="Lampadaire", group="Éclairage")
    made = report(lamp)
    desk.prioritise(report=made, priority=4, by=FOREMAN, now=NOW)

    page = agent.get(f"{DESK}?categorie=lampadaire&priorite=4&retard=1").content.decode()

    for without in ("retard=1&priorite=4", "categorie=lampadaire&retard=1"):
        assert f'href="?{without.replace("&", "&amp;")}"' in page
    assert 'href="?categorie=lampadaire&amp;priorite=4"' in page


# --- The board ----------------------------------------------------------------------------


def lane(page, title):
    """Return what one column of the board says."""
    tree = html5lib.parse(page.content.decode(), namespaceHTMLElements=False)
    for each in tree.iter("details"):
        words = " ".join("".join(each.itertext()).split())
        if each.get("data-lane") is not None and words.startswith(title):
            return words
    raise AssertionError(title)


def test_the_board_deals_reports_by_what_is_done_about_them(agent, hole):
    now = timezone.now()
    report(hole, address="Rue neuve")
    for to in ("planned", "in_progress", "awaiting_reporter"):
        moved(report(hole, address=f"Rue {to}"), to, text="?")
    report_lately = report(hole, address="Rue résolue")
    moved(report_lately, "resolved", reason="repaired", now=now - timedelta(days=6))
    moved(
        report(hole, address="Rue ancienne"),
        "resolved",
        reason="repaired",
        now=now - timedelta(days=7, seconds=1),
    )

    page = agent.get(f"{DESK}?vue=tableau")

    for title, street in (
        ("À traiter 1", "Rue neuve"),
        ("Planifié 1", "Rue planned"),
        ("En cours 1", "Rue in_progress"),
        ("En attente 1", "Rue awaiting_reporter"),
        ("Résolu (7 jours) 1", "Rue résolue"),
    ):
        assert street in lane(page, title)
    assert "Rue ancienne" not in text_of(page)


def test_a_card_leads_to_where_it_is_moved(agent, log_in, hole):
    made = report(hole)

    page = agent.get(f"{DESK}?vue=tableau").content.decode()

    assert f'action="{DESK}{made.reference}/passer/"' in page
    assert '<option value="accepted">pris en charge</option>' in page
    assert "/passer/" not in log_in("reader").get(f"{DESK}?vue=tableau").content.decode()


def test_a_column_shows_the_most_urgent_and_counts_the_rest(agent, hole):
    many(hole, 30)
    Report.objects.filter(reference="00000029").update(priority=4)

    todo = lane(agent.get(f"{DESK}?vue=tableau"), "À traiter 30")

    assert todo.count("quai Albert-Pichon") == 2 * 20  # the place, and the name of the button
    assert todo.index("29 quai") < todo.index("0 quai Albert")
    assert "Tout voir" in todo


@pytest.mark.parametrize("query", ["vue=tableau", "vue=tableau&quartier={zone}&q=quai&silence=1"])
def test_the_board_asks_six_questions_at_most(agent, hole, commune_of_many, query):
    asked = query.format(zone=Zone.objects.get().pk)
    none = questions(agent, asked)
    many(hole, 1)
    one = questions(agent, asked)
    Report.objects.all().delete()
    many(hole, 1000)
    for number, state in enumerate(["planned", "in_progress", "forwarded"]):
        refs = [f"{each:08}" for each in range(number * 100, number * 100 + 100)]
        Report.objects.filter(reference__in=refs).update(status=state)

    assert none <= one
    assert questions(agent, asked) == one <= 6


# --- The map ------------------------------------------------------------------------------

AROUND = "boite=45.19,-0.76,45.21,-0.74"


def test_the_map_lists_what_it_shows(agent, hole):
    report(hole, address="Quai vu")
    report(hole, address="Loin", place=Place(45.3, -0.7475))
    report(hole, address="Nulle part", place=None)

    whole = text_of(agent.get(f"{DESK}?vue=carte"))
    part = text_of(agent.get(f"{DESK}?vue=carte&{AROUND}"))

    assert "Quai vu" in whole
    assert "Loin" in whole
    assert "Nulle part" not in whole
    assert "Quai vu" in part
    assert "Loin" not in part


def test_marks_follow_the_filter_and_lead_to_reports_or_to_their_list(agent, hole):
    lamp = category(code="lampadaire", name="Lampadaire", group="Éclairage")
    alone = report(lamp)
    for _each in range(3):
        report(hole)

    one = agent.get(f"{DESK}carte.json?categorie=lampadaire&{AROUND}&z=15").json()["marks"]
    many_ = agent.get(f"{DESK}carte.json?categorie=Voirie&{AROUND}&z=15").json()["marks"]

    assert [each["href"] for each in one] == [f"{DESK}{alone.reference}/"]
    [gathered] = many_
    assert gathered["n"] == 3
    assert gathered["href"].startswith(f"{DESK}?categorie=Voirie&vue=carte&boite=")


def test_heat_counts_by_squares_the_fullest_is_the_warmest(agent, hole):
    for _each in range(5):
        report(hole)
    report(hole, place=Place(45.205, -0.755))
    report(hole, place=Place(45.3, -0.7475))

    cells = agent.get(f"{DESK}chaleur.json?{AROUND}&z=15").json()["cells"]

    assert [(each["n"], each["level"]) for each in cells] == [(5, 5), (1, 1)]
    south, west, north, east = cells[0]["box"]
    assert south <= 45.1995 <= north
    assert west <= -0.7475 <= east


@pytest.mark.parametrize(
    "query",
    [
        "",
        "boite=x&z=1",
        f"{AROUND}&z=x",
        f"{AROUND}&z=²",
        "boite=nan,nan,nan,nan&z=3",
        f"{AROUND}&z=999",
    ],
)
@pytest.mark.parametrize("name", ["carte.json", "chaleur.json"])
def test_a_part_that_is_nowhere_is_said(agent, hole, name, query):
    assert agent.get(f"{DESK}{name}?{query}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [f"?vue=carte&{AROUND}&quartier={{zone}}", f"carte.json?{AROUND}&z=16&quartier={{zone}}",
     f"chaleur.json?{AROUND}&z=16&quartier={{zone}}"],
)  # fmt: skip
def test_the_map_asks_six_questions_at_most(agent, hole, commune_of_many, path):
    address = DESK + path.format(zone=Zone.objects.get().pk)

    def asked():
        agent.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert agent.get(address).status_code == 200
        return len(queries)

    many(hole, 1)
    one = asked()
    Report.objects.all().delete()
    many(hole, 1000)

    assert max(one, asked()) <= 6
