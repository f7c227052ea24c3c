"""The evaluation of policy documents by itself: statements, patterns, conditions."""

from __future__ import annotations

import fnmatch
from typing import Any

import pytest
from aws_callers import allow, deny, document
from hypothesis import given
from hypothesis import strategies as st

from quilt_stack.aws.iam_conditions import PolicyError, conditions_hold, matches_pattern
from quilt_stack.aws.iam_policy import AccessRequest, Decision, Principal, evaluate

SESSION = Principal(
    "arn:aws:sts::123456789012:assumed-role/reader/dana", "123456789012", "arn:aws:iam::123456789012:role/reader"
)
ALLOW, DENY, NEUTRAL = Decision.ALLOW, Decision.DENY, Decision.NEUTRAL


def ask(action: str = "s3:GetObject", resource: str = "arn:aws:s3:::b/key", **context: str) -> AccessRequest:
    keys = {name.replace("__", ":").replace("_", "-").lower(): (value,) for name, value in context.items()}
    return AccessRequest(SESSION, action, resource, keys)


@pytest.mark.parametrize(
    ("statements", "request_", "decision"),
    [
        ([allow("s3:GetObject", "arn:aws:s3:::b/*")], ask(), ALLOW),
        ([allow("S3:getobject", "*")], ask(), ALLOW),
        ([allow("s3:Get*", "arn:aws:s3:::b/k?y")], ask(), ALLOW),
        ([allow("s3:GetObject", "arn:aws:s3:::B/*")], ask(), NEUTRAL),
        ([allow("s3:PutObject", "*")], ask(), NEUTRAL),
        ([allow(["s3:List*", "s3:Get*"], ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"])], ask(), ALLOW),
        ([allow("*", "*"), deny("s3:GetObject", "arn:aws:s3:::b/key")], ask(), DENY),
        ([allow("*", "*"), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::a/*"}], ask(), DENY),
        ([allow("*", "*"), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::b/*"}], ask(), ALLOW),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], ask(), ALLOW),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], ask(), NEUTRAL),
        ([allow("s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalAccount}/*")], ask(), NEUTRAL),
        (
            [allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*")],
            ask(resource="arn:aws:s3:::b/dana/x", aws__username="dana"),
            ALLOW,
        ),
        (
            [allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*")],
            ask(resource="arn:aws:s3:::b/lee/x", aws__username="*"),
            NEUTRAL,
        ),
        (
            [allow("*", "*", Condition={"Bool": {"aws:SecureTransport": "false"}})],
            ask(aws__secureTransport="true"),
            NEUTRAL,
        ),
    ],
)
def test_statements(statements: list[Any], request_: AccessRequest, decision: Decision) -> None:
    assert evaluate(document(*statements), request_) is decision


def test_an_old_policy_version_knows_no_variables() -> None:
    old = document(allow("*", "arn:aws:s3:::b/${aws:username}")).replace("2012-10-17", "2008-10-17")
    assert evaluate(old, ask(resource="arn:aws:s3:::b/${aws:username}", aws__username="dana")) is ALLOW


@pytest.mark.parametrize(
    ("principal", "decision"),
    [
        ({"Principal": "*"}, ALLOW),
        ({"Principal": {"AWS": "*"}}, ALLOW),
        ({"Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}}, ALLOW),
        ({"Principal": {"AWS": "123456789012"}}, ALLOW),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"}}, ALLOW),
        ({"Principal": {"AWS": "arn:aws:sts::123456789012:assumed-role/reader/dana"}}, ALLOW),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:role/other"}}, NEUTRAL),
        ({"Principal": {"Service": "s3.amazonaws.com"}}, NEUTRAL),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/reader"}}, NEUTRAL),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/other"}}, ALLOW),
        ({}, NEUTRAL),
    ],
)
def test_principals(principal: dict[str, Any], decision: Decision) -> None:
    assert evaluate(document(allow("*", "*", **principal)), ask(), for_principal=True) is decision


CONTEXT = {
    "s3:prefix": ("team/a",),
    "aws:sourceip": ("127.0.0.1",),
    "s3:max-keys": ("10",),
    "aws:currenttime": ("2026-05-01T00:00:00+00:00",),
    "aws:principalarn": ("arn:aws:iam::123456789012:role/reader",),
    "aws:tagkeys": ("one", "two"),
}


@pytest.mark.parametrize(
    ("operator", "key", "expected", "holds"),
    [
        ("StringEquals", "s3:prefix", "team/a", True),
        ("StringEquals", "S3:PREFIX", ["x", "team/a"], True),
        ("StringEquals", "s3:prefix", "team/*", False),
        ("StringNotEquals", "s3:prefix", ["x", "team/a"], False),
        ("StringEqualsIgnoreCase", "s3:prefix", "TEAM/A", True),
        ("StringLike", "s3:prefix", "team/*", True),
        ("StringNotLike", "s3:prefix", "team/*", False),
        ("StringEquals", "s3:delimiter", "/", False),
        ("StringNotEquals", "s3:delimiter", "/", True),
        ("StringEqualsIfExists", "s3:delimiter", "/", True),
        ("StringEqualsIfExists", "s3:prefix", "other", False),
        ("Null", "s3:delimiter", "true", True),
        ("Null", "s3:prefix", True, False),
        ("NumericLessThanEquals", "s3:max-keys", 10, True),
        ("NumericGreaterThan", "s3:max-keys", "10", False),
        ("NumericEquals", "s3:max-keys", "10.0", True),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "127.0.0.0/8"], True),
        ("NotIpAddress", "aws:SourceIp", "127.0.0.1", False),
        ("DateLessThan", "aws:CurrentTime", "2026-06-01T00:00:00Z", True),
        ("DateGreaterThan", "aws:CurrentTime", "2026-06-01", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:*", False),
        ("ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/other", True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["two", "three"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["two", "three"], False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["one", "two"], True),
        ("ForAllValues:StringEquals", "aws:Absent", "one", True),
        ("ForAnyValue:StringEquals", "aws:Absent", "one", False),
    ],
)
def test_conditions(operator: str, key: str, expected: Any, holds: bool) -> None:
    assert conditions_hold({operator: {key: expected}}, CONTEXT) is holds


@pytest.mark.parametrize(
    "condition",
    [
        {"StringResembles": {"s3:prefix": "x"}},
        {"ForSomeValues:StringEquals": {"s3:prefix": "x"}},
        {"NumericEquals": {"s3:prefix": "x"}},
        {"DateEquals": {"aws:CurrentTime": "soon"}},
        {"IpAddress": {"aws:SourceIp": "everywhere"}},
    ],
)
def test_a_condition_that_cannot_be_evaluated_is_an_error(condition: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        conditions_hold(condition, CONTEXT)


@given(st.text("ab*?/", max_size=8), st.text("ab/", max_size=8))
def test_wildcards_are_those_of_the_shell(pattern: str, value: str) -> None:
    assert matches_pattern(pattern, value) is fnmatch.fnmatchcase(value, pattern)


@given(st.text(max_size=20))
def test_text_without_wildcards_matches_itself_alone(text: str) -> None:
    plain = text.replace("*", "").replace("?", "")
    assert matches_pattern(plain, plain)
    assert not matches_pattern(plain, plain + "x")
