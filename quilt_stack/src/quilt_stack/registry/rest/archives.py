"""ZIP archives of a package, of a folder of it, or of a folder of a bucket (registry facts 1.7, 11).

The catalog's pages send a form with the token in it, to the S3 proxy, which leads on to here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import parse_qs, quote

from botocore.exceptions import ClientError
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from quilt_stack.registry.calls import Call, Refused, Registry, route
from quilt_stack.registry.identity import Caller
from quilt_stack.registry.packages.physical_key import ObjectLocation, PhysicalKeyError
from quilt_stack.registry.packages.store import is_missing

_IN_MEMORY_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024

File = tuple[str, ObjectLocation]


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    package = "/zip/package/{bucket}/{namespace}/{name}/{top_hash}"
    return [
        *(route(path, _package, registry, methods=("POST",)) for path in (package, f"{package}/{{path:path}}")),
        route("/zip/dir/{bucket}/{path:path}", _folder, registry, methods=("POST",)),
    ]


def _package(call: Call) -> Response:
    asked = call.request.path_params
    caller = _caller(call)
    bucket, name = asked["bucket"], f"{asked['namespace']}/{asked['name']}"
    _require_readable(call, caller, bucket)
    manifest = call.registry.services.packages.manifest(bucket, asked["top_hash"])
    directory = asked.get("path", "").strip("/")
    prefix = f"{directory}/" if directory else ""
    entries = [] if manifest is None else [each for each in manifest.entries if each.logical_key.startswith(prefix)]
    if not entries:
        raise Refused(404, f"The package {name} has no such revision or folder.")
    try:
        files = [(each.logical_key.removeprefix(prefix), ObjectLocation.parse(each.physical_key)) for each in entries]
    except PhysicalKeyError as error:
        raise Refused(400, str(error)) from None
    for needed in {location.bucket for _, location in files}:
        _require_readable(call, caller, needed)
    return _archive(call, files, name.replace("/", "-"))


def _folder(call: Call) -> Response:
    asked = call.request.path_params
    bucket, directory = asked["bucket"], asked["path"].strip("/")
    _require_readable(call, _caller(call), bucket)
    prefix = f"{directory}/" if directory else ""
    pages = call.registry.services.cloud.client("s3").get_paginator("list_objects_v2")
    keys = [
        found["Key"]
        for page in pages.paginate(Bucket=bucket, Prefix=prefix)
        for found in page.get("Contents", [])
        if not found["Key"].endswith("/")
    ]
    if not keys:
        raise Refused(404, f"There is nothing below {prefix!r} in {bucket}.")
    files = [(key.removeprefix(prefix), ObjectLocation(bucket, key)) for key in keys]
    return _archive(call, files, (directory.rpartition("/")[2] or bucket))


def _caller(call: Call) -> Caller:
    """Who asks: a form cannot send a header, so the token is one of its fields."""
    token = call.form().get("token")
    return call.registry.identity.authenticate(token if token else call.request.headers.get("authorization"))


def _require_readable(call: Call, caller: Caller, bucket: str) -> None:
    if not call.registry.access.may_read(caller, bucket):
        raise Refused(403, f"Your role may not read the bucket {bucket!r}.")


def _archive(call: Call, files: Iterable[File], name: str) -> Response:
    """The archive, made before it is sent, so that a file that cannot be read is told with a status."""
    chosen = tuple(parse_qs(call.body.decode("utf-8", errors="replace")).get("file[]", []))
    files = [each for each in files if not chosen or _is_chosen(each[0], chosen)]
    archive = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - it is closed when it is sent
    s3 = call.registry.services.cloud.client("s3")
    try:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
            for path, location in files:
                version = {} if location.version_id is None else {"VersionId": location.version_id}
                found = s3.get_object(Bucket=location.bucket, Key=location.key, **version)
                with writer.open(path, "w", force_zip64=True) as entry:
                    for chunk in found["Body"].iter_chunks(_CHUNK_BYTES):
                        entry.write(chunk)
    except ClientError as error:
        archive.close()
        if is_missing(error):
            raise Refused(404, f"{location.key!r} is not in {location.bucket} any more.") from None
        raise
    size = archive.tell()
    archive.seek(0)
    headers = {
        "content-disposition": f"attachment; filename*=utf-8''{quote(name)}.zip",
        "content-length": str(size),
    }
    return StreamingResponse(_chunks(archive), media_type="application/zip", headers=headers)


def _is_chosen(path: str, chosen: tuple[str, ...]) -> bool:
    return any(path == each or path.startswith(f"{each.rstrip('/')}/") for each in chosen)


def _chunks(archive: IO[bytes]) -> Iterator[bytes]:
    with archive:
        while chunk := archive.read(_CHUNK_BYTES):
            yield chunk
