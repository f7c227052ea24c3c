"""Browsing sessions: short-lived permission to read the files of one package revision (registry facts 1.6, 3.7).

Decisions on what the facts leave open:

- A file is answered with a URL that the registry itself signs, after it has asked whether the caller's role may still
  read the bucket. It is good for five minutes, for the exact version that the manifest names (registry facts 1.6).
- The URL says ``http``, as nothing on loopback has a certificate that clients trust (recorded otherwise: registry facts
  11).
- A scope with a tag or without a revision is settled when the session opens: later pushes do not change it (open:
  registry facts 3.7).
- A package or revision that is not there is an InvalidInput at ``scope`` (open: registry facts 3.7).
- The time to live is 1 second to 1 day; anything else is an InvalidInput at ``ttl`` (open: registry facts 3.7).
- A session that has ended is as unknown as one that never was (open: registry facts 3.7).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, mapped_column

from quilt_stack.registry.database import Base, Bucket
from quilt_stack.registry.packages import layout
from quilt_stack.registry.packages.manifest import ManifestEntry
from quilt_stack.registry.packages.names import is_package_name
from quilt_stack.registry.packages.physical_key import ObjectLocation
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal
from quilt_stack.settings import BrowseScope

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from quilt_stack.registry.access import Access
    from quilt_stack.registry.identity import Caller
    from quilt_stack.registry.services import Services

DEFAULT_TTL_SECONDS = 180
MAXIMUM_TTL_SECONDS = 86_400
URL_LIFETIME_SECONDS = 300
"""How long a URL to a file is good."""

_BUCKET = r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])"
_CATALOG_SCOPE = re.compile(rf"quilt\+s3://{_BUCKET}#(?P<fragment>.+)")
_QUILT_MCP_SCOPE = re.compile(rf"s3://{_BUCKET}#package=(?P<package>[^&]+)&hash=(?P<hash>[^&]+)")
_CATALOG_PARTS = frozenset({"package", "path", "catalog"})


class BrowsingSessionRecord(Base):
    """A session as it is stored; ``expires_at`` is in seconds since the epoch by the deployment's clock."""

    __tablename__ = "browsing_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    bucket_name: Mapped[str]
    top_hash: Mapped[str]
    expires_at: Mapped[float]


@dataclass(frozen=True)
class OpenSession:
    """A session as clients see it."""

    id: str
    expires: datetime


@dataclass(frozen=True)
class Scope:
    """A package revision: ``revision`` is a whole top hash or a tag."""

    bucket: str
    package: str
    revision: str


class BrowsingNotFoundError(Exception):
    """No such session, or no such file in it; answered with 404."""


class BrowsingForbiddenError(Exception):
    """The session is someone else's, or its bucket is no longer readable for the caller; answered with 403."""


