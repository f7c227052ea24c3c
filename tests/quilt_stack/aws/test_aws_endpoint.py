"""Starting, stopping and wrapping the AWS endpoint."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable
from pathlib import Path

import pytest
import requests
from aws_callers import settings

from quilt_stack.aws import repairs
from quilt_stack.aws.cloud import Cloud
from quilt_stack.clock import Clock
from quilt_stack.wire.wsgi import (
    CONNECTION_SOCKET,
    StartResponse,
    WSGIApplication,
    WSGIEnvironment,
)


def test_a_stopped_cloud_leaves_nothing_to_the_next_one(tmp_path: Path) -> None:
    first = Cloud(settings(tmp_path), Clock())
    first.start()
    first.client("s3").create_bucket(Bucket="left-behind")
    first.stop()
    second = Cloud(settings(tmp_path), Clock())
    second.start()
    try:
        assert second.client("s3").list_buckets()["Buckets"] == []
        assert second.operator_access_key_id != first.operator_access_key_id
        with pytest.raises(requests.ConnectionError):
            requests.get(first.url, timeout=2)
    finally:
        second.stop()


def test_a_second_cloud_in_the_process_is_refused(tmp_path: Path) -> None:
    first = Cloud(settings(tmp_path), Clock())
    first.start()
    try:
        with pytest.raises(RuntimeError, match="stop it first"):
            Cloud(settings(tmp_path), Clock()).start()
    finally:
        first.stop()


def test_a_taken_port_is_an_error_and_can_be_tried_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        cloud = Cloud(settings(tmp_path, aws_port=taken.getsockname()[1]), Clock())
        with pytest.raises(OSError, match="in use"):
            cloud.start()
    cloud.start()
    cloud.stop()


def test_clients_are_shared_for_each_service_and_region(tmp_path: Path) -> None:
    cloud = Cloud(settings(tmp_path, region="eu-west-1"), Clock())
    cloud.start()
    try:
        assert cloud.client("s3") is cloud.client("s3", "eu-west-1")
        assert cloud.client("s3") is not cloud.client("s3", "us-east-1")
        assert cloud.client("sts").get_caller_identity()["Arn"].endswith(":user/operator")
    finally:
        cloud.stop()


def test_another_account_can_be_chosen(tmp_path: Path) -> None:
    cloud = Cloud(settings(tmp_path, account_id="999988887777"), Clock())
    cloud.start()
    try:
        assert cloud.client("sts").get_caller_identity()["Account"] == "999988887777"
        cloud.client("s3").create_bucket(Bucket="elsewhere")
        assert cloud.client("s3").head_bucket(Bucket="elsewhere")
    finally:
        cloud.stop()


def test_the_wrapping_middleware_sees_requests_before_all_others(tmp_path: Path) -> None:
    seen: list[tuple[str, bool]] = []

    def refuse_everything(_application: WSGIApplication) -> WSGIApplication:
        def refused(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            seen.append((environ["RAW_URI"], isinstance(environ[CONNECTION_SOCKET], socket.socket)))
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]

        return refused

    cloud = Cloud(settings(tmp_path), Clock(), wrap=refuse_everything)
    cloud.start()
    try:
        assert requests.get(f"{cloud.url}/a%2Fb?X-Amz-Signature=none", timeout=5).status_code == 503
    finally:
        cloud.stop()
    assert seen == [("/a%2Fb?X-Amz-Signature=none", True)]


def test_a_failure_inside_is_logged_with_its_traceback(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_application: WSGIApplication) -> WSGIApplication:
        def fail(_environ: WSGIEnvironment, _start_response: StartResponse) -> Iterable[bytes]:
            raise LookupError("broken on purpose")

        return fail

    cloud = Cloud(settings(tmp_path), Clock(), wrap=broken)
    cloud.start()
    try:
        with caplog.at_level(logging.ERROR):
            assert requests.get(cloud.url, timeout=5).status_code == 500
    finally:
        cloud.stop()
    assert "broken on purpose" in caplog.text


def test_repairs_are_installed_once() -> None:
    repairs.install(Clock())
    before = [vars(module) for module in (repairs.s3_events.S3Backend, repairs.iam_authorization.IAMRequestBase)]
    snapshot = [dict(names) for names in before]
    repairs.install(Clock())
    assert [dict(names) for names in before] == snapshot
