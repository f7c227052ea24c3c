"""``/thumbnail``: a picture, made smaller."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping

from starlette.responses import Response

from quilt_stack.previews.source import PreviewRefused, Storage
from quilt_stack.previews.tabular import INFORMATION

_SIZE = re.compile(r"w(\d{1,4})h(\d{1,4})")


def preview_picture(storage: Storage, arguments: Mapping[str, str]) -> Response:
    """The picture at ``url`` as a PNG that fits into ``size``, such as w256h256.

    Decision: what Pillow reads is shown, its first page or frame; documents are refused (open: registry facts 1.7).

    Raises:
        PreviewRefused: there is no preview.
    """
    from PIL import Image, UnidentifiedImageError  # late: a start needs it for nothing

    size = _SIZE.fullmatch(arguments.get("size", ""))
    if size is None:
        raise PreviewRefused(400, title="Unexpected size= value", detail="It is a width and a height: w256h256.")
    with storage.open(arguments.get("url", ""), None) as stream:
        content = stream.read()
    try:
        with Image.open(io.BytesIO(content)) as picture:
            original = picture.size
            picture.thumbnail((int(size[1]), int(size[2])))
            shown = picture if picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else picture.convert("RGB")
            written = io.BytesIO()
            shown.save(written, "PNG")
            smaller = shown.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise PreviewRefused(400, title="The object is no picture that can be read.", detail=str(error)) from error
    information = {"original_size": original, "thumbnail_size": smaller, "thumbnail_format": "PNG"}
    return Response(written.getvalue(), media_type="image/png", headers={INFORMATION: json.dumps(information)})
