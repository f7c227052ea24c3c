"""What undoing never touches, whatever an undo log says: reference data, baseline packages, the four users."""

from __future__ import annotations

from environment.observers.storage import POINTERS
from environment.settings import Accounts, Buckets

OWNER = "test-user"
DATASETS = (
    "simple-csv",
    "nested-structure",
    "large-package",
    "mixed-formats",
    "versioned-data",
    "metadata-rich",
    "empty-package",
    "single-file",
)
PACKAGES = tuple(f"{OWNER}/{name}" for name in (*DATASETS, "versioned-data-v1", "versioned-data-v2"))
_IN_PACKAGES = tuple(f"{place}{name}/" for name in PACKAGES for place in ("", POINTERS))


class KeptError(Exception):
    """What was to be deleted is kept, whatever an undo log says."""


def must_not_be_kept(buckets: Buckets, bucket: str, prefix: str) -> None:
    """Refuse to delete what is under a prefix of the reference data's bucket, or if any of it is a baseline package.

    Raises:
        KeptError: if some of it is, or if the prefix is so short that it means the whole bucket.
    """
    if not prefix.strip("/"):
        raise KeptError(f"a prefix is needed: everything in {bucket} is kept")
    if bucket == buckets.data:
        raise KeptError(f"s3://{bucket} is kept: tests only read it, and arrange what they write in another bucket")
    for each in _IN_PACKAGES if bucket == buckets.packages else ():
        if prefix.startswith(each) or each.startswith(prefix):
            raise KeptError(f"s3://{bucket}/{each} is kept: it is a baseline package")


def must_be_nobody_of_the_four(accounts: Accounts, user_name: str) -> None:
    """Refuse to delete one of the users of the test catalog.

    Raises:
        KeptError: if it is one.
    """
    if user_name in {accounts.user_name(account) for account in ("admin", "user", "readonly", "service")}:
        raise KeptError(f"{user_name} is kept: it is one of the users of the test catalog")
