"""PNG and JPEG pictures of coloured noise over a gradient, encoded by Pillow.

The pixels are ours; the encoded bytes depend on the zlib and libjpeg that Pillow brings, hence on its version.
PNG is written without compression, without ancillary chunks; JPEG without metadata.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from data.datasets.model import Sink, Writer
from data.datasets.stream import ByteStream

if TYPE_CHECKING:
    from PIL.Image import Image

_JPEG_QUALITY = 92


def png_writer(seed: int, label: str, width: int, height: int) -> Writer:
    """Return a writer of an RGB picture of the given size in pixels, about three bytes a pixel."""

    def write(sink: Sink) -> None:
        encoded = BytesIO()
        _picture(seed, label, width, height).save(encoded, format="PNG", compress_level=0)
        sink.write(encoded.getvalue())

    return write


def jpeg_writer(seed: int, label: str, width: int, height: int) -> Writer:
    """Return a writer of an RGB picture of the given size in pixels."""

    def write(sink: Sink) -> None:
        encoded = BytesIO()
        picture = _picture(seed, label, width, height)
        picture.save(encoded, format="JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=False)
        sink.write(encoded.getvalue())

    return write


def _picture(seed: int, label: str, width: int, height: int) -> Image:
    # Imported late: only one dataset has pictures.
    from PIL import Image

    stream = ByteStream(seed, label)
    return Image.frombytes("RGB", (width, height), stream.read(width * height * 3))
