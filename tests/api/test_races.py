"""One request that arrives several times at once."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from api import actions
from api.models import Sending
from api.refusals import StillRunning
from tests.conftest import NOW


HANDS, TURNS = 4, 12


def test_a_request_refused_while_it_is_repeated_is_told_so(real_commune):
    """Whoever comes between the end of one and the next finds nothing to wait for."""

    def send(_hand):
        connection.set_tenant(real_commune)
        try:
            for _turn in range(TURNS):
                try:
                    sending = actions.begin(client_id=1, key="k", fingerprint="f", now=NOW)
                except StillRunning:
                    continue
                actions.give_up(sending=sending)
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(send, range(HANDS)))

    assert not Sending.objects.exists()
