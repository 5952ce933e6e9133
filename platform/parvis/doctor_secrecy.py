"""What the doctor says of the database's log, of connections and of the age of packages."""

import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.utils.translation import gettext as _
from psycopg.conninfo import conninfo_to_dict

from parvis.doctor import WAIT_S, Finding, Level


# What PostgreSQL would write of a refusal or of a statement holds what somebody typed.
QUIET = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
HARMLESS = {"log_min_error_statement": {"fatal", "panic"}, "log_statement": {"none", "ddl"}}
VERIFIED = {"verify-ca", "verify-full"}
REVIEWED = re.compile(r'^packages-reviewed = "(\d{4}-\d\d-\d\d)"$', re.MULTILINE)
OLDEST_REVIEW = timedelta(days=90)  # docs/operations.md, "Packages"


def check_server_log(dsn: str) -> Finding:
    """Ask PostgreSQL what it writes in its own log."""
    with psycopg.connect(dsn, connect_timeout=WAIT_S, prepare_threshold=None) as connection:
        known = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(QUIET)]
        ).fetchall()
    return judge_server_log(dict(known))


def judge_server_log(told: Mapping[str, str]) -> Finding:
    """Warn when the server's log would hold names and addresses of citizens."""
    name = _("Journal de la base")
    loud = [
        f"{each} = {quiet}"
        for each, quiet in QUIET.items()
        if told.get(each, quiet) not in HARMLESS.get(each, set()) | {quiet}
    ]
    if loud:
        return Finding(
            name,
            Level.WARNING,
            _("Le journal de PostgreSQL garde ce que les personnes ont saisi."),
            _("Réglez dans postgresql.conf : %(settings)s.") % {"settings": ", ".join(loud)},
        )
    return Finding(name, Level.OK, _("PostgreSQL n’y écrit aucune donnée."))


def check_encryption(*, database: str, queue: str, smtp_host: str, smtp_tls: bool) -> Finding:
    """Check that what goes to another machine is encrypted, and that the machine proves itself."""
    name = _("Connexions chiffrées")
    clear = [
        variable
        for variable, is_safe in (
            ("PARVIS_APP_DATABASE_URL (sslmode=verify-full)", _database_is_safe(database)),
            ("REDIS_URL (rediss://)", _queue_is_safe(queue)),
            ("PARVIS_SMTP_TLS=1", smtp_tls or is_this_machine(smtp_host)),
        )
        if not is_safe
    ]
    if clear:
        return Finding(
            name,
            Level.ERROR,
            _("Des données passent en clair vers une autre machine."),
            _("Chiffrez la connexion : %(variables)s.") % {"variables": ", ".join(clear)},
        )
    return Finding(name, Level.OK, _("Rien ne passe en clair vers une autre machine."))


def check_packages(project: Path, *, now: datetime) -> Finding:
    """Warn when nobody looked for newer or vulnerable packages for a quarter."""
    name = _("Paquets")
    found = REVIEWED.search(project.read_text(encoding="utf-8")) if project.exists() else None
    day = datetime.fromisoformat(found.group(1)).replace(tzinfo=UTC) if found else None
    if day is None or now - day > OLDEST_REVIEW:
        return Finding(
            name,
            Level.WARNING,
            _("Les paquets installés n’ont pas été revus depuis plus de trois mois."),
            _("Installez la version actuelle de Parvis, ou suivez « Packages » des opérations."),
        )
    return Finding(name, Level.OK, _("Revus le %(day)s.") % {"day": f"{day:%d/%m/%Y}"})


def is_this_machine(host: str) -> bool:
    """Tell whether a host, or the folder of a socket, is on this machine."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _database_is_safe(dsn: str) -> bool:
    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    hosts = (parts.get("hostaddr") or parts.get("host") or "").split(",")
    return all(is_this_machine(host) for host in hosts) or parts.get("sslmode") in VERIFIED


def _queue_is_safe(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "rediss":
        return "ssl_cert_reqs=none" not in parts.query.lower()
    return parts.scheme == "unix" or is_this_machine(parts.hostname or "")


def check_coordination(*, url: str, token: str, demo: bool) -> Finding:
    """Check that numbers and the State's token leave encrypted, and with a token."""
    name = _("API de coordination de l’État")
    if not url:
        return Finding(name, Level.OK, _("Aucune : les rendez-vous ne sont pas déclarés."))
    parts = urlsplit(url)
    is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if demo and not is_here:
        return Finding(
            name,
            Level.ERROR,
            _("Une démonstration ne déclare rien à l’État."),
            _("Retirez PARVIS_COORDINATION_URL."),
        )
    if parts.scheme != "https" and not is_here:
        return Finding(
            name,
            Level.ERROR,
            _("Les numéros et le jeton partiraient en clair."),
            _("Donnez une adresse https à PARVIS_COORDINATION_URL."),
        )
    if not token:
        return Finding(
            name,
            Level.ERROR,
            _("PARVIS_COORDINATION_TOKEN est vide : rien n’est déclaré."),
            _("Demandez un jeton à France Titres."),
        )
    return Finding(name, Level.OK, _("Adresse et jeton présents."))
