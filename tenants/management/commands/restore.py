"""Put ONE commune back to an instant; the others go on."""

import getpass
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from parvis.home import Trouble
from parvis.recovery import refuse_unfit
from tenants import restoring
from tenants.instants import NoSuchHour, Unreadable, instant
from tenants.keeping import in_words, open_store
from tenants.management.commands.migrate import own_address
from tenants.models import Commune


STEPS = {
    "maintenance": "mise en maintenance vue partout",
    "archive": "dernier WAL archivé",
    "copy": "copie de la base relancée jusqu’à l’instant",
    "read": "empreinte de chaque table",
    "dump": "lecture du schéma",
    "swap": "échange du schéma, en une transaction",
    "check": "comparaison avec l’instant",
    "migrations": "migrations",
    "erasures": "effacements rejoués",
    "outbox": "messages déjà partis",
    "differences": "liste de ce qui a suivi",
    "rebuilt": "créneaux publiés recalculés",
    "files": "fichiers",
    "audit": "journal",
    "checks": "structure et droits",
    "counts": "chiffres",
}


class Command(BaseCommand):
    """Nothing is touched before everything needed was found."""

    help = _(
        "Remettre UNE commune dans l’état d’un instant passé, sans toucher aux autres. Ses pages "
        "répondent 503 pendant ce temps (quelques secondes). Ce qu’elle avait est gardé sept "
        "jours sous un autre nom ; voir docs/operations.md."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a commune and an instant."""
        parser.add_argument(
            "--commune",
            required=True,
            help=_("nom d’hôte (pauillac), code INSEE ou schéma"),
        )
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--at",
            metavar="INSTANT",
            help=_(
                "« 2026-11-28 10:15:00 », à l’heure de la commune (Europe/Paris en métropole) ; "
                "ou avec son fuseau : 2026-11-28T10:15:00+01:00"
            ),
        )
        what.add_argument(
            "--abandon",
            action="store_true",
            help=_("défaire une restauration interrompue et rouvrir la commune"),
        )
        parser.add_argument(
            "--look",
            action="store_true",
            help=_("compter seulement les lignes d’alors et de maintenant ; rien n’est changé"),
        )
        parser.add_argument("--reason", default="", help=_("raison, écrite au journal"))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, look, or undo what was interrupted."""
        commune = _find(options["commune"])
        try:
            store = open_store()
            with store.alone():
                if options["abandon"]:
                    self._abandon(store, commune)
                    return
                source = restoring.Source(
                    store=store,
                    dsn=own_address(),
                    backup_dsn=settings.BACKUP_DATABASE_URL or own_address(),
                    restore_command=settings.RESTORE_COMMAND or store.restore_command,
                )
                wish = restoring.Wish(
                    commune, _instant(options["at"], commune), options["reason"], getpass.getuser()
                )
                self._go(source, wish, is_look=options["look"])
        except Trouble as trouble:
            raise CommandError(in_words(trouble)) from trouble

    def _go(self, source: restoring.Source, wish: restoring.Wish, *, is_look: bool) -> None:
        now = timezone.now()
        base = restoring.base_for(source=source, at=wish.at, now=now)
        refuse_unfit(source.store, base)
        shown = date_format(timezone.localtime(wish.at), "d/m/Y H:i:s")
        if is_look:
            then, today = restoring.look(source=source, wish=wish, base=base)
            self.stdout.write(_("%(name)s, le %(at)s :") % {"name": wish.commune, "at": shown})
            for table in sorted({*then, *today}):
                was, is_ = (each.get(table, (0, "")) for each in (then, today))
                if was != is_:
                    self.stdout.write(f"  {table:<40} {was[0]:>8} → {is_[0]:>8}")
            self.stdout.write(
                _("Tables identiques : %(n)s.")
                % {"n": sum(then[table] == today.get(table) for table in then)}
            )
            return
        done = restoring.restore(
            source=source, wish=wish, base=base, now=now, say=self.stdout.write
        )
        self.stdout.write(
            _("%(name)s est comme le %(at)s. En tout %(seconds).1f s :")
            % {"name": wish.commune, "at": shown, "seconds": done.took}
        )
        for step, seconds in done.seconds.items():
            self.stdout.write(f"  {seconds:>7.2f} s  {STEPS[step]}")
        self.stdout.write(
            _(
                "Effacements rejoués : %(erased)s. Messages partis ou retirés : %(settled)s. "
                "Promesses faites depuis, à reprendre : %(promises)s ; messages qui en parlent : "
                "%(messages)s. Listes : %(folder)s"
            )
            % {
                "erased": done.erased_again,
                "settled": done.messages_settled,
                "promises": done.promises,
                "messages": done.messages_since,
                "folder": done.folder,
            }
        )
        self.stdout.write(
            _("Ce qu’elle avait est gardé sept jours dans le schéma %(before)s.")
            % {"before": done.before}
        )

    def _abandon(self, store: Any, commune: Commune) -> None:
        if restoring.abandon(store=store, commune=commune):
            self.stdout.write(_("La commune est comme avant, et ouverte de nouveau."))
        else:
            self.stdout.write(_("Aucune restauration interrompue pour cette commune."))


def _find(name: str) -> Commune:
    found = (
        Commune.objects.with_schema()
        .filter(Q(slug=name.lower()) | Q(insee_code=name.upper()) | Q(schema_name=name.lower()))
        .first()
    )
    if found is None:
        raise CommandError(
            _("Aucune commune en service ne s’appelle « %(name)s ». Rien n’a été changé.")
            % {"name": name}
        )
    return found


def _instant(text: str, commune: Commune) -> datetime:
    try:
        return instant(text, commune.time_zone)
    except NoSuchHour as fault:
        raise CommandError(
            _("Cette heure n’existe pas : on a avancé les montres cette nuit-là.")
        ) from fault
    except Unreadable as fault:
        raise CommandError(
            _("« %(text)s » n’est pas un instant : écrivez « 2026-11-28 10:15:00 ».")
            % {"text": text}
        ) from fault
