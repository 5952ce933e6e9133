"""Split an address as town halls write it: pure."""

import re


PLACE = re.compile(r"(?P<street>.*?)[\s,;-]*\b(?P<zip>[0-9]{5})\b[\s,;-]*(?P<city>.*)", re.DOTALL)
CEDEX = re.compile(r"\s+cedex(\s+\d+)?$", re.IGNORECASE)


def split(address: str) -> tuple[str, str, str]:
    """Part an address into street, postcode and town; what it does not say is empty.

    >>> split("1 quai Antoine-Ferchaud, 33250 Pauillac")
    ('1 quai Antoine-Ferchaud', '33250', 'Pauillac')
    """
    line = ", ".join(filter(None, (part.strip(" ,") for part in address.splitlines())))
    found = PLACE.fullmatch(line)
    if found is None:
        return line, "", ""
    return found["street"].strip(), found["zip"], CEDEX.sub("", found["city"].strip(" ,"))
