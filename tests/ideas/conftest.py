"""Ideas around the two communes."""

from collections.abc import Callable

import pytest
from django.test import Client

from ideas import actions
from ideas.actions import Author, Words
from ideas.models import Idea
from tests.conftest import login_as, owner


@pytest.fixture
def suggest(association, now) -> Callable[..., Idea]:
    """Write an idea of a commune: ``suggest("Un SMS", commune=commune, user_id=3)``."""

    def inner(title: str, *, commune=None, user_id: int | None = None, **more) -> Idea:
        author = Author(user_id, "Ana Lacoste") if user_id else None
        with owner():
            return actions.suggest(
                association=association,
                words=Words(title, body=more.pop("body", "")),
                commune=commune,
                author=author,
                now=now,
                **more,
            )

    return inner


@pytest.fixture
def director(host_client, make_user, association) -> Client:
    """A browser of the association's director."""
    site = f"association:{association.pk}"
    return login_as(host_client("gironde.localhost"), make_user("director"), site=site)
