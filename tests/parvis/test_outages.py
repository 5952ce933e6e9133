"""A machine that is down is announced as a pause, a bug as a bug."""

import errno

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from parvis import error_views
from parvis.files import write_whole
from parvis.outages import is_outage


def from_database(fault):
    wrapped = OperationalError()
    wrapped.__cause__ = fault
    return wrapped


DOWN = [
    psycopg.OperationalError("consuming input failed: server closed the connection"),
    psycopg.errors.DiskFull(),
    psycopg.errors.AdminShutdown(),
    psycopg.errors.CannotConnectNow(),
    psycopg.errors.ReadOnlySqlTransaction(),
    psycopg.errors.TooManyConnections(),
]
BUGS = [
    psycopg.errors.UndefinedTable(),
    psycopg.errors.UniqueViolation(),
    psycopg.errors.LockNotAvailable(),
    psycopg.ProgrammingError("the query has 2 placeholders"),
]


@pytest.mark.parametrize("fault", DOWN, ids=lambda fault: type(fault).__name__)
def test_a_database_that_is_down_or_full_is_no_bug(fault):
    assert is_outage(from_database(fault))


@pytest.mark.parametrize("fault", BUGS, ids=lambda fault: type(fault).__name__)
def test_what_a_database_refuses_is_a_bug(fault):
    assert not is_outage(from_database(fault))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_bug(number):
    assert is_outage(OSError(number, "full"))
    assert not is_outage(OSError(errno.ENOENT, "missing"))
    assert not is_outage(None)


@pytest.mark.parametrize(("fault", "status"), [(DOWN[0], 503), (BUGS[0], 500)])
def test_the_page_says_which(fault, status):
    try:
        raise from_database(fault)
    except OperationalError:
        answer = error_views.server_error(RequestFactory().get("/"))

    assert answer.status_code == status
    assert ("Ce qui vous a été confirmé est gardé" in answer.content.decode()) == (status == 503)
    assert answer.get("Retry-After") == ("60" if status == 503 else None)


@pytest.mark.django_db
def test_a_commune_whose_database_breaks_says_when_to_come_back(client):
    client.raise_request_exception = False
    client.get("/accessibilite/")  # its host is known from here on

    def lost(*_all):
        raise from_database(DOWN[0])

    with connection.execute_wrapper(lost):
        page = client.get("/rendez-vous/")

    assert page.status_code == 503
    assert "Réessayez dans quelques minutes" in page.content.decode()


def test_a_file_is_whole_or_not_there(tmp_path):
    write_whole(tmp_path / "a", b"whole")
    (tmp_path / "b").mkdir()

    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "b", b"half")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() == b"whole"
