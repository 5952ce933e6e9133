"""What may be wrong with a running configuration, and how to put it right.

Each check takes what it looks at, looks for real, and returns one ``Finding``; none raises. The
``doctor`` command gathers them.
"""

import http.client
import shutil
import smtplib
import socket
import sys
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import psycopg
import redis
from cryptography.fernet import Fernet
from django.utils.translation import gettext as _

from parvis import pooler
from parvis.database import APP_ROLE, EXTENSIONS, OLDEST_SERVER, reason_of, without_password


OLDEST_PYTHON = (3, 11)
SHORTEST_SECRET = 40
FEWEST_DIFFERENT = 10
LOW_BYTES = 200 * 1024 * 1024
SCARCE_BYTES = 2 * 1024 * 1024 * 1024
WAIT_S = 5
LOCAL = "localhost"
CLOCK_TOLERANCE = timedelta(seconds=30)
SILENCE = timedelta(minutes=5)


class Level(StrEnum):
    """How much a finding matters: only an error makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and what to do about it."""

    name: str
    level: Level
    sentence: str
    remedy: str = ""


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    """Compare the interpreter with the oldest one supported."""
    name = _("Python")
    running = ".".join(str(number) for number in version)
    if version[:2] < OLDEST_PYTHON:
        return Finding(
            name,
            Level.ERROR,
            _("Python %(version)s est trop ancien.") % {"version": running},
            _("Installez Python 3.11 ou plus récent, puis relancez l’installation."),
        )
    return Finding(name, Level.OK, _("Version %(version)s.") % {"version": running})


def check_secret_key(key: str) -> Finding:
    """Judge whether signatures can be forged by guessing."""
    name = _("Clé secrète")
    remedy = _(
        "Donnez à PARVIS_SECRET_KEY au moins 40 caractères tirés au hasard, par exemple avec "
        "« openssl rand -base64 48 »."
    )
    if not key:
        return Finding(name, Level.ERROR, _("PARVIS_SECRET_KEY est vide."), remedy)
    if len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_DIFFERENT:
        return Finding(
            name, Level.ERROR, _("PARVIS_SECRET_KEY est trop facile à deviner."), remedy
        )
    return Finding(name, Level.OK, _("Présente et assez longue."))


def check_second_factor_keys(keys: Sequence[str]) -> Finding:
    """Check that second factors can be encrypted."""
    name = _("Clés des seconds facteurs")
    remedy = _(
        "Mettez dans PARVIS_FERNET_KEYS une clé Fernet (32 octets en base64), la plus récente en "
        "premier, et ne retirez jamais une clé encore utilisée."
    )
    if not keys:
        return Finding(name, Level.ERROR, _("PARVIS_FERNET_KEYS est vide."), remedy)
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        return Finding(
            name, Level.ERROR, _("PARVIS_FERNET_KEYS contient une clé invalide."), remedy
        )
    return Finding(name, Level.OK, _("Présentes et valides."))


def check_exposure(*, base_domain: str, scheme: str, debug: bool, demo: bool) -> Finding:
    """Check that what suits a demo on one machine is not shown to the world."""
    name = _("Mode de fonctionnement")
    if base_domain == LOCAL or base_domain.endswith(f".{LOCAL}"):
        return Finding(name, Level.OK, _("Réservé à cette machine."))
    if debug:
        return Finding(
            name,
            Level.ERROR,
            _("Le mode de mise au point montre les réglages et les données aux visiteurs."),
            _("Retirez PARVIS_DEBUG."),
        )
    if scheme != "https":
        return Finding(
            name,
            Level.ERROR,
            _("Sans HTTPS, les navigateurs refusent les cookies : personne ne se connecte."),
            _("Placez un certificat devant Parvis et mettez PARVIS_SCHEME=https."),
        )
    if demo:
        return Finding(
            name,
            Level.WARNING,
            _("Le mode démonstration montre les courriels et assouplit la connexion."),
            _("Retirez PARVIS_DEMO dès que de vraies personnes utilisent le site."),
        )
    return Finding(name, Level.OK, _("En ligne, en HTTPS."))


def check_database(dsn: str) -> Finding:
    """Check that PostgreSQL answers and is recent enough."""
    name = _("Base de données")
    try:
        with _connect(dsn) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        return Finding(
            name,
            Level.ERROR,
            _("PostgreSQL ne répond pas à %(place)s : %(reason)s.")
            % {"place": without_password(dsn), "reason": reason_of(error)},
            _("Vérifiez PARVIS_APP_DATABASE_URL, le mot de passe, et que le serveur est démarré."),
        )
    return judge_server_version(version)


