"""How much of a name a diary shows; pure."""


def short_name(name: str) -> str:
    """Return one first name and initials: "Jeanne M." for "Jeanne Martin" or "MARTIN Jeanne".

    Words all in capitals are taken for the family name, wherever they stand. Where nothing tells
    them apart, the first word is taken for the first name.
    """
    words = name.split()
    if not words:
        return ""
    capitals = [each for each in words if len(each) > 1 and each.isupper()]
    first = next((each for each in words if each not in capitals), "")
    if not first:
        return " ".join(f"{each[0]}." for each in words)
    family = capitals or words[words.index(first) + 1 :]
    return " ".join([first, *(f"{each[0].upper()}." for each in family[:1])])
