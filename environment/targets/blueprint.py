"""What the suite wants its embedded deployment to hold when it opens: buckets, roles and users (rules 14, 15)."""

from __future__ import annotations

import secrets

from pydantic import SecretStr

from environment.settings import REMOTE_REGION, Accounts, Buckets
from environment.targets.tag import PURPOSE, TAG
from quilt_stack import Blueprint, BucketBlueprint, Permission, PolicyBlueprint, RoleBlueprint, UserBlueprint

READ, READ_WRITE = Permission.READ, Permission.READ_WRITE


def suite_blueprint(buckets: Buckets, accounts: Accounts) -> Blueprint:
    """Five buckets, a policy and a role per kind of user, and the four users with fresh random passwords.

    A managed role holds the permissions of its policy: the admin role writes everywhere, the user role everywhere but
    in the reference data, the viewer role reads, the service role writes packages alone. The restricted bucket is the
    admin role's alone, the remote one the admin and the user role's.
    """
    data, scratch, packages = buckets.data, buckets.scratch, buckets.packages
    restricted, remote = buckets.restricted, buckets.remote
    permissions = {
        "admin": dict.fromkeys((data, scratch, packages, restricted, remote), READ_WRITE),
        "user": {data: READ, scratch: READ_WRITE, packages: READ_WRITE, remote: READ_WRITE},
        "viewer": {data: READ, scratch: READ, packages: READ},
        "service": {data: READ, packages: READ_WRITE},
    }
    role_of = {"admin": "admin", "user": "user", "readonly": "viewer", "service": "service"}
    return Blueprint(
        buckets=[
            BucketBlueprint(name=data, title="Reference data", tags=_tags("Reference", mutable=False)),
            BucketBlueprint(name=scratch, title="Scratch", versioned=False, tags=_tags("Scratch", mutable=True)),
            BucketBlueprint(name=packages, title="Packages", tags=_tags("PackageRegistry", mutable=True)),
            BucketBlueprint(name=restricted, title="Restricted", tags=_tags("Restricted", mutable=True)),
            BucketBlueprint(name=remote, title="Remote", region=REMOTE_REGION, tags=_tags("Remote", mutable=True)),
        ],
        policies=[PolicyBlueprint(title=f"{name} buckets", permissions=levels) for name, levels in permissions.items()],
        roles=[RoleBlueprint(name=name, policies=[f"{name} buckets"]) for name in permissions],
        users=[
            UserBlueprint(
                name=accounts.user_name(account),
                email=accounts.email(account),
                role=role,
                admin=account == "admin",
                service=account == "service",
                password=None if account == "service" else SecretStr(secrets.token_urlsafe(24)),
            )
            for account, role in role_of.items()
        ],
        default_role="user",
    )


def _tags(kind: str, *, mutable: bool) -> dict[str, str]:
    return {TAG: PURPOSE, "DataType": kind, "Mutable": str(mutable).lower()}
