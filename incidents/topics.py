"""What open pages of reports watch: see ``parvis.live``."""

DESK = "desk"  # whatever report changes


def of_report(pk: int) -> str:
    """Name all that is to be seen of one report, whoever sees it."""
    return f"report:{pk}"