class BrowsingSessions:
    """The sessions of a deployment; keeps no state of its own, so that it can be made for every request."""

    def __init__(self, services: Services, access: Access) -> None:
        self._services = services
        self._access = access

    def create(self, caller: Caller, scope: str, ttl: int = DEFAULT_TTL_SECONDS) -> OpenSession:
        """Open a session on a package revision for ``ttl`` seconds.

        Raises:
            InvalidInputRefusal: at ``scope`` or ``ttl``.
            OperationRefusal: ``BucketNotFound`` for an unknown or unreadable bucket, ``BucketNotBrowsable``.
        """
        _check_ttl(ttl)
        parsed = parse_scope(scope, self._services.settings.browse_scope)
        self._check_bucket(caller, parsed.bucket)
        packages = self._services.packages
        revision = packages.resolve(parsed.bucket, parsed.package, parsed.revision)
        if revision is None or not packages.pointers(parsed.bucket, parsed.package):
            message = f"The package {parsed.package!r} in {parsed.bucket!r} has no revision {parsed.revision!r}."
            raise InvalidInputRefusal.at("scope", "PackageNotFound", message)
        record = BrowsingSessionRecord(
            id=str(uuid4()),
            user_id=caller.user_id,
            bucket_name=parsed.bucket,
            top_hash=revision.top_hash,
            expires_at=self._services.clock.seconds() + ttl,
        )
        with self._services.database.transaction() as session:
            self._forget_expired(session)
            session.add(record)
        return self._opened(record)

    def refresh(self, caller: Caller, session_id: str, ttl: int = DEFAULT_TTL_SECONDS) -> OpenSession:
        """Let a session end ``ttl`` seconds from now.

        Raises:
            InvalidInputRefusal: at ``ttl``.
            OperationRefusal: ``SessionNotFound`` or ``OwnerMismatch``.
        """
        _check_ttl(ttl)
        with self._services.database.transaction() as session:
            record = self._own(session, caller, session_id)
            record.expires_at = self._services.clock.seconds() + ttl
            return self._opened(record)

    def dispose(self, caller: Caller, session_id: str) -> None:
        """End a session.

        Raises:
            OperationRefusal: ``SessionNotFound`` or ``OwnerMismatch``.
        """
        with self._services.database.transaction() as session:
            session.delete(self._own(session, caller, session_id))

    def resolve(self, session_id: str, path: str, caller: Caller) -> str:
        """A URL of a file of the session's revision, signed and good for ``URL_LIFETIME_SECONDS``.

        Args:
            session_id: the session.
            path: logical key, not percent-encoded.
            caller: who asks.

        Raises:
            BrowsingNotFoundError: no such session or no such file.
            BrowsingForbiddenError: not the caller's session, or the bucket is not readable any more.
        """
        try:
            with self._services.database.reading() as session:
                record = self._own(session, caller, session_id)
        except OperationRefusal as refusal:
            kind = BrowsingForbiddenError if refusal.name == "OwnerMismatch" else BrowsingNotFoundError
            raise kind(refusal.message) from None
        if not self._access.may_read(caller, record.bucket_name):
            raise BrowsingForbiddenError(f"Your role may not read the bucket {record.bucket_name!r}.")
        manifest = self._services.packages.manifest(record.bucket_name, record.top_hash)
        entry = None if manifest is None else manifest.file(path)
        if entry is None:
            raise BrowsingNotFoundError(f"The package has no file {path!r}.")
        return self._signed(entry, caller)

    def _signed(self, entry: ManifestEntry, caller: Caller) -> str:
        location = ObjectLocation.parse(entry.physical_key)
        # The manifest may point into other buckets, which the registry could read and the caller may not.
        if not self._access.may_read(caller, location.bucket):
            raise BrowsingForbiddenError(f"Your role may not read the bucket {location.bucket!r}.")
        version = {} if location.version_id is None else {"VersionId": location.version_id}
        # The signature carries real time, but S3 checks it by the deployment's clock.
        ahead = max(0, round(self._services.clock.seconds() - time.time()))
        # A presigned URL cannot follow a redirect to the bucket's region, so it has to be signed for that region.
        region = self._services.cloud.client("s3").head_bucket(Bucket=location.bucket)["BucketRegion"]
        url = self._services.cloud.client("s3", region).generate_presigned_url(
            "get_object",
            Params={"Bucket": location.bucket, "Key": location.key, **version},
            ExpiresIn=URL_LIFETIME_SECONDS + ahead,
        )
        return str(url)

    def _check_bucket(self, caller: Caller, name: str) -> None:
        with self._services.database.reading() as session:
            bucket = session.get(Bucket, name)
        if bucket is None or not self._access.may_read(caller, name):
            raise OperationRefusal("BucketNotFound", f"There is no bucket {name!r} that you may read.")
        if not bucket.browsable:
            message = f"The bucket {name!r} is not browsable: an administrator can allow it in the bucket's settings."
            raise OperationRefusal("BucketNotBrowsable", message)

    def _own(self, session: Session, caller: Caller, session_id: str) -> BrowsingSessionRecord:
        record = session.get(BrowsingSessionRecord, session_id)
        if record is None or record.expires_at <= self._services.clock.seconds():
            raise OperationRefusal("SessionNotFound", "There is no such browsing session, or it has ended.")
        if record.user_id != caller.user_id:
            raise OperationRefusal("OwnerMismatch", "This browsing session belongs to somebody else.")
        return record

    def _forget_expired(self, session: Session) -> None:
        now = self._services.clock.seconds()
        session.execute(delete(BrowsingSessionRecord).where(BrowsingSessionRecord.expires_at <= now))

    def _opened(self, record: BrowsingSessionRecord) -> OpenSession:
        left = timedelta(seconds=record.expires_at - self._services.clock.seconds())
        return OpenSession(record.id, self._services.clock.now() + left)


def parse_scope(scope: str, accepted: BrowseScope) -> Scope:
    """Read a scope: ``quilt+s3://bucket#package=name@hash`` or ``:tag``, with ``&path=`` and ``&catalog=`` allowed.

    With the lenient setting also quilt-mcp's ``s3://bucket#package=name&hash=hash`` (registry facts 3.7).

    Raises:
        InvalidInputRefusal: at ``scope``.
    """
    found = _catalog_scope(scope)
    if found is None and accepted is BrowseScope.LENIENT and (match := _QUILT_MCP_SCOPE.fullmatch(scope)):
        found = Scope(match["bucket"], unquote(match["package"]), unquote(match["hash"]))
    if found is None or not is_package_name(found.package):
        message = f"{scope!r} is no scope: expected quilt+s3://bucket#package=namespace/name@hash."
        raise InvalidInputRefusal.at("scope", "InvalidScope", message)
    return found


def _catalog_scope(scope: str) -> Scope | None:
    match = _CATALOG_SCOPE.fullmatch(scope)
    if match is None:
        return None
    parts = dict(part.partition("=")[::2] for part in match["fragment"].split("&"))
    if "package" not in parts or not set(parts) <= _CATALOG_PARTS or len(parts) <= match["fragment"].count("&"):
        return None
    package = unquote(parts["package"])
    for separator in "@:":
        name, found, revision = package.partition(separator)
        if found:
            return Scope(match["bucket"], name, revision) if revision else None
    return Scope(match["bucket"], package, layout.LATEST)


def _check_ttl(ttl: int) -> None:
    if not 1 <= ttl <= MAXIMUM_TTL_SECONDS:
        message = f"The time to live is 1 to {MAXIMUM_TTL_SECONDS} seconds; got {ttl}."
        raise InvalidInputRefusal.at("ttl", "InvalidTtl", message)