def judge_server_version(version: int) -> Finding:
    """Compare a PostgreSQL version, as a number such as 160004, with the oldest supported."""
    name = _("Base de données")
    shown = {"version": version // 10000}
    if version < OLDEST_SERVER:
        return Finding(
            name,
            Level.ERROR,
            _("PostgreSQL %(version)s est trop ancien.") % shown,
            _("Passez à PostgreSQL 16 ou plus récent."),
        )
    return Finding(name, Level.OK, _("PostgreSQL %(version)s répond.") % shown)


def check_serving_role(dsn: str) -> Finding:
    """Check that the role of the web and the worker can do nothing by itself."""
    name = _("Rôle de l’application")
    query = (
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication,"
        " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid),"
        " rolinherit OR EXISTS"
        "   (SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.inherit_option)"
        " FROM pg_roles r WHERE rolname = session_user"
    )
    with _connect(dsn) as connection:
        row = connection.execute(query).fetchone()
        role = {"role": connection.info.user}
    powerful, owner, inherits = row or (True, True, True)
    remedy = _(
        "Connectez l’application avec le rôle %(role)s que « parvis setup_database » prépare : "
        "NOINHERIT, sans privilège, propriétaire de rien."
    ) % {"role": APP_ROLE}
    if powerful:
        problem = _("Le rôle %(role)s a des privilèges d’administration.") % role
    elif owner:
        problem = _("Le rôle %(role)s possède des tables.") % role
    elif inherits:
        problem = _("Le rôle %(role)s hérite des droits de toutes les communes.") % role
    else:
        return Finding(name, Level.OK, _("%(role)s ne peut que changer de rôle.") % role)
    return Finding(name, Level.ERROR, problem, remedy)


def check_extensions(dsn: str) -> Finding:
    """Check that the extensions are where every commune looks for them."""
    name = _("Extensions")
    with _connect(dsn) as connection:
        present = {
            extension
            for (extension,) in connection.execute(
                "SELECT extname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
                " WHERE nspname = 'extensions'"
            )
        }
    if missing := sorted(set(EXTENSIONS) - present):
        return Finding(
            name,
            Level.ERROR,
            _("Il manque dans le schéma « extensions » : %(names)s.")
            % {"names": ", ".join(missing)},
            _("Lancez « parvis setup_database » avec le propriétaire de la base."),
        )
    return Finding(name, Level.OK, ", ".join(EXTENSIONS))


def check_pooling(dsn: str, *, accepted: str | None = None) -> Finding:
    """Check that no pooler lends one connection to several communes."""
    name = _("Répartiteur de connexions")
    try:
        pooler.refuse_transaction_pooling(dsn, accepted=accepted)
    except (pooler.PoolerRefused, TimeoutError, psycopg.Error):
        return Finding(
            name,
            Level.ERROR,
            _("Un répartiteur (PgBouncer…) est placé devant PostgreSQL sans garantie."),
            _(
                "Connectez Parvis directement, ou réglez « pool_mode = session » puis déclarez-le "
                "avec PARVIS_POOLER=session. Les autres modes mélangent les communes."
            ),
        )
    return Finding(name, Level.OK, _("Chaque connexion reste à celui qui l’a ouverte."))


def check_clock(dsn: str, *, now: datetime) -> Finding:
    """Check the time zones, and that this machine and the database agree on the time."""
    name = _("Heure")
    try:
        zoneinfo.ZoneInfo("Europe/Paris")
    except zoneinfo.ZoneInfoNotFoundError:
        return Finding(
            name,
            Level.ERROR,
            _("Les fuseaux horaires sont absents de cette machine."),
            _("Installez le paquet tzdata."),
        )
    with _connect(dsn) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    gap = abs(row[0] - now) if row else timedelta()
    if gap > CLOCK_TOLERANCE:
        return Finding(
            name,
            Level.WARNING,
            _("Cette machine et la base de données diffèrent de %(seconds)s secondes.")
            % {"seconds": round(gap.total_seconds())},
            _("Activez la synchronisation de l’horloge (NTP) des deux côtés."),
        )
    return Finding(name, Level.OK, _("Fuseaux horaires présents, horloges d’accord."))


def check_queue(url: str) -> Finding:
    """Check that Valkey or Redis answers."""
    name = _("File d’attente")
    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=WAIT_S, socket_timeout=WAIT_S
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        return Finding(
            name,
            Level.ERROR,
            _("Valkey ou Redis ne répond pas : %(reason)s.") % {"reason": _reason(error)},
            _("Vérifiez REDIS_URL et que le serveur est démarré."),
        )
    return Finding(name, Level.OK, _("Valkey ou Redis répond."))


def check_worker(answers: Sequence[object]) -> Finding:
    """Judge the answers of the workers to a ping."""
    name = _("Tâches de fond")
    if not answers:
        return Finding(
            name,
            Level.ERROR,
            _("Aucun ouvrier ne répond : les courriels ne partent pas."),
            _("Démarrez « celery -A parvis.worker worker »."),
        )
    return Finding(
        name, Level.OK, _("Ouvriers qui répondent : %(count)s.") % {"count": len(answers)}
    )


def check_scheduler(last_beat: datetime | None, *, now: datetime) -> Finding:
    """Judge how long the scheduler has been silent."""
    name = _("Planificateur")
    remedy = _("Démarrez « celery -A parvis.worker beat », une seule fois pour tout le service.")
    if last_beat is None:
        sentence = _("Le planificateur ne s’est pas encore manifesté (il le fait chaque minute).")
        return Finding(name, Level.WARNING, sentence, remedy)
    if now - last_beat > SILENCE:
        sentence = _("Le planificateur est silencieux depuis plus de cinq minutes.")
        return Finding(name, Level.WARNING, sentence, remedy)
    return Finding(name, Level.OK, _("Actif."))


def check_base_domain(domain: str) -> Finding:
    """Check that the name of a commune leads somewhere."""
    name = _("Noms de domaine")
    sample = f"connexion.{domain}"
    try:
        socket.getaddrinfo(sample, None)
    except (OSError, UnicodeError):
        if domain == LOCAL:
            return Finding(
                name,
                Level.WARNING,
                _("%(name)s n’est pas connu de cette machine.") % {"name": sample},
                _(
                    "Les navigateurs récents s’en passent. Sinon, ajoutez les noms utiles à "
                    "/etc/hosts."
                ),
            )
        return Finding(
            name,
            Level.ERROR,
            _("%(name)s ne mène nulle part.") % {"name": sample},
            _("Créez chez votre fournisseur DNS un nom générique *.%(domain)s.")
            % {"domain": domain},
        )
    return Finding(name, Level.OK, _("%(name)s est connu.") % {"name": sample})


def check_port(port: int, *, base_domain: str) -> Finding:
    """Check that the port is free, or that Parvis answers there."""
    name = _("Port %(port)s") % {"port": port}
    with socket.socket() as probe:
        probe.settimeout(WAIT_S)
        if probe.connect_ex(("127.0.0.1", port)):
            return Finding(name, Level.OK, _("Libre."))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    try:
        connection.request("GET", "/", headers={"Host": f"{base_domain}:{port}"})
        ours = b"Parvis" in connection.getresponse().read(200_000)
    except (OSError, http.client.HTTPException):
        ours = False
    finally:
        connection.close()
    if ours:
        return Finding(name, Level.OK, _("Parvis y répond."))
    return Finding(
        name,
        Level.ERROR,
        _("Un autre programme occupe ce port."),
        _("Arrêtez-le, ou choisissez un autre port avec PARVIS_PORT."),
    )


def check_disk(folder: Path) -> Finding:
    """Check that files can still be written."""
    name = _("Espace disque")
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    shown = {"free": round(free / 1_000_000), "place": place}
    if free < SCARCE_BYTES:
        return Finding(
            name,
            Level.ERROR if free < LOW_BYTES else Level.WARNING,
            _("Il reste %(free)s Mo sur %(place)s.") % shown,
            _("Libérez de la place, ou choisissez un autre dossier avec PARVIS_HOME."),
        )
    return Finding(name, Level.OK, _("Il reste %(free)s Mo sur %(place)s.") % shown)


def check_mail(*, host: str, port: int) -> Finding:
    """Check that the mail server greets us."""
    name = _("Courriel")
    place = {"host": host, "port": port}
    try:
        with smtplib.SMTP(host, port, timeout=WAIT_S) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            name,
            Level.ERROR,
            _("Le serveur de courriel %(host)s:%(port)s ne répond pas : %(reason)s.")
            % {**place, "reason": _reason(error)},
            _("Vérifiez PARVIS_SMTP_HOST et PARVIS_SMTP_PORT."),
        )
    return Finding(name, Level.OK, _("%(host)s:%(port)s répond.") % place)


