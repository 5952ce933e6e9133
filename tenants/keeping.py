"""Where this installation keeps its backups, and with which address it makes them."""

import os
from pathlib import Path

from django.conf import settings
from django.db import connection

from parvis.backups import Store
from parvis.home import Trouble
from parvis.servers import find_postgres_tools
from parvis.unprivileged import reachable_data, reachable_programs, unprivileged_identity
from tenants.provisioning import pg_dump


def open_store() -> Store:
    """Open the folder of backups, as the account that PostgreSQL has on this machine.

    Raises:
        Trouble: neither the programs of PostgreSQL nor the folder can be used.
    """
    programs = Path(settings.PG_BIN) if settings.PG_BIN else find_postgres_tools()
    programs = programs or Path(pg_dump()).parent
    if not (programs / "pg_basebackup").exists():
        raise Trouble(f"{programs} holds no pg_basebackup: set PARVIS_PG_BIN.")
    root = Path(settings.BACKUPS)
    root.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid():
        return Store(root, programs)
    identity = unprivileged_identity()
    return Store(reachable_data(root, identity), reachable_programs(programs, identity), identity)


def backup_address() -> str:
    """Give the address of a role that may copy the whole server: by default, the owner's."""
    return str(settings.BACKUP_DATABASE_URL or settings.OWNER_DATABASE_URL)


def owner_of_database() -> tuple[str, str]:
    """Name the role that owns the tables, and its database."""
    found = connection.settings_dict
    return found["USER"] or os.environ.get("USER", ""), found["NAME"]
