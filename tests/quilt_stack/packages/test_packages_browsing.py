"""Browsing sessions (registry facts 1.6, 3.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from in_process_registry import ARCHIVE, DATA, READER, SECRET, WRITER, InProcessRegistry, unique_name

from quilt_stack.registry.browsing import (
    MAXIMUM_TTL_SECONDS,
    URL_LIFETIME_SECONDS,
    BrowsingForbiddenError,
    BrowsingNotFoundError,
    Scope,
    parse_scope,
)
from quilt_stack.registry.refusals import InvalidInputRefusal
from quilt_stack.settings import BrowseScope

SESSION = """__typename ... on BrowsingSession { id expires }
  ... on InvalidInput { errors { path name } } ... on OperationError { name }"""
CREATE = f"""mutation M($scope: String!, $ttl: Int! = 180) {{
  browsingSessionCreate(scope: $scope, ttl: $ttl) {{ {SESSION} }} }}"""
REFRESH = f"mutation M($id: ID!, $ttl: Int! = 180) {{ browsingSessionRefresh(id: $id, ttl: $ttl) {{ {SESSION} }} }}"
DISPOSE = """mutation M($id: ID!) { browsingSessionDispose(id: $id) {
  __typename ... on OperationError { name } } }"""
CONTENT = b"first,line\n"


@pytest.fixture(scope="module")
def package(registry: InProcessRegistry) -> tuple[str, str]:
    """A package and its top hash."""
    name = unique_name()
    return name, registry.push(name, {"a b/ä.csv": CONTENT})


@pytest.fixture(autouse=True)
def real_time(registry: InProcessRegistry) -> Iterator[None]:
    yield
    registry.clock.reset()


def create(registry: InProcessRegistry, scope: str, who: Any = WRITER, **variables: Any) -> Any:
    return registry.execute(CREATE, {"scope": scope, **variables}, who)["browsingSessionCreate"]


def scope_of(package: tuple[str, str], bucket: str = DATA) -> str:
    return f"quilt+s3://{bucket}#package={package[0]}@{package[1]}"


class TestResolving:
    def test_a_file_is_answered_with_a_url_to_its_very_version(
        self, registry: InProcessRegistry, package: tuple[str, str]
    ) -> None:
        session = create(registry, scope_of(package))["id"]
        registry.put(f"{package[0]}/a b/ä.csv", b"overwritten since")
        answer = requests.get(registry.browsing.resolve(session, "a b/ä.csv", WRITER), timeout=10)
        assert (answer.status_code, answer.content) == (200, CONTENT)

    @pytest.mark.parametrize("ahead", [0, 3600])
    def test_the_url_expires_by_the_deployments_clock(
        self, registry: InProcessRegistry, package: tuple[str, str], ahead: int
    ) -> None:
        registry.clock.advance(ahead)
        url = registry.browsing.resolve(create(registry, scope_of(package))["id"], "a b/ä.csv", WRITER)
        registry.clock.advance(URL_LIFETIME_SECONDS - 30)
        assert requests.get(url, timeout=10).status_code == 200
        registry.clock.advance(60)
        assert requests.get(url, timeout=10).status_code == 403

    @pytest.mark.parametrize("path", ["", "a b", "a b/", "missing", "../a"])
    def test_what_is_no_file_is_not_found(
        self, registry: InProcessRegistry, package: tuple[str, str], path: str
    ) -> None:
        session = create(registry, scope_of(package))["id"]
        with pytest.raises(BrowsingNotFoundError):
            registry.browsing.resolve(session, path, WRITER)

    def test_a_session_ends(self, registry: InProcessRegistry, package: tuple[str, str]) -> None:
        session = create(registry, scope_of(package), ttl=60)["id"]
        registry.clock.advance(61)
        with pytest.raises(BrowsingNotFoundError):
            registry.browsing.resolve(session, "a b/ä.csv", WRITER)

    def test_a_session_of_someone_else_is_forbidden(
        self, registry: InProcessRegistry, package: tuple[str, str]
    ) -> None:
        session = create(registry, scope_of(package))["id"]
        with pytest.raises(BrowsingForbiddenError):
            registry.browsing.resolve(session, "a b/ä.csv", READER)

    def test_an_unknown_session_is_not_found(self, registry: InProcessRegistry) -> None:
        with pytest.raises(BrowsingNotFoundError):
            registry.browsing.resolve("no-session", "a", WRITER)

    def test_files_in_buckets_that_are_closed_to_the_caller_stay_closed(self, registry: InProcessRegistry) -> None:
        name = unique_name()
        uri = registry.put("elsewhere", bucket=ARCHIVE)
        top_hash = registry.construct(name, [{"logicalKey": "x", "physicalKey": uri}])["revision"]["hash"]
        session = create(registry, scope_of((name, top_hash)), READER)["id"]
        with pytest.raises(BrowsingForbiddenError):
            registry.browsing.resolve(session, "x", READER)

    def test_a_tag_is_settled_when_the_session_opens(self, registry: InProcessRegistry) -> None:
        name = unique_name()
        registry.push(name, {"old.txt": b"old"})
        session = create(registry, f"quilt+s3://{DATA}#package={name}:latest")["id"]
        registry.push(name, {"new.txt": b"new"})
        assert requests.get(registry.browsing.resolve(session, "old.txt", WRITER), timeout=10).content == b"old"


class TestSessions:
    def test_refreshing_lets_it_live_on(self, registry: InProcessRegistry, package: tuple[str, str]) -> None:
        session = create(registry, scope_of(package), ttl=60)["id"]
        registry.clock.advance(50)
        assert registry.execute(REFRESH, {"id": session, "ttl": 60})["browsingSessionRefresh"]["id"] == session
        registry.clock.advance(50)
        assert registry.browsing.resolve(session, "a b/ä.csv", WRITER)

    def test_disposing_ends_it(self, registry: InProcessRegistry, package: tuple[str, str]) -> None:
        session = create(registry, scope_of(package))["id"]
        assert registry.execute(DISPOSE, {"id": session})["browsingSessionDispose"] == {"__typename": "Ok"}
        again = registry.execute(DISPOSE, {"id": session})["browsingSessionDispose"]
        assert again["name"] == "SessionNotFound"

    @pytest.mark.parametrize(
        ("query", "field"), [(REFRESH, "browsingSessionRefresh"), (DISPOSE, "browsingSessionDispose")]
    )
    def test_others_cannot_touch_it(
        self, registry: InProcessRegistry, package: tuple[str, str], query: str, field: str
    ) -> None:
        session = create(registry, scope_of(package))["id"]
        assert registry.execute(query, {"id": session}, READER)[field]["name"] == "OwnerMismatch"
        assert registry.execute(query, {"id": "none"})[field]["name"] == "SessionNotFound"

    @pytest.mark.parametrize("bucket", [SECRET, "no-such-bucket"])
    def test_the_bucket_has_to_be_readable(
        self, registry: InProcessRegistry, package: tuple[str, str], bucket: str
    ) -> None:
        assert create(registry, scope_of(package, bucket))["name"] == "BucketNotFound"

    def test_the_bucket_has_to_be_browsable(self, registry: InProcessRegistry, package: tuple[str, str]) -> None:
        registry.set_browsable(DATA, False)
        try:
            assert create(registry, scope_of(package))["name"] == "BucketNotBrowsable"
        finally:
            registry.set_browsable(DATA, True)

    @pytest.mark.parametrize("ttl", [0, -1, MAXIMUM_TTL_SECONDS + 1])
    def test_the_time_to_live_has_limits(self, registry: InProcessRegistry, package: tuple[str, str], ttl: int) -> None:
        assert create(registry, scope_of(package), ttl=ttl)["errors"][0]["path"] == "ttl"

    @pytest.mark.parametrize("revision", [f"dana/none@{'0' * 64}", "dana/none", "dana/none:latest"])
    def test_the_revision_has_to_be_there(self, registry: InProcessRegistry, revision: str) -> None:
        result = create(registry, f"quilt+s3://{DATA}#package={revision}")
        assert result["errors"] == [{"path": "scope", "name": "PackageNotFound"}]


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "expected"),
        [
            ("quilt+s3://bucket#package=a/b@abc", Scope("bucket", "a/b", "abc")),
            ("quilt+s3://bucket#package=a/b:tag", Scope("bucket", "a/b", "tag")),
            ("quilt+s3://bucket#package=a/b", Scope("bucket", "a/b", "latest")),
            ("quilt+s3://bucket#package=a%2Fb@abc&path=x%26y&catalog=c", Scope("bucket", "a/b", "abc")),
        ],
    )
    @pytest.mark.parametrize("accepted", list(BrowseScope))
    def test_the_catalogs_form(self, scope: str, expected: Scope, accepted: BrowseScope) -> None:
        assert parse_scope(scope, accepted) == expected

    def test_the_form_of_quilt_mcp_is_accepted_if_lenient(self) -> None:
        scope = "s3://bucket#package=a/b&hash=abc"
        assert parse_scope(scope, BrowseScope.LENIENT) == Scope("bucket", "a/b", "abc")
        with pytest.raises(InvalidInputRefusal):
            parse_scope(scope, BrowseScope.STRICT)

    @pytest.mark.parametrize(
        "scope",
        [
            "",
            "quilt+s3://bucket",
            "quilt+s3://bucket#package=",
            "quilt+s3://bucket#package=a",
            "quilt+s3://bucket#package=a/b@",
            "quilt+s3://bucket#path=x",
            "quilt+s3://bucket#package=a/b@abc&other=1",
            "quilt+s3://bucket#package=a/b@abc&package=c/d@abc",
            "quilt+s3://#package=a/b@abc",
            "s3://bucket#package=a/b",
            "https://bucket#package=a/b@abc",
        ],
    )
    @pytest.mark.parametrize("accepted", list(BrowseScope))
    def test_anything_else_is_refused(self, scope: str, accepted: BrowseScope) -> None:
        with pytest.raises(InvalidInputRefusal):
            parse_scope(scope, accepted)
