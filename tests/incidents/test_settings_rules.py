"""The settings of who does what: the table, its trial on one case, its rehearsal on a year."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.geo import Outline, Place
from incidents.handlers import read_rules
from incidents.models import Category, Handler, Report, RoutingRule, Zone
from incidents.rehearsal import outcomes, rehearse
from incidents.routing import Question, Rule, first_match, hidden
from tests.incidents.factories import QUAY, category, report, team
from tests.incidents.settings_pages import HOME, text_of, told, undo_last


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
LIST = f"{HOME}regles/"
AROUND = [[-0.76, 45.19], [-0.73, 45.19], [-0.73, 45.21], [-0.76, 45.21], [-0.76, 45.19]]
FAR = [[0, 44], [1, 44], [1, 45], [0, 45], [0, 44]]


def zone(name="Quais", ring=AROUND):
    return Zone.objects.create(name=name, outline={"type": "Polygon", "coordinates": [ring]})


def body(name="Département"):
    return Handler.objects.create(kind="body", name=name)


def rule(position, handler, **what):
    return RoutingRule.objects.create(position=position, handler=handler, **what)


def lately(kind, **options):
    """Receive a report some days ago."""
    return report(kind, now=timezone.now() - timedelta(days=9), **options)


def handlers_in_order():
    return [each.handler.name for each in RoutingRule.objects.order_by("position")]


def test_a_rule_is_added_last_and_taken_back(admin):
    roads, hole = team(), category()

    answer = admin.post(
        f"{LIST}nouvelle/",
        {
            "subject": f"c{hole.pk}",
            "handler": roads.pk,
            "explanation": "Notre équipe s’en charge.",
        },
    )

    assert "Règle ajoutée : Nid-de-poule" in told(admin, answer)
    added = RoutingRule.objects.get()
    assert (added.category, added.group, added.position) == (hole, "", 1)
    undo_last(admin)
    assert not RoutingRule.objects.exists()


def test_a_rule_comes_before_the_one_that_was_chosen(admin):
    hole = category()
    everything = rule(1, team())

    admin.post(
        f"{LIST}nouvelle/",
        {"subject": f"g{hole.group}", "handler": body().pk, "before": everything.pk},
    )

    assert handlers_in_order() == ["Département", "Voirie"]
    assert RoutingRule.objects.get(group="Voirie").category is None
    undo_last(admin)
    assert handlers_in_order() == ["Voirie"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"subject": ""}, "Dites qui s’en occupe."),
        ({"handler": "99999999999999999999"}, "choix valide"),
        ({"handler": "\x00"}, "nul"),
        ({"subject": "c0"}, "choix valide"),
        ({"explanation": "x" * 201}, "200"),
        ({"road_class": "piste"}, "choix valide"),
    ],
)
def test_what_is_wrong_is_said(admin, typed, words):
    answer = admin.post(f"{LIST}nouvelle/", typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not RoutingRule.objects.exists()


def test_what_would_change_hands_is_shown_before_saving(admin):
    roads, hole = team(), category()
    everything = rule(1, roads)
    found = lately(hole, address="Rue du Port")
    typed = {"subject": f"c{hole.pk}", "handler": body().pk, "before": everything.pk}

    answer = admin.post(f"{LIST}nouvelle/", typed)

    page = text_of(answer)
    assert answer.status_code == 200
    assert "1 aurait changé de mains" in page
    assert "Rue du Port" in page
    assert RoutingRule.objects.count() == 1
    admin.post(f"{LIST}nouvelle/", typed | {"sure": "1"})
    assert handlers_in_order() == ["Département", "Voirie"]
    found.refresh_from_db()
    assert found.handler == roads


def test_replaying_saves_nothing(admin):
    lately(category())

    answer = admin.post(f"{LIST}nouvelle/", {"handler": team().pk, "look": "1"})

    assert "1 aurait changé de mains" in text_of(answer)
    assert not RoutingRule.objects.exists()


def test_a_rule_is_changed(admin):
    known = rule(1, team(), explanation="Avant")

    admin.post(f"{LIST}{known.pk}/", {"handler": known.handler_id, "road_class": "department"})

    known.refresh_from_db()
    assert (known.road_class, known.explanation, known.position) == ("department", "", 1)


def test_rules_change_places_after_a_look_when_that_matters(admin):
    roads, other, hole = team(), body(), category()
    rule(1, roads)
    exception = rule(2, other, category=hole)
    lately(hole)

    answer = admin.post(f"{LIST}{exception.pk}/ordre/", {"sens": "haut"})
    assert "1 aurait changé de mains" in text_of(answer)
    assert handlers_in_order() == ["Voirie", "Département"]
    answer = admin.post(f"{LIST}{exception.pk}/ordre/", {"sens": "haut", "sure": "1"})

    assert "Règle déplacée" in told(admin, answer)
    assert handlers_in_order() == ["Département", "Voirie"]


def test_a_rule_is_deleted_and_comes_back_in_its_place(admin):
    first = rule(1, team())
    rule(2, body())

    admin.post(f"{LIST}{first.pk}/suppression/")
    assert handlers_in_order() == ["Département"]
    undo_last(admin)

    assert handlers_in_order() == ["Voirie", "Département"]


def test_a_rule_comes_back_even_where_another_took_its_place(admin):
    only = rule(1, team())
    admin.post(f"{LIST}{only.pk}/suppression/")
    RoutingRule.objects.create(position=1, handler=body())

    undo_last(admin)

    assert handlers_in_order() == ["Voirie", "Département"]


def test_a_rule_that_never_wins_is_pointed_out(admin):
    hole = category()
    rule(1, team())
    rule(2, body(), category=hole)

    assert "la règle 1 passe avant" in text_of(admin.get(LIST))


def test_a_rule_is_hidden_only_by_a_wider_one():
    here = Outline({"type": "Polygon", "coordinates": [AROUND]})
    rules = [
        Rule(key=1, handler=1, group="Voirie", zone=here),
        Rule(key=2, handler=1, category=7, zone=here),
        Rule(key=3, handler=1, category=8, zone=here),
        Rule(key=4, handler=1, category=7),
        Rule(key=5, handler=1, category=7, road_class="national"),
        Rule(key=6, handler=1, is_off=True),
        Rule(key=7, handler=1, group="Eau"),
    ]

    assert hidden(rules, {7: "Voirie", 8: "Eau"}) == {2: 1, 5: 4}


def test_a_trial_says_which_rule_wins_and_why_not_the_others(admin):
    hole, lamp = category(), category(code="lampe", name="Lampe", group="Éclairage")
    roads = team()
    off = Handler.objects.create(kind="body", name="Ancien syndicat", is_active=False)
    rule(1, off)
    rule(2, body("Métropole"), category=lamp)
    rule(3, body("SDEEG"), group="Éclairage")
    rule(4, body("DIR"), road_class="national")
    rule(5, body("Port"), zone=zone("Loin", FAR))
    rule(6, roads, zone=zone(), explanation="Notre équipe passe.")
    sent = {"category": hole.pk, "lat": QUAY.lat, "lon": QUAY.lon}

    page = text_of(admin.get(f"{LIST}essai/", sent))

    assert "Règle 6 : Voirie" in page
    assert "Notre équipe passe." in page
    for words in (
        "Ancien syndicat est hors service.",
        "C’est une autre catégorie.",
        "C’est un autre groupe de catégories.",
        "Elle ne vaut que pour : route nationale ou autoroute.",
        "Le lieu n’est pas dans la zone « Loin ».",
    ):
        assert words in page


def test_a_trial_without_a_place_says_so(admin):
    hole = category()
    rule(1, team(), zone=zone())

    page = text_of(admin.get(f"{LIST}essai/", {"category": hole.pk}))

    assert "le lieu n’est pas connu" in page
    assert "Aucune règle ne convient" in page


@pytest.mark.parametrize(
    "sent",
    [
        {"category": "0"},
        {"category": "licorne"},
        {"lat": "1e999"},
        {"lat": "45"},
        {"lat": "91", "lon": "0"},
        {"address": "\x00"},
        {"address": "rue introuvable"},
    ],
)
def test_a_trial_that_means_nothing_says_what_is_wrong(admin, sent):
    answer = admin.get(f"{LIST}essai/", {"category": category().pk} | sent)

    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)


def test_a_rehearsal_leaves_out_what_is_older_than_a_year():
    hole, roads = category(), team()
    report(hole, now=timezone.now() - timedelta(days=370))
    lately(hole)
    proposed = [Rule(key=0, handler=roads.pk)]

    found = rehearse(proposed, now=timezone.now())

    assert (found.total, found.changed) == (1, 1)
    assert (found.rows[0].before, found.rows[0].after) == ("", "Voirie")


def test_a_rehearsal_finds_what_each_report_would_find():
    draw = Random(7)
    zones = [Outline({"type": "Polygon", "coordinates": [ring]}) for ring in (AROUND, FAR)]
    rules = [
        Rule(
            key=number,
            handler=number,
            category=draw.choice([None, 1, 2]),
            group=draw.choice(["", "Voirie", "Eau"]),
            zone=draw.choice([None, *zones]),
            road_class=draw.choice(["", "national"]),
            is_off=draw.random() < 0.2,
        )
        for number in range(30)
    ]
    questions = [
        Question(
            category=draw.choice([1, 2, 3]),
            group=draw.choice(["Voirie", "Eau"]),
            place=draw.choice([None, QUAY, Place(44.5, 0.5), Place(45.19, -0.74), Place(0, 0)]),
            road_class=draw.choice(["", "national", "private"]),
        )
        for _each in range(200)
    ]

    winners = [first_match(rules, each) for each in questions]

    assert outcomes(rules, questions) == [each.handler if each else None for each in winners]


def test_a_rehearsal_costs_the_same_for_one_report_and_for_many():
    hole, roads = category(), team()
    rule(1, roads, zone=zone())
    proposed = [*read_rules(), Rule(key=0, handler=roads.pk)]

    def queries():
        with CaptureQueriesContext(connection) as seen:
            found = rehearse(proposed, now=timezone.now())
        return len(seen), found

    lately(hole, place=None, address="Ailleurs")
    one, _found = queries()
    template = Report.objects.get()
    for number in range(70):
        template.pk, template.reference = None, f"ABCD{number:04}"
        template.idempotency_key = f"00000000-0000-4000-8000-{number:012}"
        template.save()

    many, found = queries()

    assert many == one == 3
    assert (found.changed, len(found.rows), found.others) == (71, 50, 21)


def test_the_home_page_says_what_no_rule_covers(admin):
    category()
    category(code="lampe", name="Lampe", group="Éclairage")
    assert "quelqu’un pour 2 catégories" in text_of(admin.get(HOME))

    rule(1, team(), group="Éclairage")
    assert "quelqu’un pour 1 catégorie." in text_of(admin.get(HOME))
    rule(2, body())

    assert "toujours quelqu’un" not in text_of(admin.get(HOME))
    assert Category.objects.count() == 2
