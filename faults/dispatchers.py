"""Processes that run the product's delivery loop, to be killed in the middle of a mail.

Each gives its number to the mail server, which can therefore end exactly the one that waits for
its answer. Leases and pauses last seconds here instead of minutes: nobody waits that long.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.mail.utils import DNS_NAME
from django.db import connection
from django.utils import timezone

from faults.mutants import put_in
from faults.world import forget_connections, serve_as_deployed
from parvis import delivery
from tenants.models import Commune


LEASE = timedelta(seconds=8)  # on a busy machine one mail takes seconds
BACKOFF = timedelta(seconds=0.5)
PAUSE_S = 0.1
FORKS = multiprocessing.get_context("fork")
Process = multiprocessing.context.ForkProcess


def start(
    commune: Commune, *, mutant: str = "", work: Callable[[], object] | None = None
) -> Process:
    """Fork a process that delivers until it is ended, or that does ``work`` once."""
    forget_connections()
    process = FORKS.Process(target=_run, args=(commune, mutant, work), daemon=True)
    process.start()
    connection.set_tenant(commune)
    return process


def end(process: Process) -> None:
    """Ask a dispatcher to finish the mail it sends, and wait for it."""
    if process.pid and process.is_alive():
        os.kill(process.pid, signal.SIGTERM)
    process.join(30)


def was_killed(process: Process) -> bool:
    """Say whether a dispatcher died of SIGKILL."""
    return process.exitcode == -signal.SIGKILL


def deliver() -> int:
    """Do what the task of the queue does."""
    return delivery.deliver_due(now=timezone.now())


def _run(commune: Commune, mutant: str, work: Callable[[], object] | None) -> None:
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve_as_deployed()
    connection.set_tenant(commune)
    DNS_NAME._fqdn = f"d{os.getpid()}.fault.test"
    settings.EMAIL_TIMEOUT = 2
    if work is None:  # only who may be killed is waited for
        delivery.LEASE = LEASE
    delivery.BACKOFF[:] = [BACKOFF] * len(delivery.BACKOFF)
    put_in(mutant)
    if work is not None:
        work()
    while work is None and not stopping:
        deliver()
        time.sleep(PAUSE_S)
    forget_connections()
    os._exit(0)
