"""Ask a server of ours what the State's platform asks, by that platform's own published code.

Run in the environment of ``requirements-hub.lock``, by ``platform/bin/hub``. The token comes from
the environment, ``PARVIS_HUB_TOKEN``. Writes one JSON object: the places its model accepts, the
starts it shows at each, under our numbers, and where it finds each pre-application number.
"""

import argparse
import asyncio
import importlib
import importlib.util
import json
import logging
import os
import sys
import tempfile
import warnings
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any


HUB = "src.hubrdvmairie"  # the name by which it imports itself
NOBODY = "http://127.0.0.1:9"  # no coordination API unless one is named


def read_arguments() -> argparse.Namespace:
    """Read whom to ask what."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="where our three endpoints are, …/api/ants")
    parser.add_argument("numbers", nargs="*", help="pre-application numbers to look for")
    parser.add_argument("--reason", default="CNI")
    parser.add_argument("--persons", type=int, default=1)
    parser.add_argument("--days", type=int, default=30)
    return parser.parse_args()


def prepare(folder: str) -> None:
    """Give the package its name, its settings and a database of nothing."""
    found = importlib.util.find_spec("hubrdvmairie")
    if found is None or found.origin is None:
        sys.exit("hubrdvmairie is not installed: run this by platform/bin/hub")
    (Path(folder) / "src").mkdir()
    (Path(folder) / "src" / "hubrdvmairie").symlink_to(Path(found.origin).parent)
    sys.path.insert(0, folder)
    lists = json.dumps(["hub"])
    for name in ("AUTH_TOKENS", "FRONT_AUTH_TOKENS", "ADMIN_AUTH_TOKENS"):
        os.environ[name] = lists
    os.environ["DATABASE_URL"] = "sqlite://"
    os.environ.setdefault("OPTIMISATION_API_URL", NOBODY)
    os.environ.setdefault("OPTIMISATION_API_TOKEN", "none")
    sqlalchemy = importlib.import_module("sqlalchemy")
    make = sqlalchemy.create_engine
    sqlalchemy.create_engine = lambda *_given, **_pool: make("sqlite://")


def application() -> Any:
    """Build the platform's own application."""
    fastapi, slowapi = importlib.import_module("fastapi"), importlib.import_module("slowapi")
    remote = importlib.import_module("slowapi.util").get_remote_address
    app = fastapi.FastAPI()
    router = importlib.import_module(f"{HUB}.controllers.controller").router
    app.include_router(router, prefix="/api")
    app.state.limiter = slowapi.Limiter(key_func=remote)
    return app


async def ask(told: argparse.Namespace) -> dict[str, Any]:
    """Do what the platform does every day, then what it does for a citizen."""
    httpx = importlib.import_module("httpx")
    module = importlib.import_module(f"{HUB}.models.editor")
    editor = module.Editor(
        "Parvis",
        told.url.rstrip("/"),
        test_mode=False,
        header_name="x-hub-rdv-auth-token",
        email="",
        tokens_ants_to_editor=[SimpleNamespace(token=os.environ["PARVIS_HUB_TOKEN"])],
        tokens_editor_to_ants=[],
    )
    known = importlib.import_module(f"{HUB}.db.utils")
    known.set_all_editors([editor])
    daily = importlib.import_module(f"{HUB}.services.scheduled_functions")
    await daily.run_daily_scheduled_functions()
    first = date.today()  # noqa: DTZ011 (as the platform does)
    shown, fault = await editor.search_slots_in_editor(
        known.get_all_meeting_points(),
        first,
        first + timedelta(days=told.days),
        told.reason,
        told.persons,
    )
    transport = httpx.ASGITransport(app=application())
    async with httpx.AsyncClient(
        transport=transport, base_url="http://hub", headers={"X-HUB-RDV-AUTH-TOKEN": "hub"}
    ) as client:
        points = await client.get("/api/getManagedMeetingPoints")
        query = {"application_ids": told.numbers}
        found = (
            await client.get("/api/searchApplicationIds", params=query) if told.numbers else None
        )
    return {
        "points": points.json(),
        "internal_ids": [each["_internal_id"] for each in known.get_all_meeting_points()],
        "slots": {each["_internal_id"]: each["available_slots"] for each in shown},
        "numbers": found.json() if found else {},
        "fault": str(fault["error"]) if fault else "",
    }


def main() -> None:
    """Ask, and write down what was answered."""
    told = read_arguments()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        logging.disable(logging.CRITICAL)
        stdout, sys.stdout = sys.stdout, sys.stderr  # the package prints what it reads
        answered = asyncio.run(ask(told))
        sys.stdout = stdout
    json.dump(answered, sys.stdout, default=str)
    sys.stdout.write("\n")
    sys.stdout.flush()
    os._exit(0)  # a list that failed leaves a thread that tries again for hours


if __name__ == "__main__":
    main()
