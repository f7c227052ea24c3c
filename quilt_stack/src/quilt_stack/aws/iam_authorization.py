"""Puts the policy evaluation of this package in the place of moto's, and asks it for all that a request needs.

The evaluation follows AWS's "Policy evaluation logic": an explicit Deny anywhere refuses; within an account either an
identity policy or the bucket policy must allow, across accounts both; a session policy must allow as well.

Decision: a bucket that does not exist is told to every caller as NoSuchBucket (404), whatever their policies say,
because nobody owns it who could refuse; CreateBucket is asked for as usual.

Decision: permission boundaries, service control policies and the ``PolicyArns`` of AssumeRole are not evaluated,
because no Quilt stack that is known here uses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam import access_control
from moto.iam.access_control import CreateAccessKeyFailure, IAMRequest, IAMRequestBase, S3IAMRequest
from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, Policy
from moto.s3.models import FakeBucket
from moto.sts.responses import TokenResponse

from quilt_stack.aws import glue_resources, iam_errors, moto_state, sts_sessions
from quilt_stack.aws.iam_conditions import Context
from quilt_stack.aws.iam_context import request_context, request_query
from quilt_stack.aws.iam_policy import (
    ANONYMOUS,
    AccessRequest,
    Decision,
    Principal,
    evaluate,
    evaluate_all,
)
from quilt_stack.aws.identity import ANONYMOUS_ACCESS_KEY_ID, is_asserted
from quilt_stack.aws.s3_permissions import Permission, bucket_permission, required_permissions
from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "moto",
    reason="moto counts most conditions as true, lets ended sessions in, and knows no session policies.",
    bodies={
        "moto.iam.access_control:create_access_key": "0f475b6e04f7",
        "moto.iam.access_control:IAMRequestBase.__init__": "74c900cd0f79",
        "moto.iam.access_control:IAMRequestBase.check_signature": "451809776ef9",
        "moto.iam.access_control:IAMRequestBase.check_action_permitted": "07122e823c27",
        "moto.core.authorization:ActionAuthenticatorMixin._authenticate_and_authorize_action": "0a009ca0670b",
        "moto.s3.models:FakeBucket.get_permission": "dcb167acc131",
    },
    fence="tests/quilt_stack/aws/test_aws_access.py::test_a_condition_limits_listing_to_a_prefix",
    until="moto evaluates policies as AWS documents it",
    needed="tests/upstream/test_moto.py::test_a_condition_that_does_not_hold_gives_no_permission",
)

WITHOUT_KEYS = "AssumeRoleWithWebIdentity"
"""The action that is asked for with a token of an identity provider instead."""


def install() -> None:
    """Replace how moto finds the caller, checks its signature and decides; S3 is asked through ``check`` too."""
    PATCH.replace(access_control, "create_access_key", _identified)
    PATCH.replace(IAMRequestBase, "check_signature", _verified)
    PATCH.replace(IAMRequestBase, "check_action_permitted", _checked)
    PATCH.replace(ActionAuthenticatorMixin, "_authenticate_and_authorize_action", _remembered)
    # moto asks the bucket policy a second time, without knowing who the caller is; the check above has done it.
    PATCH.replace(FakeBucket, "get_permission", _neutral)


@dataclass(frozen=True)
class _AnonymousKey:
    """Stands where moto keeps a caller's access key."""

    arn: str = ANONYMOUS.arn

    def collect_policies(self) -> list[str]:
        return []


def is_permitted(request: IAMRequestBase, permission: Permission) -> bool:
    """Whether the caller of a request that moto has authenticated has a permission."""
    principal = principal_of(request)
    access = AccessRequest(principal, permission.action, permission.resource, _context(request, principal))
    identity = evaluate_all(_identity_policies(request), access)
    bucket = _bucket_of(permission.resource)
    resource = _bucket_decision(bucket, access)
    session = _session_decision(request, access)
    if Decision.DENY in (identity, resource, session) or session is Decision.NEUTRAL:
        return False
    allowed = (identity is Decision.ALLOW, resource is Decision.ALLOW)
    foreign = bucket is not None and principal != ANONYMOUS and bucket.account_id != principal.account_id
    return all(allowed) if foreign else any(allowed)


def _bucket_decision(bucket: FakeBucket | None, access: AccessRequest) -> Decision:
    if bucket is None or not bucket.policy:
        return Decision.NEUTRAL
    return evaluate(bucket.policy.decode(), access, for_principal=True)


def _session_decision(request: IAMRequestBase, access: AccessRequest) -> Decision:
    """ALLOW where there is no session policy, because then nothing is taken away."""
    session = moto_state.find_session(_access_key_id(request))
    if session is None or not session.policy:
        return Decision.ALLOW
    return evaluate(session.policy, access)


def _identity_policies(request: IAMRequestBase) -> list[str]:
    try:
        policies: list[Any] = list(request._access_key.collect_policies())
    except NotFoundException:
        return []  # the role is gone, and its permissions with it
    return [_document(policy) for policy in policies]


def _document(policy: Policy | Mapping[str, str] | str) -> str:
    """moto hands out managed policies as objects, a user's inline policies as mappings and a role's as text."""
    if isinstance(policy, Policy):
        return str(next(version.document for version in policy.versions if version.is_default))
    return policy if isinstance(policy, str) else policy["policy_document"]


