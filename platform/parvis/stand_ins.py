"""What a demo runs in place of machines that only a real deployment may speak to."""

import os
import secrets
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parvis.home import Trouble
from parvis.processes import Child, spawn, stop, wait_until
from parvis.servers import LOOPBACK, free_port


COORDINATION = "demo.coordination_api"
IDENTITIES = "demo.provider_server"
TRUSTED = "71144ab3-ee1a-4401-b7b3-79b44f7daeeb"  # a provider of it whose second factor counts
READY_S = 10.0


@contextmanager
def coordination(folder: Path) -> Iterator[tuple[list[Child], dict[str, str]]]:
    """Run the stand-in of the State's coordination API, with its address and token.

    What it was told stays in the folder of the demo. Nothing is started where the environment
    names another one, which a demo calls on this machine only.

    Raises:
        Trouble: it does not listen.
    """
    if os.environ.get("PARVIS_COORDINATION_URL"):
        yield [], {}
        return
    port, token = free_port(), secrets.token_urlsafe(16)
    (folder / "logs").mkdir(exist_ok=True)
    child = spawn(
        [
            *(sys.executable, "-P", "-m", COORDINATION, "--port", str(port)),
            *("--token", token, "--store", folder / "coordination.json"),
        ],
        name="coordination",
        log=folder / "logs" / "coordination.log",
    )
    try:
        if not wait_until(lambda: _listens(port), seconds=READY_S):
            raise Trouble(f"The stand-in of the State does not listen:\n{child.last_words()}")
        yield (
            [child],
            {
                "PARVIS_COORDINATION_URL": f"http://{LOOPBACK}:{port}",
                "PARVIS_COORDINATION_TOKEN": token,
            },
        )
    finally:
        stop(child)


@contextmanager
def identities(
    folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[list[Child], dict[str, str]]]:
    """Run the stand-ins of ProConnect and FranceConnect, with where they are.

    Nothing is started where the environment names another ProConnect.

    Raises:
        Trouble: they do not listen.
    """
    if os.environ.get("PARVIS_PROCONNECT_ISSUER"):
        yield [], {}
        return
    port = free_port()
    known = {"PARVIS_PROCONNECT_MFA_PROVIDERS": TRUSTED}
    for name in ("proconnect", "franceconnect"):
        known |= {
            f"PARVIS_{name.upper()}_ISSUER": f"http://{LOOPBACK}:{port}/{name}",
            f"PARVIS_{name.upper()}_CLIENT_ID": f"demo-{name}",
            f"PARVIS_{name.upper()}_SECRET": f"demo-{name}-secret",
        }
    (folder / "logs").mkdir(exist_ok=True)
    child = spawn(
        [sys.executable, "-P", "-m", IDENTITIES, "--port", str(port)],
        name="identities",
        environment=os.environ | dict(environment),
        log=folder / "logs" / "identities.log",
    )
    try:
        if not wait_until(lambda: _listens(port), seconds=READY_S):
            raise Trouble(f"The identities of the demo do not listen:\n{child.last_words()}")
        yield [child], known
    finally:
        stop(child)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
