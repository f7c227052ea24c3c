"""On whose behalf a query reads and writes: Athena has no rights of its own, the caller's decide."""

from __future__ import annotations

from dataclasses import dataclass

from moto.iam.access_control import IAMRequestBase

from quilt_stack.aws.iam_authorization import is_permitted, principal_of
from quilt_stack.aws.s3_permissions import Permission, bucket_permission, object_permission


@dataclass(frozen=True)
class AWSCaller:
    """The identity behind a request; ``role_arn`` is set for a session of an assumed role."""

    arn: str
    role_arn: str | None
    request: IAMRequestBase

    @classmethod
    def of(cls, request: IAMRequestBase) -> AWSCaller:
        """The sender of a request that moto has authenticated."""
        principal = principal_of(request)
        return cls(principal.arn, principal.role_arn, request)

    def may(self, action: str, resource: str) -> bool:
        """Whether IAM allows an action (``glue:GetTable``) on a resource's ARN."""
        return is_permitted(self.request, Permission(action, resource))

    def may_list(self, bucket: str) -> bool:
        """Whether the caller may list a bucket."""
        return is_permitted(self.request, bucket_permission("ListBucket", bucket))

    def may_read(self, bucket: str, key: str, version_id: str | None = None) -> bool:
        """Whether the caller may read an object, or one of its versions."""
        return is_permitted(self.request, object_permission("GetObject", bucket, key, version_id))

    def may_write(self, bucket: str, key: str) -> bool:
        """Whether the caller may store an object."""
        return is_permitted(self.request, object_permission("PutObject", bucket, key))
