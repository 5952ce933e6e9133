"""What is known of a photo before it is decoded: its size, its real type, its pixels.

Nothing here decodes an image: Pillow reads the header only. Decoding happens in a process of its
own with little memory (:mod:`incidents.darkroom`).
"""

import io
import warnings
from dataclasses import dataclass

import pillow_heif
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError


MOST_BYTES = 12_000_000
MOST_PIXELS = 40_000_000
SHORTEST_SIDE = 32
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
PHOTOS_MOST = 5

pillow_heif.register_heif_opener(thumbnails=False)


class Unfit(ValueError):
    """The file is not a photo that can be kept; ``message`` says what to do."""

    def __init__(self, message: Promise) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of a photo say."""

    format: str
    width: int
    height: int


def read_header(content: bytes) -> Header:
    """Read what a file says it is, without decoding it.

    Raises:
        Unfit: too heavy, too many pixels, too small, or no photo of a type that is known.
    """
    if len(content) > MOST_BYTES:
        raise Unfit(_("Cette photo est trop lourde : 12 Mo au plus."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                header = Header(image.format or "", *image.size)
    except Image.DecompressionBombError as fault:
        raise Unfit(_("Cette photo est trop grande : 40 millions de pixels au plus.")) from fault
    except Image.DecompressionBombWarning as fault:
        raise Unfit(_("Cette photo est trop grande : 40 millions de pixels au plus.")) from fault
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as fault:
        raise Unfit(
            _("Ce fichier n’est pas une photo lisible : JPEG, PNG, WebP ou HEIC.")
        ) from fault
    if header.width * header.height > MOST_PIXELS:
        raise Unfit(_("Cette photo est trop grande : 40 millions de pixels au plus."))
    if min(header.width, header.height) < SHORTEST_SIDE:
        raise Unfit(_("Cette photo est trop petite pour montrer quelque chose."))
    return header
