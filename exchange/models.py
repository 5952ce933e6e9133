"""What comes into a commune from elsewhere, and leaves it."""

from exchange.import_models import (
    CalendarFeed,
    ColumnMemory,
    ImportBatch,
    ImportedRef,
    ImportKind,
    ImportRow,
)


__all__ = [
    "CalendarFeed",
    "ColumnMemory",
    "ImportBatch",
    "ImportKind",
    "ImportRow",
    "ImportedRef",
]
