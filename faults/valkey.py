"""S4: Valkey dies and comes back empty while people book and mails leave."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.utils import timezone

from faults import bookings, world
from faults.citizens import Browser, NoAnswer, until_check
from faults.deliveries import judge, waits
from faults.ground import Ground
from faults.outcome import Outcome, Stopwatch, patience
from faults.world import World
from identity.models import Attempt
from tenants.models import Membership, User


def valkey_killed(ground: Ground, *, size: bookings.Size, seed: int, mutant: str = "") -> Outcome:
    """S4: kill Valkey with requests and tasks under way; it comes back with nothing in it."""
    outcome = Outcome("S4", "Valkey killed, back with nothing in it", size.required, within_s=30)
    chance = random.Random(seed)
    with world.open_world("9b904") as place, _everything(ground, mutant), _staff(place) as browser:
        browser.port = ground.web_port
        bookings.wait_for_page(ground, place)
        Attempt.objects.all().delete()
        page = _patiently(browser, "/agent/")[1]
        status, location, _page = _patiently(browser, page)
        assert status == HTTPStatus.OK, f"{status} {location}"
        with bookings.citizens(ground, place, seed=seed, mutant=mutant) as reader:
            for number in range(size.faults):
                outcome.landed += _kill_under_way(ground, reader, chance.randint(*size.between))
                outcome.broken += _without_valkey(ground, place, browser, page, chance)
                if number < size.faults - 1:
                    ground.start_valkey()
            # The last one has nobody behind her whose message would take hers along.
            bookings.wait_for_progress(reader, 1)
        ground.start_valkey()
        watch, ended = Stopwatch(), 0
        while waits() and watch.seconds() < 60:
            ended += ground.start_again()
            time.sleep(0.05)
        outcome.recovery_s = watch.seconds()
        if ended:
            outcome.facts.append(f"{ended} parts ended and were started again")
        if not Attempt.objects.exists():
            outcome.broken.append("I4 the limits counted nothing while Valkey was away")
        bookings.judge(outcome, ground)
        judge(outcome, ground, crashes=0)
    return outcome


def _patiently(browser: Browser, page: str) -> tuple[int, str, str]:
    """Ask until there is an answer: the first one of a server takes long on a busy machine."""
    with patience(60, f"no answer to {page}") as limit:
        while True:
            with suppress(NoAnswer):
                return browser.ask("GET", page)
            limit.wait()


def _kill_under_way(ground: Ground, reader: bookings.history.Reader, more: int) -> bool:
    """Kill Valkey when a request is under way and a mail waits; say whether both were."""
    bookings.wait_for_progress(reader, more)
    with suppress(TimeoutError), patience(5, "") as limit:
        while not (bookings.asking(reader) and waits()):
            limit.wait(0.001)
    is_under_way = bool(bookings.asking(reader)) and waits()
    ground.kill_valkey()
    return is_under_way


def _without_valkey(
    ground: Ground, place: World, browser: Browser, page: str, chance: random.Random
) -> list[str]:
    """Ask for what must go on: slots, bookings, the session of somebody who is logged in."""
    bookings.wait_for_page(ground, place)
    broken = []
    try:
        if not any(_holds(ground, place, chance) for _each in range(8)):
            broken.append("I11 no slot can be held without Valkey")
        status, location, _page = browser.ask("GET", page)
    except NoAnswer as fault:
        return [f"I11 no answer without Valkey: {fault}"]
    if status != HTTPStatus.OK:
        broken.append(f"I4 a session did not survive Valkey: {status} {location}")
    return broken


def _holds(ground: Ground, place: World, chance: random.Random) -> bool:
    """Let somebody new try to hold a slot; others may be quicker, and few tries are allowed."""
    address = f"198.19.{chance.randint(0, 255)}.{chance.randint(1, 250)}"
    somebody = Browser(ground.web_port, place.host, address)
    return bool(until_check(somebody, place.slots, email="x@example.org", chance=chance))


@contextmanager
def _everything(ground: Ground, mutant: str) -> Iterator[None]:
    with bookings.served(ground, mutant):
        ground.start_mail()
        ground.start_worker()
        ground.start_scheduler(FAULTS_MUTANT=mutant)
        try:
            yield
        finally:
            ground.end("scheduler")
            ground.end("worker")


@contextmanager
def _staff(place: World) -> Iterator[Browser]:
    """Log somebody of the town hall in, as the hand-over does."""
    user = User.objects.create_user(
        "faults@example.org", "a long enough secret", display_name="Anne"
    )
    Membership.objects.create(user=user, role="admin", commune=place.commune)
    session = SessionStore()
    now = timezone.now().timestamp()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            "site": place.commune.schema_name,
            "opened": now,
            "seen": now,
            "second_factor": True,
        }
    )
    session.save()
    cookies = {settings.SESSION_COOKIE_NAME: str(session.session_key)}
    try:
        yield Browser(0, place.host, "198.18.0.4", cookies)
    finally:
        session.delete()
        user.delete()
