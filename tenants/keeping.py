"""Where this installation keeps its backups, and with which address it makes them."""

import os
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from parvis.backups import DiskTooSmall, Store
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


def in_words(trouble: Trouble) -> str:
    """Say to a person at the terminal what is in the way."""
    if isinstance(trouble, DiskTooSmall):
        return _(
            "Le disque de %(place)s n’a plus que %(free)s Mo, il en faut %(needed)s : libérez "
            "de la place, ou changez PARVIS_BACKUPS. Rien n’a été changé."
        ) % {"place": trouble.place, "free": trouble.free_mb, "needed": trouble.needed_mb}
    return str(trouble)


def backup_address() -> str:
    """Give the address of a role that may copy the whole server: by default, the owner's."""
    return str(settings.BACKUP_DATABASE_URL or settings.OWNER_DATABASE_URL)
