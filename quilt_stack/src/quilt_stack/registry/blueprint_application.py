"""Bringing a new deployment to its opening state: the stack's own roles and buckets, then the blueprint.

Decision: a blueprint without users gets one administrator, ``admin``, with the role ReadWriteQuiltBucket and no
password; the welcome mail holds the link to choose one (open: registry facts 4).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.blueprint import FIRST_ADMINISTRATOR, Blueprint, BucketBlueprint, RoleBlueprint, UserBlueprint
from quilt_stack.errors import DeploymentError
from quilt_stack.registry import passwords
from quilt_stack.registry.access import READ_ROLE, READ_WRITE_ROLE
from quilt_stack.registry.administration import accounts, buckets, policies, roles, users
from quilt_stack.registry.administration.buckets import BucketFields
from quilt_stack.registry.administration.directory import BucketLevel
from quilt_stack.registry.administration.iam import Iam
from quilt_stack.registry.database import Role, SettingKey, User, store_setting
from quilt_stack.registry.refusals import Refusal
from quilt_stack.registry.services import Services

_FIRST_USER = UserBlueprint(name=FIRST_ADMINISTRATOR, email="admin@example.com", role=READ_WRITE_ROLE, admin=True)
_DEFAULT_REGION = "us-east-1"


class BlueprintError(DeploymentError):
    """The blueprint contradicts itself or a rule of the registry; the message names the place."""


def apply(services: Services, blueprint: Blueprint) -> None:
    """Create what the blueprint asks for, in S3, in IAM and, in one transaction, in the registry.

    Raises:
        BlueprintError: a rule is broken, or a bucket, policy or role is named that the blueprint does not bring.
    """
    for bucket in (*_stack_buckets(services), *blueprint.buckets):
        _create_in_s3(services, bucket)
    try:
        with services.database.transaction() as session:
            _Application(services, session).run(blueprint)
    except Refusal as refusal:
        raise BlueprintError(f"The blueprint cannot be applied: {refusal}") from refusal
    if not blueprint.users:
        _welcome_first_administrator(services)


class _Application:
    """One run, in one transaction."""

    def __init__(self, services: Services, session: Session) -> None:
        self._services = services
        self._session = session
        self._iam = Iam(services.cloud, services.settings)
        self._maximum = services.settings.maximum_policies_per_role
        self._policy_ids: dict[str, str] = {}
        self._roles: dict[str, Role] = {}

    def run(self, blueprint: Blueprint) -> None:
        """Apply the parts in the order in which they need each other."""
        for name in (READ_ROLE, READ_WRITE_ROLE):
            self._add_role(Role(name=name, arn=self._iam.create_stack_role(name), managed=False))
        registered = [bucket for bucket in blueprint.buckets if bucket.registered]
        for bucket in registered:
            self._register(bucket)
        self._iam.write_stack_roles([bucket.name for bucket in registered])
        for policy in blueprint.policies:
            permissions = [BucketLevel(bucket, level) for bucket, level in policy.permissions.items()]
            row = policies.create_managed(
                self._session,
                self._iam,
                title=policy.title,
                permissions=permissions,
                role_ids=[],
                maximum_policies=self._maximum,
            )
            self._policy_ids[policy.title] = row.id
        for role in blueprint.roles:
            self._create_role(role)
        for user in blueprint.users or [_FIRST_USER]:
            self._create_user(user)
        if blueprint.default_role is not None:
            self._set_default_role(blueprint.default_role)

    def _add_role(self, role: Role) -> None:
        self._session.add(role)
        self._session.flush()
        self._roles[role.name] = role

    def _register(self, bucket: BucketBlueprint) -> None:
        fields = BucketFields(
            title=bucket.title or bucket.name, browsable=bucket.browsable, relevance_score=bucket.relevance_score
        )
        buckets.insert(self._session, bucket.name, fields)

    def _create_role(self, role: RoleBlueprint) -> None:
        if role.arn is not None:
            self._roles[role.name] = roles.create_unmanaged(self._session, name=role.name, arn=role.arn)
            return
        unknown = [title for title in role.policies if title not in self._policy_ids]
        if unknown:
            raise BlueprintError(f"The role {role.name} names policies that the blueprint lacks: {', '.join(unknown)}.")
        self._roles[role.name] = roles.create_managed(
            self._session,
            self._iam,
            name=role.name,
            policy_ids=[self._policy_ids[title] for title in role.policies],
            maximum_policies=self._maximum,
        )

    def _create_user(self, blueprint: UserBlueprint) -> None:
        user = users.create(
            self._session,
            name=blueprint.name,
            email=blueprint.email,
            role=blueprint.role,
            extra_roles=blueprint.extra_roles,
            now=self._services.clock.now(),
        )
        user.is_admin, user.is_service = blueprint.admin, blueprint.service
        if blueprint.password is not None:
            password = blueprint.password.get_secret_value()
            if not passwords.is_acceptable(password):
                raise BlueprintError(f"The password of {blueprint.name} breaks the rule for passwords.")
            user.password_hash = passwords.hash_password(password)

    def _set_default_role(self, name: str) -> None:
        if name not in self._roles:
            raise BlueprintError(f"The default role {name} does not exist.")
        store_setting(self._session, SettingKey.DEFAULT_ROLE, self._roles[name].id)


def _stack_buckets(services: Services) -> list[BucketBlueprint]:
    settings = services.settings
    names = (settings.service_bucket, settings.analytics_bucket)
    return [BucketBlueprint(name=name, registered=False, versioned=False) for name in names]


def _create_in_s3(services: Services, bucket: BucketBlueprint) -> None:
    region = bucket.region or services.settings.region
    s3 = services.cloud.client("s3", region)
    if region == _DEFAULT_REGION:
        s3.create_bucket(Bucket=bucket.name)
    else:
        s3.create_bucket(Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_public_access_block(
        Bucket=bucket.name,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    if bucket.versioned:
        s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    if bucket.tags:
        tags = [{"Key": key, "Value": value} for key, value in bucket.tags.items()]
        s3.put_bucket_tagging(Bucket=bucket.name, Tagging={"TagSet": tags})


def _welcome_first_administrator(services: Services) -> None:
    with services.database.transaction() as session:
        user = session.scalars(select(User).where(User.name == _FIRST_USER.name)).one()
        link = accounts.create_link(session, services.clock, user.id, accounts.LinkPurpose.PASSWORD)
    services.mails.send_welcome(name=user.name, email=user.email, link=link)
