"""What comes into a commune from elsewhere, and leaves it."""

from exchange.archive_models import ArchiveEvent, ArchiveFile
from exchange.import_models import (
    CalendarFeed,
    ColumnMemory,
    ImportBatch,
    ImportedRef,
    ImportKind,
    ImportRow,
)


__all__ = [
    "ArchiveEvent",
    "ArchiveFile",
    "CalendarFeed",
    "ColumnMemory",
    "ImportBatch",
    "ImportKind",
    "ImportRow",
    "ImportedRef",
]
