"""Hand work to the queue, once the transaction has committed and in the right schema."""

import logging
from functools import partial

from django.db import transaction
from kombu.exceptions import OperationalError

from parvis.celery import app
from parvis.guard import PUBLIC, current_schema
from parvis.transport import is_fictional, is_heard_by_others


# Words about practice alone: they pass between any two schemas, and never become a message.
ABOUT_PRACTICE = {"onboarding.reset_sandbox", "learning.verify", "learning.note"}
log = logging.getLogger(__name__)


def defer(task: str, **arguments: int | str) -> None:
    """Run the Celery task called ``task`` after commit, with ids and strings only.

    The task runs in the schema that is current now, whichever is current at commit. When the
    queue is down nothing is raised: a sweep finds every minute what nobody was woken for.
    """
    transaction.on_commit(partial(_send, task, current_schema(), arguments))


def defer_to(schema: str, task: str, **arguments: int | str) -> None:
    """Run a task after commit in the schema of another commune, with facts meant for it.

    The other commune decides what it does with them: nothing of it is read or written here. It
    hears nothing of what is not real: a sandbox, a preview, a commune being configured. Nor does
    the public schema, which writes mail of its own, hear of a sandbox or a preview.
    """
    if task not in ABOUT_PRACTICE and _is_kept_from(schema):
        return
    transaction.on_commit(partial(_send, task, schema, arguments))


def _is_kept_from(schema: str) -> bool:
    if schema == current_schema():
        return False
    return is_fictional() if schema == PUBLIC else not is_heard_by_others()


def _send(task: str, schema: str, arguments: dict[str, int | str]) -> None:
    try:
        app.send_task(task, kwargs=arguments, headers={"_schema_name": schema})
    except (OperationalError, OSError) as fault:
        log.warning("The queue is unreachable, %s waits for the sweep: %s", task, fault)