def check_places(*, tiles: str, geocoder: str) -> Finding:
    """Judge the addresses of the servers of maps; not asked: Parvis does without."""
    name = _("Cartes et adresses")
    if not tiles or not geocoder:
        return Finding(
            name,
            Level.OK,
            _("Sans fond de carte ou sans recherche d’adresse, comme configuré."),
        )
    is_sound = all(each.startswith(("https://", "http://127.0.0.1")) for each in (tiles, geocoder))
    if not is_sound or any(part not in tiles for part in ("{z}", "{x}", "{y}")):
        return Finding(
            name,
            Level.ERROR,
            _("L’adresse du serveur de cartes ou d’adresses n’est pas utilisable."),
            _(
                "PARVIS_TILES_URL commence par https:// et contient {z}, {x} et {y} ; "
                "PARVIS_GEOCODER_URL commence par https://."
            ),
        )
    return Finding(name, Level.OK, _("Serveurs configurés."))


def check_migrations(behind: Sequence[str]) -> Finding:
    """Judge the schemas that miss a migration."""
    name = _("Migrations")
    if behind:
        shown = ", ".join(behind[:10]) + ("…" if len(behind) > len(behind[:10]) else "")
        return Finding(
            name,
            Level.ERROR,
            _("Schémas en retard sur le code : %(names)s.") % {"names": shown},
            _("Lancez « parvis migrate » ; il reprend où il s’est arrêté."),
        )
    return Finding(name, Level.OK, _("Toutes les communes sont à jour."))


def _connect(dsn: str) -> psycopg.Connection:
    return psycopg.connect(dsn, connect_timeout=WAIT_S, prepare_threshold=None)


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1].strip().rstrip(".")