def principal_of(request: IAMRequestBase) -> Principal:
    """Who sends a request that moto has authenticated."""
    key: Any = request._access_key
    if isinstance(key, _AnonymousKey):
        return ANONYMOUS
    session = moto_state.find_session(_access_key_id(request))
    return Principal(key.arn, request.account_id, session.role_arn if session is not None else None)


def _access_key_id(request: IAMRequestBase) -> str:
    return str(getattr(request._access_key, "_access_key_id", ANONYMOUS_ACCESS_KEY_ID))


def _context(request: IAMRequestBase, principal: Principal) -> Context:
    return request_context(request._path, request._headers, request._data, request._region, principal)


def _bucket_of(resource: str) -> FakeBucket | None:
    prefix = "arn:aws:s3:::"
    return moto_state.find_bucket(resource.removeprefix(prefix).split("/")[0]) if resource.startswith(prefix) else None


def _checked(_original: Any) -> Any:
    def check_action_permitted(self: IAMRequestBase, resource: str) -> None:
        if self._action == "sts:GetCallerIdentity":
            return  # allowed to everybody, whatever a policy says
        for permission in _needed(self, resource):
            if not is_permitted(self, permission) or not _is_trusted(self, permission):
                self._action, self.denied_resource = permission.action, permission.resource  # type: ignore[attr-defined]
                self._raise_access_denied()

    return check_action_permitted


def _needed(request: IAMRequestBase, resource: str) -> list[Permission]:
    service, _, operation = request._action.partition(":")
    if service == "glue":
        found = glue_resources.resources(operation, request._body, request.account_id, request._region)
        return [Permission(request._action, each) for each in found]
    if not isinstance(request, S3IAMRequest):
        return [Permission(request._action, resource)]
    bucket, _, key = resource.split(":::", 1)[1].partition("/")
    bucket = "" if bucket == "*" else bucket
    if bucket and moto_state.find_bucket(bucket) is None and (key or request._method != "PUT"):
        return []  # moto answers NoSuchBucket
    query = request_query(request._path)
    needed = required_permissions(request._method, bucket, key, query, request._headers)
    if _is_missing(request._method, bucket, key, query):
        # S3 tells only those who may list a bucket that a key is not there; the others get 403.
        needed.append(bucket_permission("ListBucket", bucket))
    return needed


def _is_missing(method: str, bucket_name: str, key: str, query: Mapping[str, str]) -> bool:
    if method not in ("GET", "HEAD") or not key or {"versionId", "uploadId"} & query.keys():
        return False
    bucket = moto_state.find_bucket(bucket_name)
    return bucket is not None and key not in bucket.keys


def _is_trusted(request: IAMRequestBase, permission: Permission) -> bool:
    """A role can be assumed only by those whom its trust policy names; moto lets pass roles that do not exist."""
    if permission.action != "sts:AssumeRole":
        return True
    principal = principal_of(request)
    access = AccessRequest(principal, permission.action, permission.resource, _context(request, principal))
    return role_trusts(request.backend, access)


def role_trusts(backend: IAMBackend, access: AccessRequest) -> bool:
    """Whether the role that the request is for trusts who asks; a role that is not there trusts nobody."""
    try:
        role = backend.get_role_by_arn(access.resource)
    except NotFoundException:
        return False
    return evaluate(role.assume_role_policy_document, access, for_principal=True) is Decision.ALLOW


def _identified(original: Any) -> Any:
    def create_access_key(account_id: str, partition: str, access_key_id: str, headers: Mapping[str, str]) -> Any:
        if access_key_id == ANONYMOUS_ACCESS_KEY_ID and is_asserted(headers):
            return _AnonymousKey()
        key = original(account_id, partition, access_key_id, headers)
        session = moto_state.find_session(access_key_id)
        if session is not None and sts_sessions.is_expired(session):
            raise CreateAccessKeyFailure(reason=iam_errors.EXPIRED)
        return key

    return create_access_key


def _verified(original: Any) -> Any:
    def check_signature(self: IAMRequestBase) -> None:
        if is_asserted(self._headers):
            return
        signed_headers = self._get_string_between("SignedHeaders=", ",", self._headers["Authorization"]).split(";")
        if "x-amz-date" not in signed_headers:
            self._raise_signature_does_not_match()  # moto takes the date for granted and fails without it
        original(self)

    return check_signature


def _remembered(original: Any) -> Any:
    """Keep the authenticated request on moto's response object, for repairs that must ask about more resources."""

    def authenticate_and_authorize(self: Any, iam_request_class: type, resource: str = "*") -> None:
        if isinstance(self, TokenResponse) and self._get_action() == WITHOUT_KEYS:
            return  # the token that it brings is looked at instead (sts_web_identity)
        if "Authorization" not in self.headers:
            message = "Request is missing Authentication Token"
            code = "MissingAuthenticationToken"
            raise iam_errors.refusal(self.headers, code, f"{code}Exception", message, status=403, json_status=400)

        def request_on_record(**arguments: Any) -> IAMRequest:
            self.iam_request = iam_request_class(**arguments)
            return self.iam_request  # type: ignore[no-any-return]

        original(self, request_on_record, resource)

    return authenticate_and_authorize


def _neutral(_original: Any) -> Any:
    return lambda self, action, resource: access_control.PermissionResult.NEUTRAL
