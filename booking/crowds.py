"""How much of a commune's day the visitors of one network may take: pure.

Robots rent some networks (see ``parvis.networks``); a household, a school or a village shares part
of one.
"""

FAMILY = 5  # slots held: so many are never remarkable
ALWAYS = 10  # slots that a network may hold in a day, whatever comes
SHARE = 10  # beyond, one in ten of those that everybody held
SUSPECT = 20  # slots held by networks that hold more than a family does


def most_of_network(held: int) -> int:
    """Return how many of a day's slots one network may hold, of so many that everybody held."""
    return max(ALWAYS, held // SHARE)


def are_crowding(crowded: int, held: int) -> bool:
    """Tell whether few networks take most of the day, as robots do and inhabitants do not.

    ``crowded`` are the slots held by networks that hold more than a family does, ``held`` all.
    """
    return crowded >= SUSPECT and 2 * crowded >= held
