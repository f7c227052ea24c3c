"""Physical keys: the S3 URIs by which manifests point to objects (registry facts 7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit


class PhysicalKeyError(ValueError):
    """The text is no S3 URI of an object."""


class LocalPhysicalKeyError(PhysicalKeyError):
    """The URI points to a file on somebody's disk."""


@dataclass(frozen=True)
class ObjectLocation:
    """An object in S3; ``version_id`` is None where the bucket has no versions or none was given."""

    bucket: str
    key: str
    version_id: str | None = None

    @classmethod
    def parse(cls, physical_key: str) -> ObjectLocation:
        """Read ``s3://bucket/<percent-encoded key>?versionId=<id>``.

        Raises:
            LocalPhysicalKeyError: for ``file:`` URIs.
            PhysicalKeyError: for everything else that names no object.
        """
        try:
            parts = urlsplit(physical_key)
            query = parse_qs(parts.query, strict_parsing=bool(parts.query))
        except ValueError as error:
            raise PhysicalKeyError(f"{physical_key!r} is no S3 URI: {error}.") from None
        if parts.scheme == "file":
            raise LocalPhysicalKeyError(
                f"{physical_key!r} is a local file; only objects in S3 can be in a package here."
            )
        key = unquote(parts.path.removeprefix("/"))
        versions = query.pop("versionId", [])
        if parts.scheme != "s3" or not parts.netloc or not key or key.endswith("/") or query or len(versions) > 1:
            raise PhysicalKeyError(f"{physical_key!r} is no S3 URI of an object: expected s3://bucket/key.")
        return cls(parts.netloc, key, versions[0] if versions else None)

    def __str__(self) -> str:
        query = f"?{urlencode({'versionId': self.version_id})}" if self.version_id is not None else ""
        return f"s3://{self.bucket}/{quote(self.key)}{query}"
