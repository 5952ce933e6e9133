"""Errors a user can understand and act upon."""

from django.utils.functional import Promise


class DomainError(Exception):
    """A rule of the domain refused the request; ``message`` says which, to the user.

    ``status`` is the HTTP status of the page when no form is there to show the message; the page
    says ``heading`` above it and leads on to ``href``, where there is something better to do than
    to go home. ``retry_after_s`` is when it is worth trying again.
    """

    message: "str | Promise"
    status: int = 409
    heading: "str | Promise" = ""
    href: str = ""
    retry_after_s: int = 0

    def __str__(self) -> str:
        return str(self.message)


class Gone(DomainError):
    """What the link pointed to existed and does not any more."""

    status = 410
