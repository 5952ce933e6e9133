"""One filter for every view: what its address says, and which reports it lets through.

Each limit has reports on both sides of it.
"""

from datetime import date, timedelta
from urllib.parse import parse_qsl

import pytest

from incidents import actions, desk, filters, found, offered, paging, reporters
from incidents.filters import Filter
from incidents.geo import Place
from incidents.models import Report, SavedFilter, Team, Zone
from incidents.workflow import Actor, Reason, Status
from tenants.models import Membership
from tests.conftest import owner
from tests.incidents.factories import NOW, QUAY, category, report, team
from tests.incidents.test_actions import FOREMAN


pytestmark = pytest.mark.django_db
ME = FOREMAN.user_id
SQUARE = [[-0.76, 45.19], [-0.74, 45.19], [-0.74, 45.21], [-0.76, 45.21], [-0.76, 45.19]]
HOLE = [[-0.748, 45.199], [-0.747, 45.199], [-0.747, 45.2], [-0.748, 45.2], [-0.748, 45.199]]


@pytest.fixture
def hole():
    return category()


def read(query):
    return filters.read(dict(query), offered.read(user_id=ME))


def through(now=NOW, user_id=ME, **wanted):
    """Return the references that a filter lets through."""
    known = offered.read(user_id=user_id)
    asked = Filter(**({"state": filters.ALL} | wanted))
    reports = found.narrow(asked, known=known, now=now, user_id=user_id)
    return set(reports.values_list("reference", flat=True))


def moved(made, to, now=NOW, actor=Actor.STAFF, reason="", **options):
    by = FOREMAN if actor == Actor.STAFF else None
    return actions.move(report=made, to=to, actor=actor, by=by, now=now, reason=reason, **options)


# --- The address --------------------------------------------------------------------------


def test_what_is_usual_is_not_in_the_address():
    assert Filter().to_query() == ""
    assert Filter().sorting == filters.URGENT


def test_every_part_is_read_and_written_again(hole):
    roads = team()
    zone = Zone.objects.create(name="Quais", outline={"type": "Polygon", "coordinates": [SQUARE]})
    query = {
        "etat": "en-cours",
        "categorie": "nid-de-poule",
        "quartier": str(zone.pk),
        "equipe": str(roads.team_id),
        "agent": "moi",
        "retard": "1",
        "silence": "1",
        "relire": "1",
        "conteste": "1",
        "priorite": "4",
        "recu": "phone",
        "porte": "report",
        "du": "2026-11-01",
        "au": "2026-11-30",
        "q": "banc cassé",
        "tri": "ancien",
    }

    wanted = read(query)

    assert not wanted.unknown
    assert filters.read(_pairs(wanted.to_query()), offered.read(user_id=ME)) == wanted
    assert set(_pairs(wanted.to_query())) == set(query)
    assert wanted.is_narrow


def _pairs(query):
    return dict(parse_qsl(query))


@pytest.mark.parametrize(
    "query",
    [
        {"etat": "x"},
        {"categorie": "nulle-part"},
        {"quartier": "9" * 40},
        {"quartier": "²"},
        {"equipe": "-1"},
        {"agent": "tous"},
        {"priorite": "9"},
        {"recu": "pigeon"},
        {"porte": "redirect"},
        {"du": "31/12/2026"},
        {"au": "0001-01-01"},
        {"du": "9999-12-31"},
        {"tri": "submitted_at; DROP"},
        {"retard": "oui"},
        {"q": "\0"},
        {"inconnu": "1"},
    ],
    ids=str,
)
def test_what_nobody_knows_is_left_out_and_told(hole, query):
    wanted = read(query)

    assert wanted == Filter()
    assert wanted.unknown == () if query == {"q": "\0"} else wanted.unknown == tuple(query)


def test_the_sort_by_urgency_is_for_what_is_open():
    assert Filter(state=filters.DONE, order=filters.URGENT).sorting == filters.NEWEST
    assert Filter(state=filters.OPEN_ONES).sorting == filters.URGENT
    assert Filter(order=filters.CHANGED).sorting == filters.CHANGED


def test_a_team_sees_its_own_filters_and_those_that_are_shared(hole, commune, make_user):
    with owner():
        colleague = make_user("report_agent", commune=commune)
        make_user("booking_agent", commune=commune)
        gone = make_user("admin", commune=commune)
        Membership.objects.filter(user=gone).update(is_active=False)
    SavedFilter.objects.create(name="Les miens", query="agent=moi", owner_id=ME)
    SavedFilter.objects.create(name="À elle", query="", owner_id=ME + 1)
    SavedFilter.objects.create(name="Pour tous", query="retard=1", owner_id=ME + 1, is_shared=True)

    known = offered.read(user_id=ME)

    assert {(each.name, each.is_mine) for each in known.saved} == {
        ("Les miens", True),
        ("Pour tous", False),
    }
    assert known.people == ((colleague.pk, colleague.display_name),)
    assert known.groups == ["Voirie"]


