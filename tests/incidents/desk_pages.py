"""How tests name and read the pages of the team."""

import html5lib


DESK = "/agent/signalements/"


def text_of(answer):
    """Return the words of a page, as somebody reads them."""
    page = html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)
    return " ".join("".join(page.find("body").itertext()).split())


def path_of(report, *parts):
    """Return the address of a page of one report."""
    return "/".join([f"{DESK}{report.reference}", *parts]) + "/"
