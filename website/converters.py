"""How short addresses are written: one word, whatever its case, with a final slash or without."""


class WordConverter:
    """A word of letters, digits and hyphens."""

    regex = "[A-Za-z0-9-]{1,40}/?"

    def to_python(self, value: str) -> str:
        """Return the word in small letters."""
        return value.removesuffix("/").lower()

    def to_url(self, value: str) -> str:
        """Write a word."""
        return value
