"""The end of what imports and archives hold of people."""

from datetime import datetime, timedelta

from exchange import archive_actions, import_actions
from exchange.archive_models import ArchiveFile
from exchange.import_models import ImportBatch, ImportRow
from parvis.erasing import Spans, Step


def _count_rows(_kept: Spans, now: datetime) -> int:
    kept = timedelta(days=import_actions.KEPT_DAYS)
    ended = [ImportBatch.State.DONE, ImportBatch.State.UNDONE]
    over = ImportRow.objects.filter(
        batch__state__in=ended, batch__applied_at__lt=now - kept
    ).exclude(cells=[])
    drafts = ImportRow.objects.filter(
        batch__state=ImportBatch.State.DRAFT,
        batch__created_at__lt=now - timedelta(days=import_actions.DRAFT_DAYS),
    )
    return over.count() + drafts.count()


def _erase_rows(_kept: Spans, now: datetime) -> int:
    return import_actions.erase_rows(now=now)


def _count_archives(_kept: Spans, now: datetime) -> int:
    return ArchiveFile.objects.filter(state=ArchiveFile.State.READY, expires_at__lte=now).count()


def _erase_archives(_kept: Spans, now: datetime) -> int:
    return archive_actions.erase_old(now=now)


STEPS = (
    Step("import_rows", _count_rows, _erase_rows),
    Step("archive", _count_archives, _erase_archives),
)
