"""The registry's SQLite database: who exists, what they may do, and what administrators have set.

Every change is one ``transaction()``, begun as ``BEGIN IMMEDIATE``, so that concurrent administrators are served one
after the other and none of their changes is lost. Reads use ``reading()``, a consistent view that waits for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, DateTime, Engine, ForeignKey, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

_BUSY_TIMEOUT_SECONDS = 30
_IDLE_CONNECTIONS = 8
_FURTHER_CONNECTIONS = 56


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, kept in UTC (SQLite itself knows no time zones)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Drop the zone on the way in."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Put the zone back on the way out."""
        return None if value is None else value.replace(tzinfo=UTC)


def _identifier() -> str:
    return str(uuid4())


class Base(DeclarativeBase):
    """Declarative base; plain lists and dictionaries are stored as JSON."""

    type_annotation_map = {datetime: UtcDateTime, list[str]: JSON, dict[str, Any]: JSON}


class Role(Base):
    """A role; ``arn`` is its IAM role, written by the registry when ``managed`` (registry facts 4)."""

    __tablename__ = "role"
    id: Mapped[str] = mapped_column(primary_key=True, default=_identifier)
    name: Mapped[str] = mapped_column(unique=True)
    arn: Mapped[str]
    managed: Mapped[bool]


class Policy(Base):
    """A policy; managed ones have bucket permissions, unmanaged ones only an ARN (registry facts 4)."""

    __tablename__ = "policy"
    id: Mapped[str] = mapped_column(primary_key=True, default=_identifier)
    title: Mapped[str] = mapped_column(unique=True)
    arn: Mapped[str] = mapped_column(unique=True)
    managed: Mapped[bool]


class RolePolicy(Base):
    """A policy attached to a managed role, in the order given."""

    __tablename__ = "role_policy"
    role_id: Mapped[str] = mapped_column(ForeignKey("role.id", ondelete="CASCADE"), primary_key=True)
    policy_id: Mapped[str] = mapped_column(ForeignKey("policy.id"), primary_key=True)
    position: Mapped[int]


class Bucket(Base):
    """A bucket that the registry knows (registry facts 6)."""

    __tablename__ = "bucket"
    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    icon_url: Mapped[str | None]
    description: Mapped[str | None]
    linked_data: Mapped[Any | None] = mapped_column(JSON)
    overview_url: Mapped[str | None]
    tags: Mapped[list[str] | None]
    relevance_score: Mapped[int] = mapped_column(default=0)
    browsable: Mapped[bool] = mapped_column(default=False)
    last_indexed: Mapped[datetime | None]
    sns_notification_arn: Mapped[str | None]
    scanner_parallel_shards_depth: Mapped[int | None]
    skip_meta_data_indexing: Mapped[bool | None]
    file_extensions_to_index: Mapped[list[str] | None]
    index_content_bytes: Mapped[int | None]
    prefixes: Mapped[list[str]]


class BucketPermission(Base):
    """Level (READ or READ_WRITE) of a managed policy on a bucket."""

    __tablename__ = "bucket_permission"
    policy_id: Mapped[str] = mapped_column(ForeignKey("policy.id", ondelete="CASCADE"), primary_key=True)
    bucket_name: Mapped[str] = mapped_column(ForeignKey("bucket.name", ondelete="CASCADE"), primary_key=True)
    level: Mapped[str]
    position: Mapped[int]


class User(Base):
    """A person or a service; ``password_hash`` is None until a password is set, or when it was made unusable."""

    __tablename__ = "user"
    id: Mapped[str] = mapped_column(primary_key=True, default=_identifier)
    name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    date_joined: Mapped[datetime]
    last_login: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_service: Mapped[bool] = mapped_column(default=False)
    is_sso_only: Mapped[bool] = mapped_column(default=False)
    active_role_id: Mapped[str | None] = mapped_column(ForeignKey("role.id"))


class UserRole(Base):
    """A role that a user holds, in the order given; the active one is among them."""

    __tablename__ = "user_role"
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[str] = mapped_column(ForeignKey("role.id"), primary_key=True)
    position: Mapped[int]


class Token(Base):
    """A JWT that was issued and not revoked (registry facts 2.1)."""

    __tablename__ = "token"
    id: Mapped[str] = mapped_column(primary_key=True, default=_identifier)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[int] = mapped_column(doc="seconds since the epoch")


class OneTimeCode(Base):
    """The one code a user may exchange for a token (registry facts 1.3)."""

    __tablename__ = "one_time_code"
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str]
    expires_at: Mapped[int] = mapped_column(doc="seconds since the epoch")


class AccountLink(Base):
    """A link that was mailed, for activation or for a password reset (registry facts 1.3)."""

    __tablename__ = "account_link"
    token: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    expires_at: Mapped[int] = mapped_column(doc="seconds since the epoch")


class ApiKey(Base):
    """An API key; only a digest of its secret is kept (registry facts 2.2)."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(primary_key=True, default=_identifier)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    fingerprint: Mapped[str]
    secret_digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class TabulatorTable(Base):
    """A Tabulator table: its configuration exactly as it was sent (registry facts 9.2)."""

    __tablename__ = "tabulator_table"
    bucket_name: Mapped[str] = mapped_column(ForeignKey("bucket.name", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    config: Mapped[str]


class SsoConfig(Base):
    """One entry of the history of SSO configurations; the newest counts, ``text`` None means removed."""

    __tablename__ = "sso_config"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    text: Mapped[str | None]
    timestamp: Mapped[datetime]
    uploader_id: Mapped[str] = mapped_column(ForeignKey("user.id"))


class Setting(Base):
    """A single value, such as the default role or the key that signs tokens."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any | None] = mapped_column(JSON)


class SettingKey(StrEnum):
    """What is kept as a single value."""

    TOKEN_KEY = "token_key"
    DEFAULT_ROLE = "default_role"
    TABULATOR_OPEN_QUERY = "tabulator_open_query"


def read_setting(session: Session, key: SettingKey) -> Any:
    """The stored value, or None when it was never set."""
    setting = session.get(Setting, key.value)
    return None if setting is None else setting.value


def store_setting(session: Session, key: SettingKey, value: object) -> None:
    """Set a value; takes effect with the session's transaction."""
    session.merge(Setting(key=key.value, value=value))


class Database:
    """The database file; safe for use from many threads.

    Args:
        path: where the SQLite file is or shall be.

    Attributes:
        changes: how many transactions there were; what was read is still so while it is the same.
    """

    def __init__(self, path: Path) -> None:
        self._engine = _engine(path)
        # SQLite's own waiting polls; a lock hands the turn over at once. The busy timeout covers other processes.
        self._turn = threading.Lock()
        self.changes = 0
        Base.metadata.create_all(self._engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose changes are stored together, or not at all if the block raises.

        Not to be nested: a second transaction in the same thread would wait for itself.
        """
        with self._turn, Session(self._engine, expire_on_commit=False) as session:
            session.connection(execution_options={"begin": "BEGIN IMMEDIATE"})
            yield session
            session.commit()
            self.changes += 1

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and must not change it."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=_IDLE_CONNECTIONS,
        max_overflow=_FURTHER_CONNECTIONS,
        pool_timeout=_BUSY_TIMEOUT_SECONDS,
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_SECONDS * 1000}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