def test_what_is_offered_costs_one_query(hole, django_assert_num_queries):
    with django_assert_num_queries(1):
        offered.read(user_id=ME)


# --- What is let through ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        ("a-traiter", {"received", "reopened"}),
        ("en-cours", {"planned"}),
        ("en-attente", {"awaiting_reporter"}),
        ("clos", {"resolved"}),
        ("ouverts", {"received", "reopened", "planned", "awaiting_reporter"}),
        ("planned", {"planned"}),
        ("tous", {"received", "reopened", "planned", "awaiting_reporter", "resolved"}),
    ],
)
def test_states_are_taken_together_or_one_by_one(hole, state, kept):
    made = {"received": report(hole)}
    for to in ("planned", "awaiting_reporter"):
        made[to] = moved(report(hole), Status(to), text="?")
    made["resolved"] = moved(report(hole), Status.RESOLVED, reason=Reason.REPAIRED)
    closed = moved(report(hole), Status.RESOLVED, reason=Reason.REPAIRED)
    made["reopened"] = moved(closed, Status.REOPENED, reason=Reason.OTHER)

    assert through(state=state) == {made[each].reference for each in kept}


def test_a_category_and_a_group_of_them(hole):
    kerb = category(code="bordure", name="Bordure")
    lamp = category(code="lampadaire", name="Lampadaire", group="Éclairage")
    one, two, three = report(hole), report(kerb), report(lamp)

    assert through(kind="nid-de-poule") == {one.reference}
    assert through(kind="Voirie") == {one.reference, two.reference}
    assert through(kind="Éclairage") == {three.reference}


def test_a_team_a_person_or_nobody(hole):
    roads = team().team
    given = report(hole)
    desk.assign(report=given, team=roads, assignee=(ME, "Moi"), by=FOREMAN, now=NOW)
    other = report(hole)
    desk.assign(
        report=other,
        team=Team.objects.create(name="Verts"),
        assignee=(ME + 1, "Elle"),
        by=FOREMAN,
        now=NOW,
    )
    free = report(hole)

    assert through(team=str(roads.pk)) == {given.reference}
    assert through(team="personne") == {free.reference}
    assert through(person="moi") == {given.reference}
    assert through(person=str(ME + 1)) == {other.reference}
    assert through(person="personne") == {free.reference}


def test_late_is_open_and_past_the_promised_date(hole):
    late, due_now, closed = report(hole), report(hole), report(hole)
    Report.objects.filter(pk__in=[late.pk, closed.pk]).update(due_at=NOW - timedelta(seconds=1))
    Report.objects.filter(pk=due_now.pk).update(due_at=NOW)
    moved(closed, Status.RESOLVED, reason=Reason.REPAIRED)

    assert through(late=True) == {late.reference}


def test_silent_is_seven_days_without_a_word_of_the_town_hall(hole):
    week = timedelta(days=7)
    long_ago = NOW - timedelta(days=20)
    forgotten = report(hole, now=NOW - week)
    new = report(hole, now=NOW - week + timedelta(seconds=1))
    answered = report(hole, now=long_ago)
    desk.write(report=answered, text="Vu.", by=FOREMAN, now=NOW - week + timedelta(seconds=1))
    answered_before = report(hole, now=long_ago)
    desk.write(report=answered_before, text="Vu.", by=FOREMAN, now=NOW - week)
    noted = report(hole, now=long_ago)
    desk.note(report=noted, text="Entre nous.", by=FOREMAN, now=NOW)
    examined = moved(report(hole, now=long_ago), Status.TRIAGE, now=NOW)
    accepted = moved(report(hole, now=long_ago), Status.ACCEPTED, now=NOW)
    closed = moved(
        report(hole, now=long_ago), Status.RESOLVED, reason=Reason.REPAIRED, now=long_ago
    )

    assert through(silent=True) == {
        each.reference for each in (forgotten, answered_before, noted, examined)
    }
    assert not {new.reference, answered.reference, accepted.reference, closed.reference} & through(
        silent=True
    )


def test_contested_is_reopened_by_a_citizen(hole):
    contested, reopened_by_us = report(hole), report(hole)
    for each in (contested, reopened_by_us):
        moved(each, Status.RESOLVED, reason=Reason.REPAIRED)
    reporters.contest(report=contested, reason=Reason.NOT_REPAIRED, text="", now=NOW)
    moved(reopened_by_us, Status.REOPENED, reason=Reason.OTHER)

    assert through(contested=True) == {contested.reference}


