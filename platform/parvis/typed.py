"""What is read in an address or a hidden field, where nobody promises what it holds."""


def number(text: str, *, digits: int = 9) -> int:
    """Read a whole number of so many digits at most; 0 for anything else."""
    is_one = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if is_one else 0
