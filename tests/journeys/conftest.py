"""The product as it runs: its own database with the demo in it, the web server, a real browser.

These journeys need the distribution's Chromium; without it they are reported as skipped, with
the reason. They read the outbox viewer instead of a mailbox.
"""

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from parvis.cache import ForgivingCache
from parvis.servers import free_port
from tests.databases import copy, drop_database, run
from tests.geoportal import Geoportal, feature, geoportal
from tests.journeys.databases import environment_of, load, move
from tests.streams import live_process


ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium-headless-shell", "chromium")  # the first without windows is the lighter
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PASSWORD = "parvis-demo"
PATIENCE_MS = 10_000  # the other process works on the same two cores
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
RUNNING = "PARVIS_JOURNEYS_AT"  # the port of a running demo, to write journeys faster
MAPS = "PARVIS_JOURNEYS_MAPS"  # the port where that demo looks for maps and addresses
COUNT = """
from django.utils import timezone
from django_tenants.utils import schema_context
from adoption import actions
with schema_context("{schema}"):
    actions.count(now=timezone.now())
"""
SERVE = """
from django.utils import timezone
from django_tenants.utils import schema_context
from booking import waiting
with schema_context("{schema}"):
    waiting.serve(now=timezone.now())
"""

OPEN = """
from django.utils import timezone
from django_tenants.utils import schema_context
from onboarding import gate_actions, wizard_actions
from onboarding.models import Launch
launch = Launch.objects.due().get(commune__slug="{slug}")
with schema_context(launch.commune.schema_name):
    wizard_actions.write_readiness(now=timezone.now())
gate_actions.open_due(launch_id=launch.pk, now=timezone.now())
"""

WORK = """
from contextlib import suppress
from parvis.celery import app
app.loader.import_default_modules()
with app.connection_for_read() as broker:
    queue = broker.SimpleQueue(app.amqp.queues[app.conf.task_default_queue])
    with suppress(queue.Empty):
        while True:
            message = queue.get_nowait()
            message.ack()
            name, (arguments, named, _more) = message.headers["task"], message.payload
            if name.startswith({names}):
                place = {{"_schema_name": message.headers["_schema_name"]}}
                app.tasks[name].apply(arguments, named, headers=place, throw=True)
    queue.close()
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the journeys reach the network, and skip them where no browser is."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(
                        reason="no Chromium here: apt install chromium-headless-shell"
                    )
                )


TRAIN = """
from django.utils import timezone
from training import letters
letters.write_all(now=timezone.now())
"""


@dataclass(frozen=True)
class Demo:
    """Where the demo answers, and how to run its commands."""

    port: int
    environment: dict[str, str] | None = None

    def url(self, host: str, path: str = "/") -> str:
        """Give the address of a path on ``<host>.localhost``, or on the portal for ``""``."""
        name = f"{host}.localhost" if host else "localhost"
        return f"http://{name}:{self.port}{path}"

    def count(self, schema: str) -> None:
        """Publish the counts of a commune now, as the scheduler does every five minutes."""
        if self.environment is None:
            pytest.skip("a demo that runs already counts when its scheduler says so")
        run(self.environment, "shell", "--no-imports", "-c", COUNT.format(schema=schema))

    def serve_waiting(self, schema: str) -> None:
        """Offer what is free to those who wait, as the scheduler does every minute."""
        if self.environment is None:
            pytest.skip("a demo that runs already serves its lists when its scheduler says so")
        run(self.environment, "shell", "--no-imports", "-c", SERVE.format(schema=schema))

    def work(self, *names: str) -> None:
        """Do what the queue holds of tasks that begin so; where a worker runs, it does them."""
        if self.environment is not None:
            run(self.environment, "shell", "--no-imports", "-c", WORK.format(names=names))

    def write_about_trainings(self) -> None:
        """Write the letters about sessions; where a worker runs, it has done so."""
        if self.environment is not None:
            run(self.environment, "shell", "--no-imports", "-c", TRAIN)

    @contextmanager
    def attacked(self, schema: str, *forms: str) -> Iterator[None]:
        """Have robots at the forms of a commune, as ``parvis attack`` says it to Valkey."""
        if self.environment is None:
            pytest.skip("a demo that runs already is not attacked from here")
        cache = ForgivingCache(self.environment["REDIS_URL"], {"KEY_PREFIX": "shared"})
        keys = [f"attack:{schema}:{form}" for form in forms]
        for key in keys:
            cache.set(key, "hand", 300)
        yield
        for key in keys:
            cache.delete(key)

    def open_due(self, slug: str) -> None:
        """Open a commune whose time has come, as the scheduler does every minute."""
        if self.environment is None:
            pytest.skip("a demo that runs already opens communes when its scheduler says so")
        run(self.environment, "shell", "--no-imports", "-c", OPEN.format(slug=slug))


@pytest.fixture(scope="session")
def maps() -> Iterator[Geoportal]:
    """The State's servers of maps and addresses; a demo that runs already knows their port."""
    with geoportal(int(os.environ.get(MAPS, "0"))) as known:
        known.addresses |= {
            "quai leon perier": [feature("Quai Léon-Périer 33250 Pauillac", 45.1987, -0.7462)],
            "reverse": [feature("12 Rue Victor-Hugo 33250 Pauillac", 45.1981, -0.7488)],
        }
        yield known


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, maps: Geoportal) -> Iterator[Demo]:
    """Load the demo in a database of its own and serve it."""
    if RUNNING in os.environ:
        yield Demo(int(os.environ[RUNNING]))
        return
    dsn = os.environ["DATABASE_URL"]
    name = f"journeys_{os.getpid()}"
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = environment_of(name, home, maps, port) | {"PARVIS_LIVE_PORT": str(free_port())}
    redis.Redis.from_url(environment["REDIS_URL"]).flushdb()  # what another database was asked
    model = tmp_path_factory.getbasetemp().parent / f"journeys_model_{RUN}"
    with model.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other process waits, then copies
        if not model.exists():
            load(model, maps)
        copy(dsn, model.name, name)
    shutil.copytree(model, home, dirs_exist_ok=True)
    move(environment["DATABASE_URL"], port)
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--workers",
            "1",
            "--blocking-threads",
            "2",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-access-log",
            "--log-level",
            "error",
            "parvis.wsgi:application",
        ],
        env={**environment, "PARVIS_SERVING": "1"},
    )
    try:
        wait(port)
        with live_process(environment, int(environment["PARVIS_LIVE_PORT"])):
            yield Demo(port, environment)
    finally:
        server.terminate()
        server.wait(timeout=20)
        drop_database(dsn, name)
        drop_database(dsn, model.name)
        shutil.rmtree(model, ignore_errors=True)


