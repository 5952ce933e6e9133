"""Who is told of a tick, and how many may listen."""

import pytest

from parvis.live_fan import REMEMBERED_S, Fan, Full


@pytest.fixture
def fan():
    known = Fan(most=4, most_each=3)
    known.hear(at=0.0)
    return known


def page(fan, *topics, schema="c_33314", since=100.0, source="192.0.2.1"):
    return fan.open(schema, topics or ("day",), since=since, source=source)


def test_a_tick_reaches_the_pages_of_its_topic_in_its_commune_and_no_other(fan):
    mine, other_topic = page(fan, "day", "hall"), page(fan, "report")
    other_commune = page(fan, "hall", schema="c_33214")

    fan.tick("c_33314", "hall", at=101.0)

    told = [each.told.is_set() for each in (mine, other_topic, other_commune)]
    assert told == [True, False, False]


def test_what_changed_while_a_page_was_on_its_way_is_told_when_it_opens(fan):
    fan.tick("c_33314", "day", at=100.3)

    assert page(fan, since=100.1).told.is_set()
    assert not page(fan, since=101.0).told.is_set()
    assert not page(fan, "hall", since=100.1).told.is_set()


def test_what_is_too_old_to_be_remembered_is_told_to_whoever_may_have_missed_it(fan):
    fan.tick("c_33314", "report", at=100.0)
    fan.tick("c_33314", "day", at=200.0 + REMEMBERED_S)

    assert page(fan, "hall", since=99.0).told.is_set()
    assert not page(fan, "hall", since=150.0).told.is_set()


def test_pages_ask_again_when_ticks_may_have_been_lost(fan):
    open_page = page(fan)

    fan.hear(at=500.0)

    assert open_page.told.is_set()
    assert page(fan, since=400.0).told.is_set()
    assert not page(fan, since=501.0).told.is_set()


def test_pages_poll_where_nothing_is_heard(fan):
    open_page = page(fan)

    fan.end()

    assert open_page.is_over
    assert open_page.told.is_set()
    with pytest.raises(Full):
        page(fan)
    with pytest.raises(Full):
        page(Fan())
    fan.tick("c_33314", "day", at=600.0)
    assert not fan.is_listening


def test_streams_are_bounded_in_all_and_by_address_and_a_closed_one_counts_no_more(fan):
    kept = [page(fan) for _ in range(3)]
    with pytest.raises(Full):
        page(fan)
    page(fan, source="192.0.2.2")
    with pytest.raises(Full):
        page(fan, source="192.0.2.3")

    for each in kept:
        fan.close(each)

    assert len(fan) == 1
    page(fan)
    assert len(fan) == 2
