"""The team covers parts of a photo, with or without a script, and says who may see it."""

import pytest

from incidents import tasks
from incidents.models import Photo
from tests.incidents.desk_pages import path_of, text_of
from tests.incidents.factories import report
from tests.incidents.test_developing import add, photo


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
SQUARE = [0.2, 0.2, 0.4, 0.4]


@pytest.fixture
def found():
    return report()


@pytest.fixture
def shown(found):
    add(found, photo(gps=False))
    tasks.develop_photos()
    return found.photos.get()


def page_of(photo, *parts):
    return path_of(photo.report, "photo", str(photo.pk), *parts)


def cover(client, shown, **sent):
    answer = client.post(page_of(shown), sent)
    shown.refresh_from_db()
    return answer


def test_parts_are_covered_by_boxes_numbers_or_the_hand(agent, shown):
    Photo.objects.update(suggested=[SQUARE])

    cover(
        agent,
        shown,
        plates=["0"],
        cells=["0-0"],
        x="50",
        y="50",
        w="10",
        h="10",
        drawn="0.1,0.1,0.2,0.2;0.5,0.5,0.001,0.2",
    )

    assert shown.blurred == [
        SQUARE,
        [0, 0, 0.1667, 0.25],
        [0.5, 0.5, 0.1, 0.1],
        [0.1, 0.1, 0.2, 0.2],
    ]
    assert shown.suggested == []


def test_what_is_covered_is_uncovered_until_the_photo_is_published(agent, shown):
    cover(agent, shown, cells=["0-0", "1-1"])
    cover(agent, shown, kept=["1"])
    assert len(shown.blurred) == 1

    agent.post(page_of(shown, "publication"))
    refused = cover(agent, shown)

    assert refused.status_code == 422
    assert "ne peut plus être montré" in text_of(refused)
    assert len(shown.blurred) == 1


def test_a_photo_is_published_taken_back_and_deleted(agent, shown):
    agent.post(page_of(shown, "publication"))
    shown.refresh_from_db()
    assert shown.is_public
    agent.post(page_of(shown, "retrait"))
    shown.refresh_from_db()
    assert not shown.is_public
    agent.post(page_of(shown, "suppression"))
    shown.refresh_from_db()
    assert shown.state == "removed"
    assert agent.get(page_of(shown)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"drawn": "abc"},
        {"drawn": "nan,0,0.5,0.5"},
        {"drawn": "0,0,2,2"},
        {"drawn": "0,0,0.5"},
        {"drawn": "\0"},
        {"cells": ["9-9"]},
        {"plates": ["7"]},
        {"kept": ["x"]},
        {"x": "5"},
        {"x": "nan", "y": "1", "w": "1", "h": "1"},
        {"x": "500", "y": "1", "w": "1", "h": "1"},
        {"drawn": ";".join(["0,0,0.5,0.5"] * 70)},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_is_covered(agent, shown, wrong):
    answer = cover(agent, shown, **wrong)

    assert answer.status_code == 422
    assert shown.blurred == []


def test_a_photo_that_is_not_ready_says_so(agent, found):
    add(found, photo())
    waiting = found.photos.get()

    assert "en préparation" in text_of(agent.get(page_of(waiting)))
    assert cover(agent, waiting, cells=["0-0"]).status_code == 422


def test_photos_are_those_of_the_report(agent, shown):
    other = report()

    assert agent.get(path_of(other, "photo", str(shown.pk))).status_code == 404
    assert agent.post(page_of(shown, "autre")).status_code == 404


def test_publishing_the_report_shows_its_checked_photos(agent, found, shown):
    agent.post(path_of(found, "publication"))

    shown.refresh_from_db()
    assert shown.is_public


def test_a_reader_opens_no_photo_page(log_in, shown):
    assert log_in("reader").get(page_of(shown)).status_code == 403