def wait(port: int) -> None:
    """Wait for the first answer, thirty seconds at most."""
    for _attempt in range(150):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/sante/", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the product does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def new_context(browser: Browser, **options: object) -> BrowserContext:
    """Open a phone of somebody in France for whom nothing moves, which is twice as fast.

    Nothing is kept for a dead zone either, unless a journey asks for it: that takes a second.
    """
    usual = {
        "viewport": PHONE,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "reduced_motion": "reduce",
        "service_workers": "block",
    }
    context = browser.new_context(**(usual | options))
    context.set_default_timeout(PATIENCE_MS)
    return context


def watch(page: Page, seen: list[str]) -> None:
    """Note everything the console says is wrong: policy violations, missing files, exceptions."""
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("console", lambda line: seen.append(line.text) if line.type == "error" else None)


def foreign(page: Page, seen: list[str]) -> None:
    """Note every request that leaves the machine."""
    page.on(
        "request",
        lambda asked: (
            None
            if ".localhost:" in asked.url
            or "//localhost:" in asked.url
            or asked.url.startswith(("data:", "blob:"))
            else seen.append(asked.url)
        ),
    )


@pytest.fixture(scope="session")
def sessions(browser: Browser, demo: Demo) -> Callable[[str, str], StorageState]:
    """What a browser keeps once somebody is logged in; each person logs in once."""
    kept: dict[tuple[str, str], StorageState] = {}

    def logged_in(host: str, email: str) -> StorageState:
        if (host, email) not in kept:
            context = new_context(browser)
            log_in(context.new_page(), demo, host, email)
            state = context.storage_state()
            here = [each["name"] for each in state["cookies"] if host in each["domain"]]
            assert "__Host-sid" in here
            kept[host, email] = state
            context.close()
        return kept[host, email]

    return logged_in


@pytest.fixture
def open_page(
    browser: Browser, demo: Demo, faults: list[str], sessions: Callable[[str, str], StorageState]
) -> Iterator[Callable[..., Page]]:
    """Open one more browser, for somebody of a team when ``who`` is ``(host, email)``.

    Without JavaScript a session that ended is not opened again by itself: it is one of its own.
    """
    contexts: list[BrowserContext] = []

    def opened(who: tuple[str, str] | None = None, **options: object) -> Page:
        has_script = options.get("java_script_enabled", True)
        if who:
            options = {"viewport": DESK, **options}
        if who and has_script:
            options["storage_state"] = sessions(*who)
        contexts.append(new_context(browser, **options))
        page = contexts[-1].new_page()
        if has_script:
            watch(page, faults)
        foreign(page, faults)
        if who and not has_script:
            log_in(page, demo, *who, has_script=False)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What the console and the network complained of; must be empty at the end."""
    seen: list[str] = []
    yield seen
    marker = request.node.get_closest_marker("console")
    allowed = marker.args if marker else ()
    assert [line for line in seen if not any(word in line for word in allowed)] == []


@pytest.fixture
def page(browser: Browser, faults: list[str]) -> Iterator[Page]:
    """A citizen's phone."""
    context = new_context(browser)
    page = context.new_page()
    watch(page, faults)
    foreign(page, faults)
    yield page
    context.close()


@pytest.fixture
def bare_page(browser: Browser, faults: list[str]) -> Iterator[Page]:
    """A citizen's phone without JavaScript."""
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    foreign(page, faults)
    yield page
    context.close()


def log_in(
    page: Page,
    demo: Demo,
    host: str,
    email: str,
    *,
    password: str = PASSWORD,
    has_script: bool = True,
) -> None:
    """Go through the login host and come back to ``host``; without scripts, by one press more."""
    page.goto(demo.url(host, "/connexion/"))
    page.get_by_label("Courriel").or_(page.get_by_label("E-mail")).first.fill(email)
    page.get_by_label("Mot de passe").first.fill(password)
    page.get_by_role("button", name="Se connecter").first.click()
    if not has_script:
        page.get_by_role("button", name="Continuer").first.click()
    # Neither an address that only names the host further on, nor a door on the way to a page.
    page.wait_for_url(re.compile(rf"^http://{host}\.localhost:{demo.port}/(?!connexion/)"))
