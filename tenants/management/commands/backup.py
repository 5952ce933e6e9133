"""Keep a copy of everything, from which any later instant can be reached."""

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from parvis import backups
from parvis.home import Trouble
from tenants.keeping import backup_address, in_words, open_store
from tenants.provisioning import wanted_fingerprint
from tenants.restoring import forget_old


OLD = timedelta(hours=26)


class Command(BaseCommand):
    """One base backup, its proof, the files of communes; then what is too old goes."""

    help = _(
        "Sauvegarder le serveur PostgreSQL et les fichiers des communes, vérifier la copie, "
        "puis effacer ce qui a plus de 35 jours. À lancer chaque nuit ; voir docs/operations.md."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take nothing by default."""
        only = parser.add_mutually_exclusive_group()
        only.add_argument(
            "--list", action="store_true", help=_("montrer les sauvegardes, sans rien faire")
        )
        only.add_argument(
            "--expire", action="store_true", help=_("effacer ce qui est trop vieux, sans copier")
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Back up, or only list or expire."""
        try:
            store = open_store()
            if options["list"]:
                self._list(store)
                return
            with store.alone():
                if not options["expire"]:
                    self._take(store)
                self._expire(store)
        except Trouble as trouble:
            raise CommandError(in_words(trouble)) from trouble

    def _take(self, store: backups.Store) -> None:
        backup = backups.take(
            store=store,
            dsn=backup_address(),
            media=Path(settings.MEDIA_ROOT),
            release=wanted_fingerprint()[:12],
        )
        self.stdout.write(
            _(
                "Sauvegarde du %(at)s, vérifiée : base %(data)s Mo, fichiers des communes "
                "%(files)s (%(media)s Mo), en %(seconds)s s. Elle expire le %(expires)s."
            )
            % {**_facts(backup), "seconds": backup.seconds}
        )

    def _list(self, store: backups.Store) -> None:
        every = backups.kept(store)
        for backup in every:
            self.stdout.write(
                _("%(at)s · base %(data)s Mo · fichiers %(media)s Mo · expire le %(expires)s")
                % _facts(backup)
            )
        if not every:
            self.stdout.write(_("Aucune sauvegarde. Lancez « parvis backup »."))
        elif timezone.now() - every[-1].at > OLD:
            self.stdout.write(_("La dernière a plus d’un jour : « parvis backup » ne tourne pas."))

    def _expire(self, store: backups.Store) -> None:
        now = timezone.now()
        if gone := backups.expire(store=store, now=now):
            self.stdout.write(_("Sauvegardes expirées, effacées : %(n)s.") % {"n": len(gone)})
        if left := forget_old(store=store, now=now):
            self.stdout.write(
                _("Schémas mis de côté par une restauration, effacés : %(n)s.") % {"n": left}
            )


def _facts(backup: backups.Backup) -> dict[str, object]:
    return {
        "at": date_format(timezone.localtime(backup.at), "d/m/Y H:i:s"),
        "expires": date_format(timezone.localtime(backup.expires), "d/m/Y"),
        "data": round(backup.data_bytes / 1_000_000),
        "media": round(backup.media_bytes / 1_000_000, 1),
        "files": backup.media_files,
    }
