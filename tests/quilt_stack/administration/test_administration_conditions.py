"""A stack whose subscription has ended, or whose mails nobody takes (registry facts 1.3, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import quilt3.admin.buckets as buckets
import quilt3.admin.users as users
import requests
from quilt3.admin.exceptions import Quilt3AdminError
from running_registry import Person, operator_client

from quilt_stack.registry.conditions import Conditions

Unique = Callable[[str], str]


def post(person: Person, path: str, **body: object) -> requests.Response:
    return requests.post(f"{person.deployment.registry_url}{path}", json=body, timeout=30)


@pytest.fixture
def no_subscription(ada: Person) -> Iterator[None]:
    assert not ada.deployment.control.set_conditions(subscription_valid=False).subscription_valid
    yield
    assert ada.deployment.control.set_conditions(subscription_valid=True) == Conditions()


@pytest.fixture
def no_mail(ada: Person) -> Iterator[None]:
    ada.deployment.control.set_conditions(mail_accepted=False)
    yield
    ada.deployment.control.set_conditions(mail_accepted=True)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Quilt3AdminError) as caught:
        call()
    return str(caught.value.details.name)


def test_without_a_subscription_nobody_comes_in_anew(ada: Person, unique: Unique, no_subscription: None) -> None:
    name = unique("late")
    assert refused(lambda: users.create(name, f"{name}@example.com", "viewer")) == "SubscriptionInvalid"
    assert users.get(name) is None
    for path, body in (
        ("/api/login", {"username": "ada", "password": "ada's password"}),
        ("/api/register", {"username": name, "email": f"{name}@example.com", "password": "long enough"}),
    ):
        answer = post(ada, path, **body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "SubscriptionInvalid")
    assert users.get(name) is None
    assert ada.credentials().status_code == 200, "who is in stays in"


def test_without_a_subscription_no_bucket_is_added(ada: Person, unique: Unique, no_subscription: None) -> None:
    name = unique("bucket").replace("_", "-")
    operator_client(ada.deployment, "s3").create_bucket(Bucket=name)
    with pytest.raises(Quilt3AdminError, match="Invalid subscription"):
        buckets.add(name, "Late")
    assert buckets.get(name) is None


def test_mails_that_nobody_takes_are_told_to_the_administrator(ada: Person, unique: Unique, no_mail: None) -> None:
    name = unique("unmailed")
    assert refused(lambda: users.create(name, f"{name}@example.com", "viewer")) == "MailSendError"
    assert users.get(name) is not None, "the user was made"
    assert refused(lambda: users.reset_password(name)) == "MailSendError"
    assert ada.deployment.control.mails(f"{name}@example.com") == []


def test_mails_that_nobody_takes_are_told_to_those_who_wait_for_them(
    ada: Person, unique: Unique, no_mail: None
) -> None:
    name = unique("unmailed")
    email = f"{name}@example.com"
    answer = post(ada, "/api/register", username=name, email=email, password="long enough")
    assert answer.status_code == 500
    assert re.search("SMTP.*invalid", answer.json()["message"])
    users.set_active(name, True)
    answer = post(ada, "/api/reset_password", email=email)
    assert answer.status_code == 500
    assert re.search("SMTP.*invalid", answer.json()["message"])
