"""A commune with one counter open on Tuesdays, and files to bring in."""

import pytest

from exchange import import_actions
from exchange.mapping import guess
from exchange.sniff import read_table
from identity.members import Member
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


@pytest.fixture
def by():
    return Member(user_id=1, name="Ana Lacoste", role="admin")


@pytest.fixture
def service():
    service = ServiceFactory(name="Carte d’identité", slug="carte-identite")
    OpeningFactory(resources=[ResourceFactory(name="Guichet 1", services=[service])])
    return service


@pytest.fixture
def check(by, now):
    """Receive a text and check it with the columns as guessed; give the batch."""

    def checked(kind, text, **settings):
        table = read_table(text.encode())
        batch = import_actions.receive_file(
            kind=kind, table=table, file_name="export.csv", by=by, now=now
        )
        return import_actions.choose_columns(
            batch=batch,
            columns=guess(kind, table.header),
            date_order=batch.date_order,
            settings=settings,
            now=now,
        )

    return checked


@pytest.fixture
def bring_in(check, now):
    """Check a text, then import what can be; give the batch."""

    def done(kind, text, **settings):
        batch = check(kind, text, **settings)
        if batch.rows.filter(state="ready").exists():
            import_actions.start(batch=batch, now=now)
            import_actions.resume(batch=batch.pk, now=now)
        batch.refresh_from_db()
        return batch

    return done
