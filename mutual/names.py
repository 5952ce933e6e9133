"""Names of services as people write them in an agreement. Pure."""

from collections.abc import Iterable

from tenants.directory import words


def is_named(name: str, wanted: Iterable[str]) -> bool:
    """Tell whether a service is among those an agreement names, accents and case aside."""
    return words(name) in [words(each) for each in wanted]


def read_names(text: str) -> list[str]:
    """Read one name per line, each once, in order."""
    lines = {" ".join(words(line)): " ".join(line.split()) for line in text.splitlines()}
    return [line for key, line in lines.items() if key]
