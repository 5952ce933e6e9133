"""A badge: two words side by side, drawn as a picture that any page can show. Pure."""

from html import escape


HIGH = 28
PAD = 10
PER_LETTER = 7.2  # of a sans serif letter of 13, at its widest on average
LONGEST = 60


def draw(title: str, said: str) -> str:
    """Draw "Passeport | prochain créneau dans 12 jours"; readers of screens hear it."""
    left, right = title[:LONGEST], said[:LONGEST]
    first, second = _wide(left), _wide(right)
    wide = first + second
    label = escape(f"{title} : {said}".replace(" :", "\u00a0:"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{HIGH}"'
        f' viewBox="0 0 {wide} {HIGH}" role="img" aria-label="{label}"><title>{label}</title>'
        f'<rect width="{wide}" height="{HIGH}" rx="6" fill="#ffffff"/>'
        f'<rect width="{first}" height="{HIGH}" rx="6" fill="#1d3557"/>'
        f'<rect x="0.5" y="0.5" width="{wide - 1}" height="{HIGH - 1}" rx="5.5" fill="none"'
        f' stroke="#1d3557"/>'
        f'<g font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="13">'
        f'<text x="{PAD}" y="19" fill="#ffffff">{escape(left)}</text>'
        f'<text x="{first + PAD}" y="19" fill="#1d3557">{escape(right)}</text></g></svg>'
    )


def embed(*, name: str, page: str, picture: str) -> str:
    """Write what a page of another site shows the badge with: a link around a picture."""
    return f'<a href="{escape(page)}"><img src="{escape(picture)}" alt="{escape(name)}"></a>'


def _wide(text: str) -> int:
    return round(len(text) * PER_LETTER) + 2 * PAD
