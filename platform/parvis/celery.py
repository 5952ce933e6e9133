"""The queue. ``parvis.worker`` is what the worker and the scheduler run."""

import os
from typing import Any

from celery import bootsteps
from django.conf import settings
from kombu.transport import redis
from tenant_schemas_celery.app import CeleryApp
from tenant_schemas_celery.task import TenantTask

from parvis.acting import Actor, acting
from parvis.pausing import PAUSE_S, is_paused
from parvis.pooler import refuse_transaction_pooling


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")


class PatientQoS(redis.QoS):
    """Gives back at the end what a worker has taken and not begun, unless Valkey is gone."""

    def restore_unacked(self, client: Any = None) -> None:
        """Give it back; without a connection kombu would fail here, and the worker with it.

        Nothing is lost: messages only wake, and a sweep finds what nobody was woken for.
        """
        try:
            super().restore_unacked(client)  # type: ignore[no-untyped-call]
        except AttributeError:
            self._delivered.clear()


redis.Channel.QoS = PatientQoS


class SchemaTask(TenantTask):  # type: ignore[misc]
    """A task that says in which schema it runs, and refuses to guess."""

    abstract = True
    tenant_cache_seconds = 30

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Refuse a message without a schema: on the public one it would fail silently.

        Raises:
            RuntimeError: the message names no schema.
            Retry: the commune is in maintenance; the task comes back when that may be over.
        """
        if not self.request.get("_schema_name") and not (self.request.headers or {}).get(
            "_schema_name"
        ):
            raise RuntimeError(f"{self.name} was sent without a schema")
        super().before_start(task_id, args, kwargs)
        if is_paused():
            raise self.retry(countdown=PAUSE_S, max_retries=None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and let the database know that no person acts."""
        with acting(Actor(channel="task", action=self.name)):
            return super().__call__(*args, **kwargs)


class DirectDatabase(bootsteps.Step):  # type: ignore[misc]
    """Before the first task: no pooler that would mix communes."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        refuse_transaction_pooling(settings.APP_DATABASE_URL)


app = CeleryApp("parvis", task_cls=SchemaTask)
app.steps["worker"].add(DirectDatabase)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
