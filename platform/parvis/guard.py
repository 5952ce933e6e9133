"""The first wall between communes: rows and queries remember the schema they belong to.

Using one of them while another commune is active raises ``WrongTenant``, an error page instead
of a leak. The second wall is the database role of each commune (``parvis.postgresql``).
"""

import functools
from collections.abc import Callable, Collection, Iterator
from typing import Any, Self, TypeVar

from django.db import connection, models


PUBLIC = "public"
Row = TypeVar("Row", bound=models.Model)


class WrongTenant(RuntimeError):
    """Data of one commune was about to be used while another one is active."""


def current_schema() -> str:
    """Name the schema that the connection looks at."""
    return str(connection.schema_name)  # type: ignore[attr-defined]


def active() -> str | None:
    """Name the schema of the active commune; None in public.

    What is built in public, such as the querysets of form classes at import, is not bound yet:
    it binds at its first use in a commune.
    """
    schema = current_schema()
    return None if schema == PUBLIC else schema


def check(*values: object) -> None:
    """Refuse values, however nested in conditions, that belong to another commune.

    Raises:
        WrongTenant: one of them was loaded or built in another commune.
    """
    for value in values:
        if isinstance(value, dict):
            check(*value.values())
        elif isinstance(value, models.Q):
            check(*value.children)
        elif isinstance(value, list | tuple | set):
            check(*value)
        elif isinstance(value, TenantModel):
            for item in (value, *value._state.fields_cache.values()):  # noqa: SLF001 (loaded relations)
                _check_one(item)
        elif isinstance(value, TenantQuerySet):
            _check_one(value)


def _check_one(item: object) -> None:
    schema = getattr(item, "_schema", None)
    if schema and schema != current_schema():
        raise WrongTenant(f"{type(item).__name__}: {schema} in {current_schema()}")


def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the object and the arguments of a method before it runs."""

    @functools.wraps(original)  # keeps alters_data and queryset_only
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        self._schema = getattr(self, "_schema", None) or active()
        check(self, *args, *kwargs.values())
        return original(self, *args, **kwargs)

    return method


class TenantQuerySet(models.QuerySet[Row]):
    """A queryset bound to the commune in which it was built."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schema = active()

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._schema = self._schema or active()
        return clone

    def _iterator(self, *args: Any) -> Iterator[Row]:
        """Check at each row: a generator may be consumed elsewhere."""
        for row in super()._iterator(*args):  # type: ignore[misc]
            check(self)
            yield row


for _name in (
    "_fetch_all",
    "__getitem__",
    "iterator",
    "count",
    "exists",
    "aggregate",
    "update",
    "_update",
    "delete",
    "_raw_delete",
    "_filter_or_exclude",
    "create",
    "bulk_create",
    "bulk_update",
    "raw",
    "explain",
):
    setattr(TenantQuerySet, _name, guarded(getattr(models.QuerySet, _name)))


class TenantModel(models.Model):
    """A row of a commune's schema."""

    objects = TenantQuerySet.as_manager()
    save_base = guarded(models.Model.save_base)
    delete = guarded(models.Model.delete)
    refresh_from_db = guarded(models.Model.refresh_from_db)

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **how: Any
    ) -> Self:
        """Build the row and note where it comes from."""
        instance = super().from_db(db, field_names, values, **how)
        instance.__dict__["_schema"] = current_schema()
        return instance


class GuardRouter:
    """Sees what querysets cannot: related managers, foreign keys, many-to-many writes."""

    def db_for_read(
        self, _model: type[models.Model], instance: object = None, **_hints: Any
    ) -> None:
        """Check the instance a relation starts from; choose no database."""
        check(instance)

    db_for_write = db_for_read

    def allow_relation(self, obj1: models.Model, obj2: models.Model, **_hints: Any) -> None:
        """Check both ends of a relation; express no opinion otherwise."""
        check(obj1, obj2)
