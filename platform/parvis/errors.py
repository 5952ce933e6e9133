"""Errors a user can understand and act upon."""

from django.utils.functional import Promise


class DomainError(Exception):
    """A rule of the domain refused the request; ``message`` says which, to the user.

    ``status`` is the HTTP status of the page when no form is there to show the message.
    """

    message: "str | Promise"
    status: int = 409

    def __str__(self) -> str:
        return str(self.message)


class Gone(DomainError):
    """What the link pointed to existed and does not any more."""

    status = 410