def test_unread_priority_channel_and_door(hole):
    idea = category(code="idee", name="Idée", door="suggestion", moderation="after")
    urgent, written = report(hole, channel="phone"), report(idea, channel="email")
    desk.prioritise(report=urgent, priority=4, by=FOREMAN, now=NOW)

    assert through(unread=True) == {urgent.reference}
    assert through(priority=4) == {urgent.reference}
    assert through(priority=2) == {written.reference}
    assert through(channel="email") == {written.reference}
    assert through(door="suggestion") == {written.reference}
    assert through(door="report") == {urgent.reference}


def test_days_are_those_of_the_commune(hole):
    midnight = NOW.replace(hour=23, minute=0)  # 0 h in Pauillac on the next day
    before = report(hole, now=midnight - timedelta(seconds=1))
    after = report(hole, now=midnight)

    day = date(2026, 11, 23)
    assert through(until=day) == {before.reference}
    assert through(since=day + timedelta(days=1)) == {after.reference}
    assert through(since=day, until=day) == {before.reference}


def test_a_quarter_is_its_outline_without_its_holes(hole):
    inside = report(hole, place=Place(45.205, -0.75))
    report(hole, place=QUAY)  # in the hole
    report(hole, place=Place(45.25, -0.75))
    report(hole, place=None)
    zone = Zone.objects.create(
        name="Centre", outline={"type": "Polygon", "coordinates": [SQUARE, HOLE]}
    )
    both = Zone.objects.create(
        name="Deux parts",
        outline={"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [HOLE]]},
    )

    assert through(zone=zone.pk) == {inside.reference}
    assert len(through(zone=both.pk)) == 2
    assert through(zone=zone.pk + 1000) == set()


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("rues", True),  # the plural of a word that was written
        ("albert pich", True),  # the beginning of a street
        ("trou quai", True),
        ("trou jardin", False),
        ("poule", True),  # its category
        ("voirie", True),
        ("ornière", True),  # what people say instead
        ("lampadaire", False),
        ("'; DROP TABLE", False),
        ("!&|():*", False),
        ("%", False),
    ],
)
def test_words_are_looked_for_where_people_write(words, is_found):
    made = report(category(keywords="ornière trou"))

    assert through(words=words) == ({made.reference} if is_found else set())


def test_a_reference_finds_its_report_however_it_is_typed(hole):
    made, _other = report(hole), report(hole)
    spaced = f"{made.reference[:4].lower()} {made.reference[4:]}"

    assert through(words=spaced) == {made.reference}


# --- Counts and pages ---------------------------------------------------------------------


def test_counting_stops_where_nobody_reads_on(hole, django_assert_num_queries):
    for _each in range(4):
        report(hole)
    everything = Report.objects.all()

    with django_assert_num_queries(1):
        counted = paging.counts(
            {"few": everything.filter(pk__in=[]), "all": everything, "none": everything.none()},
            most=2,
        )

    assert counted == {"few": 0, "all": 3, "none": 0}


@pytest.mark.parametrize("order", filters.ORDERS)
def test_pages_follow_each_other_both_ways_and_miss_nobody(hole, order):
    for number in range(7):
        made = report(hole, now=NOW + timedelta(minutes=number // 2))
        desk.prioritise(report=made, priority=1 + number % 3, by=FOREMAN, now=made.submitted_at)
        Report.objects.filter(pk=made.pk).update(
            reporters=number % 3, due_at=None if number % 4 == 0 else NOW
        )
    reports = Report.objects.open()
    everybody = list(paging.sorted_by(reports, order).values_list("pk", flat=True))
    seen, mark, pages = [], "", []

    while True:
        page = paging.page(reports, order, after=mark, size=3)
        pages.append([each.pk for each in page.reports])
        seen += pages[-1]
        assert bool(page.before) == bool(mark)
        if not page.after:
            break
        mark = page.after
    back = paging.page(reports, order, before=page.before, size=3)
    first = paging.page(reports, order, before=back.before, size=3)

    assert seen == everybody
    assert [each.pk for each in back.reports] == pages[1]
    assert [each.pk for each in first.reports] == pages[0]
    assert first.after
    assert not first.before


@pytest.mark.parametrize(
    "mark", ["x", "1_2", "1_2_3_4", "a_b_c", f"{'9' * 30}_2026-01-01_1", "-2_2026-11-23T09:00_1"]
)
def test_a_mark_that_nobody_gave_is_the_first_page(hole, mark):
    made = report(hole)

    page = paging.page(Report.objects.open(), filters.URGENT, after=mark)

    assert [each.pk for each in page.reports] == [made.pk]
