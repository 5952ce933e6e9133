"""What open pages of booking watch: see ``parvis.live``."""

from datetime import date


def of_day(day: date) -> str:
    """Name all that is to be seen of a day at the counter."""
    return f"day:{day.isoformat()}"


def of_appointment(pk: int) -> str:
    """Name all that its citizen sees of one appointment; only her page is given the address."""
    return f"appointment:{pk}"


def of_hall(site_id: int) -> str:
    """Name the queue of a site and its calls."""
    return f"hall:{site_id}"
