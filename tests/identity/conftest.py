"""A browser that logs in, and the pieces of a hand-over."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tenants.hosts import host_of
from tenants.models import Association, Commune, User
from tests.conftest import NOW, owner


PASSWORD = "a long enough secret"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
__all__ = ["BACKEND", "NOW", "PASSWORD", "owner"]


@pytest.fixture
def login_host(host_client: Callable[[str], Client]) -> Client:
    """A browser on the login host."""
    return host_client("connexion.localhost")


@pytest.fixture
def log_in(host_client) -> Callable[[User], Client]:
    """Log in on the login host, by password."""

    def inner(user: User, password: str = PASSWORD) -> Client:
        browser = host_client("connexion.localhost")
        answer = browser.post("/connexion/", {"login": user.email, "password": password})
        assert answer.status_code == 302, answer.content.decode()
        return browser

    return inner


@pytest.fixture
def hand_over(host_client) -> Callable[..., tuple[Client, object]]:
    """Walk from a site to the login host and back; return the site's browser and last answer."""

    def inner(entrance: Client, place: Commune | Association, path: str = "/accessibilite/"):
        host = host_of(place)
        site = host_client(host)
        away = site.get("/connexion/", {"next": path})
        page = entrance.get(away["Location"].partition("localhost:8000")[2])
        if page.status_code != 200:
            return site, page
        answer = site.post("/connexion/retour/", carried(page))
        return site, answer

    return inner


def carried(page) -> dict[str, str]:
    """Read what the page of the login host makes the browser post."""
    text = page.content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', text).group(1)
        for name in ("ticket", "state")
    }


def has_session(client: Client) -> bool:
    """Whether the browser holds a session of somebody."""
    return "_auth_user_id" in client.session
