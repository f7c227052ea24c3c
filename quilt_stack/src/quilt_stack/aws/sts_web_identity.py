"""AssumeRoleWithWebIdentity asks the account's identity provider and the role's trust policy.

moto gives credentials of any role for any text. AWS (API reference of STS; IAM user guide, "Creating a role for web
identity or OpenID Connect federation") refuses a token whose issuer the account does not know, one for another
audience, one that has expired, and one whose subject the trust policy does not name.

Decision: the token's signature is not verified, because the keys of an issuer lie in a network that the stack does not
have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jwt
from moto.iam.models import OpenIDConnectProvider, iam_backends
from moto.sts.exceptions import STSClientError
from moto.sts.responses import TokenResponse

from quilt_stack.aws import iam_authorization, iam_errors, moto_state
from quilt_stack.aws.iam_policy import AccessRequest, Principal
from quilt_stack.patches import Patch

ACTION = f"sts:{iam_authorization.WITHOUT_KEYS}"
_NOT_AUTHORIZED = f"Not authorized to perform {ACTION}"

PATCH = Patch(
    __name__,
    "moto",
    reason="moto gives credentials of any role for any web identity token.",
    bodies={"moto.sts.responses:TokenResponse.assume_role_with_web_identity": "aa77b3531c10"},
    fence="tests/quilt_stack/aws/test_aws_web_identity.py::test_others_are_refused",
    until="moto asks the identity provider and the role's trust policy",
    needed="tests/upstream/test_moto.py::test_a_web_identity_that_nobody_vouches_for_is_refused",
)


def install() -> None:
    """Let moto look at the token before it gives credentials."""
    PATCH.replace(TokenResponse, "assume_role_with_web_identity", _checked)


class _RefusalError(STSClientError):
    """AWS's word for why no credentials are given, and its sentence."""


def _checked(assume: Callable[[TokenResponse], Any]) -> Callable[[TokenResponse], Any]:
    def checked(response: TokenResponse) -> Any:
        claims = _claims(response._get_param("WebIdentityToken") or "")
        provider = _provider(response.current_account, claims)
        if _audience(claims) not in provider.client_id_list:
            raise _RefusalError("InvalidIdentityToken", "Incorrect token audience")
        if not _is_trusted(response._get_param("RoleArn") or "", response.current_account, provider, claims):
            raise iam_errors.refusal(
                response.headers, "AccessDenied", "AccessDeniedException", _NOT_AUTHORIZED, status=403, json_status=400
            )
        return assume(response)

    return checked


def _claims(token: str) -> Mapping[str, Any]:
    try:
        claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise _RefusalError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.") from None
    if float(claims.get("exp", 0)) <= moto_state.epoch_seconds():
        raise _RefusalError("ExpiredTokenException", "Token expired")
    return claims


def _provider(account_id: str, claims: Mapping[str, Any]) -> OpenIDConnectProvider:
    issuer = str(claims.get("iss", ""))
    for provider in iam_backends[account_id]["aws"].open_id_providers.values():
        if _host_and_path(provider.url) == _host_and_path(issuer):
            return provider
    raise _RefusalError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")


def _is_trusted(role_arn: str, account_id: str, provider: OpenIDConnectProvider, claims: Mapping[str, Any]) -> bool:
    name = _host_and_path(provider.url).lower()
    context = {f"{name}:aud": [_audience(claims)], f"{name}:sub": [str(claims.get("sub", ""))]}
    federated = Principal(arn=provider.arn, account_id=account_id, federated=True)
    asked = AccessRequest(federated, ACTION, role_arn, context)
    return iam_authorization.role_trusts(iam_backends[account_id]["aws"], asked)


def _audience(claims: Mapping[str, Any]) -> str:
    return str(claims.get("aud", ""))


def _host_and_path(url: str) -> str:
    return url.removeprefix("https://").rstrip("/")
