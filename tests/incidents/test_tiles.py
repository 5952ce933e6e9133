"""Pictures of the map: fetched once, kept within bounds, never waited for long."""

import time

import pytest
from django.test import Client

from incidents import tiles
from incidents.territory import territory
from incidents.tiles import Tile
from parvis.egress import Breaker, Unreachable, fetch
from tests.geoportal import geoportal, png


NOW = 1_800_000_000.0
HERE = Tile(15, 16315, 11761)
DAY = 24 * 3600


@pytest.fixture
def server(settings, tmp_path, monkeypatch):
    """A server of maps, an empty folder, and nothing known of past failures."""
    settings.HOME = tmp_path
    settings.TILES_MOST_BYTES = 10_000_000
    monkeypatch.setattr(tiles, "breaker", Breaker())
    with geoportal() as known:
        settings.TILES_URL = known.tiles
        yield known


def test_a_picture_is_fetched_once_for_everybody(server):
    assert tiles.picture(HERE, now=NOW) == tiles.picture(HERE, now=NOW + DAY)

    assert len(server.asked) == 1
    assert "IGN" in (tiles.folder() / "LICENCE.txt").read_text()


def test_a_picture_is_fetched_again_after_thirty_days(server):
    tiles.picture(HERE, now=NOW)
    tiles.picture(HERE, now=NOW + 31 * DAY)

    assert len(server.asked) == 2


def test_an_old_picture_serves_while_the_server_is_down(server):
    first = tiles.picture(HERE, now=NOW)
    server.trouble = "refused"

    assert tiles.picture(HERE, now=NOW + 31 * DAY) == first


def test_a_place_without_picture_is_not_asked_for_again_the_same_day(server):
    server.trouble = "absent"
    for hour in range(3):
        with pytest.raises(tiles.NoPicture):
            tiles.picture(HERE, now=NOW + hour * 3600)

    assert len(server.asked) == 1


@pytest.mark.parametrize("trouble", ["refused", "busy", "moved", "html", "heavy"])
def test_what_is_no_picture_is_neither_kept_nor_followed(server, trouble):
    server.trouble = trouble
    with pytest.raises(tiles.OutOfReach):
        tiles.picture(HERE, now=NOW)

    server.trouble = ""
    assert tiles.picture(HERE, now=NOW).startswith(png()[:8])


def test_a_server_that_is_down_is_asked_twice_then_left_alone(server):
    server.trouble = "refused"
    for x in range(20):
        with pytest.raises(tiles.OutOfReach):
            tiles.picture(Tile(15, 16300 + x, 11761), now=NOW)

    assert len(server.asked) == 2


def test_a_slow_server_costs_two_seconds_and_no_more(server):
    server.trouble = "slow"
    begun = time.monotonic()

    with pytest.raises(Unreachable):
        fetch(server.tiles.format(z=15, x=16315, y=11761), most_bytes=1000, patience_s=0.3)

    assert time.monotonic() - begun < 2


def test_the_breaker_lets_one_request_try_again_after_its_pause():
    clock = [0.0]
    breaker = Breaker(failures=2, pause_s=30, clock=lambda: clock[0])
    assert breaker.allows()
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()

    clock[0] = 31
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.succeeded()
    assert breaker.allows()


def test_the_oldest_pictures_go_when_there_are_too_many(server):
    for x in range(10):
        tiles.picture(Tile(15, 16310 + x, 11761), now=NOW + x)
    weight = next(tiles.folder().glob("*/*/*.png")).stat().st_size

    tiles.trim(int(weight * 5.5))

    kept = sorted(int(path.parent.name) for path in tiles.folder().glob("*/*/*.png"))
    assert kept[-1] == 16319
    assert 16310 not in kept
    assert len(kept) <= 5


def test_only_the_commune_and_its_surroundings_are_served():
    box = territory("33314").box

    assert HERE.touches(box)
    assert Tile(9, 254, 183).touches(box, farthest=5)
    assert not Tile(15, 16000, 11761).touches(box)
    assert not Tile(9, 254, 183).touches(box)
    assert not Tile(20, 16315 * 32, 11761 * 32).touches(box)
    assert not Tile(10**30, 1, 1).touches(box)


@pytest.mark.django_db
class TestPage:
    """``/tuiles/``."""

    def get(self, z, x, y, host="pauillac.localhost"):
        return Client().get(f"/tuiles/{z}/{x}/{y}.png", headers={"host": host})

    def test_a_picture_is_kept_long_by_browsers(self, server):
        answer = self.get(15, 16315, 11761)

        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert answer["Cache-Control"] == "public, max-age=604800"

    def test_another_town_is_not_served_and_not_asked_for(self, server):
        assert self.get(15, 16315, 11761, host="lacanau.localhost").status_code == 404
        assert self.get(15, 9, 9).status_code == 404
        assert self.get(10**40, 10**40, 1).status_code == 404
        assert server.asked == []

    def test_a_server_that_is_down_is_said_and_not_kept(self, server):
        server.trouble = "refused"

        answer = self.get(15, 16315, 11761)

        assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")

    def test_nothing_is_written_to_the_database(self, server, django_assert_num_queries):
        client = Client()
        client.get("/tuiles/15/16315/11761.png", headers={"host": "pauillac.localhost"})
        with django_assert_num_queries(0):
            client.get("/tuiles/15/16316/11761.png", headers={"host": "pauillac.localhost"})

    def test_without_a_server_there_is_no_picture(self, settings, tmp_path):
        settings.HOME, settings.TILES_URL = tmp_path, ""

        assert self.get(15, 16315, 11761).status_code == 404
