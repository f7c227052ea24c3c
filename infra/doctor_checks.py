"""What the doctor looks at: settings, catalog, clocks, tokens, users, AWS, buckets, Athena, data and baseline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from data.baseline import BASELINE
from data.datasets.dataset_list import DATASETS
from environment.errors import SuiteError
from environment.modes import Mode
from environment.observers.storage import StorageObserver
from environment.settings import DESCRIBED_IN, REMOTE_REGION, token_variable
from environment.targets.aws_failures import FORBIDDEN, aws_refusals_in_words
from environment.targets.marks import (
    MissingBucketError,
    account_of,
    must_be_test_account,
    must_be_test_bucket,
    must_be_test_catalog,
)
from infra.doctor import Check, Note
from infra.doctor_aws_checks import AWS_CHECKS
from infra.live_environment import ACCOUNTS, LiveEnvironment, renew

_REQUIRED = ("catalog_url", "jwt_token", "admin_jwt_token", "readonly_jwt_token", "service_jwt_token")
_SOON = timedelta(days=7)
_WRONG_BY = timedelta(minutes=5)  # from there on AWS refuses signatures
_NOTED_BY = timedelta(seconds=30)


class WrongBucketError(SuiteError):
    """The bucket is a test environment's, but not as the template makes it."""


def _settings(live: LiveEnvironment) -> str:
    missing = []
    for name in _REQUIRED:
        try:
            live.settings.require(name)
        except SuiteError:
            missing.append(f"QUILT_TEST_{name.upper()}")
    if missing:
        what = "is not set" if len(missing) == 1 else "are not set"
        raise SuiteError(
            "Read the settings", f"{', '.join(missing)} {what}", f"Set them in .env.test; {DESCRIBED_IN} describes them"
        )
    return "everything that is needed is set"


def _catalog(live: LiveEnvironment) -> str:
    configuration = live.configuration
    return f"{live.catalog_url} answers; its registry is {configuration['registryUrl']}"


def _catalog_mark(live: LiveEnvironment) -> str:
    must_be_test_catalog(live.catalog_url, live.settings.allowed("catalogs"))
    return "QUILT_TEST_ALLOWED_CATALOGS names the catalog"


def _region(live: LiveEnvironment) -> str:
    wanted, found = live.settings.aws_region, str(live.configuration["region"])
    if wanted != found:
        raise SuiteError(
            "Compared the regions", f"AWS_REGION is {wanted}, the catalog is in {found}", f"Set AWS_REGION={found}"
        )
    return f"catalog and settings agree on {found}"


def _tokens(live: LiveEnvironment) -> str:
    now = datetime.now(UTC)
    ends = {}
    for account in ACCOUNTS:
        end = live.claims(account).get("exp")
        if end is not None:
            ends[account] = datetime.fromtimestamp(float(end), UTC)
    for account, end in ends.items():
        if end <= now:
            raise SuiteError(f"Read {token_variable(account)}", f"the token expired on {end:%Y-%m-%d}", renew(account))
    for account, end in ends.items():
        if end - now < _SOON:
            expiry = f"the token expires on {end:%Y-%m-%d %H:%M} UTC"
            raise Note(f"Read {token_variable(account)}", expiry, renew(account))
    return f"good until {min(ends.values()):%Y-%m-%d} at least" if ends else "without an end"


def _local_sign_in(live: LiveEnvironment) -> str:
    live.exchange_token("user")
    return "quilt3's way of signing in is open"


def _multiuser_identity(live: LiveEnvironment) -> str:
    for account in ACCOUNTS:
        expected, found = live.accounts.user_name(account), str(live.me(account)["name"])
        if found != expected:
            raise SuiteError(
                f"Asked whose {token_variable(account)} is", f"it is of {found}, not of {expected}", renew(account)
            )
    for account in ACCOUNTS:
        name, wanted, email = (
            live.accounts.user_name(account),
            live.accounts.email(account),
            str(live.me(account)["email"]),
        )
        if email != wanted:
            raise Note(
                f"Asked for the address of {name}",
                f"it is {email}, not {wanted}",
                "Run 'acceptance users create --target live', which changes it, or set its QUILT_TEST_…_EMAIL",
            )
    return f"each token is of its user: {', '.join(live.accounts.user_name(account) for account in ACCOUNTS)}"


def _administrator(live: LiveEnvironment) -> str:
    name = live.me("admin")["name"]
    if not live.me("admin")["isAdmin"]:
        raise SuiteError(
            f"Asked for the rights of {name}",
            f"{name} is not an administrator",
            "Let an administrator run 'acceptance users create --target live', with their token as admin token",
        )
    return f"{name} is an administrator"


def _user_credentials(live: LiveEnvironment) -> str:
    user = live.accounts.user_name("user")
    with aws_refusals_in_words(f"Opened AWS as {user}"):
        session = live.user_credentials("user")
        s3 = session.client("s3", region_name=live.settings.aws_region, endpoint_url=live.settings.aws_endpoint_url)
    for bucket in (live.buckets.data, live.buckets.packages):
        with aws_refusals_in_words(
            f"Listed the bucket {bucket} as {user}, with the credentials that the registry gives"
        ):
            s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
    return f"{user} gets AWS credentials, which read the data and packages buckets"


def _aws(live: LiveEnvironment) -> str:
    number, who = account_of(live.client("sts"))
    return f"account {number}, as {who}"


def _account_mark(live: LiveEnvironment) -> str:
    number, _ = account_of(live.client("sts"))
    must_be_test_account(number, live.settings.allowed("accounts"))
    return f"QUILT_TEST_ALLOWED_ACCOUNTS names {number}"


def _bucket_check(kind: str, *, versioned: bool) -> Check[LiveEnvironment]:
    def look(live: LiveEnvironment) -> str:
        return _bucket(live, kind, live.settings.aws_region, versioned=versioned)

    return Check(f"{kind} bucket", look, needs=("AWS",))


def _further_bucket_check(kind: str, region: str | None = None) -> Check[LiveEnvironment]:
    """Without it a few scenarios fail; if it is there and not marked, no run begins."""

    def look(live: LiveEnvironment) -> str:
        try:
            return _bucket(live, kind, region or live.settings.aws_region, versioned=True)
        except (MissingBucketError, WrongBucketError) as error:
            came_back = f"{error.came_back}; the few scenarios that need it will fail"
            raise Note(error.tried, came_back, "Deploy further-bucket.yaml as infra/README.md says") from error

    return Check(f"{kind} bucket", look, needs=("AWS",))


def _bucket(live: LiveEnvironment, kind: str, wanted_region: str, *, versioned: bool) -> str:
    """Look at one bucket.

    Raises:
        MissingBucketError: if there is none.
        WrongBucketError: if it lies elsewhere, or keeps versions where it should not, or the other way round.
        SuiteError: if it is not marked as a test environment, or AWS refuses.
    """
    bucket, s3 = str(getattr(live.buckets, kind)), live.client("s3", wanted_region)
    must_be_test_bucket(s3, bucket, live.settings.allowed("buckets"))
    with aws_refusals_in_words(f"Looked into the bucket {bucket}"):
        region = s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
        status = s3.get_bucket_versioning(Bucket=bucket).get("Status")
        s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
    tried = f"Looked at the bucket {bucket}"
    if region != wanted_region:
        raise WrongBucketError(
            tried, f"it is in {region}, not in {wanted_region}", "Set AWS_REGION, or name another bucket"
        )
    if (status == "Enabled") is not versioned:
        wanted = "versioned" if versioned else "not versioned"
        raise WrongBucketError(tried, f"it should be {wanted}", "Deploy the template of infra/README.md again")
    return f"{bucket} is there, marked as a test environment, in {region}, as it should be"


def _workgroup(live: LiveEnvironment) -> str:
    name, wanted = live.settings.workgroup, f"s3://{live.buckets.scratch}/"
    tried = f"Looked at the Athena workgroup {name}"
    with aws_refusals_in_words(tried):
        try:
            group = live.client("athena").get_work_group(WorkGroup=name)["WorkGroup"]
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in FORBIDDEN | {"InvalidRequestException"}:
                raise
            advice = "Set QUILT_TEST_WORKGROUP to the template's, the only one that its role may look at"
            raise SuiteError(tried, f"AWS answered {code}", advice) from error
    results = str(group["Configuration"].get("ResultConfiguration", {}).get("OutputLocation", "nowhere"))
    if not results.startswith(wanted):
        raise SuiteError(
            tried, f"its results go to {results}, not to {wanted}", "Deploy the template of infra/README.md again"
        )
    return f"the workgroup {name} keeps its results in {results}"


def _reference_data(live: LiveEnvironment) -> str:
    bucket = live.buckets.data
    with aws_refusals_in_words(f"Listed the bucket {bucket}"):
        found = StorageObserver(live.client("s3")).sizes(bucket)
    wanted = {f"{dataset.name}/{path}": file.size for dataset in DATASETS.values() for path, file in dataset.paths()}
    missing = [key for key, size in wanted.items() if found.get(key) != size]
    if missing:
        # Decision: not required: who runs with credentials that may write there needs no data beforehand.
        raise SuiteError(
            f"Looked for the reference data in {bucket}",
            f"{len(missing)} of {len(wanted)} files are missing or of another size ({missing[0]}…); scenarios put "
            "there what they need, which the test role may not",
            "Run 'acceptance data upload --target live', with credentials that may write there",
        )
    return f"all {len(wanted)} files are there; 'acceptance data upload --target live --dry-run' compares their content"


def _baseline(live: LiveEnvironment) -> str:
    with aws_refusals_in_words(f"Listed the packages of {live.buckets.packages}"):
        found = StorageObserver(live.client("s3")).package_names(live.buckets.packages)
    missing = [package.name for package in BASELINE if package.name not in found]
    if missing:
        # Decision: not required: scenarios arrange what they need, and the baseline only saves them the time.
        raise SuiteError(
            f"Looked for the baseline in {live.buckets.packages}",
            f"{len(missing)} of {len(BASELINE)} packages are missing ({', '.join(missing[:3])}…)",
            "Run 'acceptance baseline create --target live'",
        )
    return f"all {len(BASELINE)} packages are there; 'acceptance baseline verify --target live' compares their content"


def _clock(live: LiveEnvironment) -> str:
    off = abs(live.remote_time() - datetime.now(UTC))
    tried, came_back = "Compared the clocks", f"this machine's is {off.total_seconds():.0f} s away from the catalog's"
    if off >= _WRONG_BY:
        raise SuiteError(tried, came_back, "Set this machine's clock: AWS refuses what is signed 5 minutes off")
    if off >= _NOTED_BY:
        raise Note(tried, came_back, "Let this machine set its clock by itself (NTP)")
    return "this machine's clock is right"


CHECKS: tuple[Check[LiveEnvironment], ...] = (
    Check("settings", _settings),
    Check("catalog", _catalog),
    Check("catalog's mark", _catalog_mark, needs=("catalog",)),
    Check("region", _region, needs=("catalog",)),
    Check("clock", _clock, needs=("catalog",)),
    Check("tokens", _tokens, needs=("settings",)),
    Check("sign-in", _local_sign_in, frozenset({Mode.LOCAL}), needs=("catalog", "tokens")),
    Check("GraphQL", _multiuser_identity, frozenset({Mode.MULTIUSER}), needs=("catalog", "tokens")),
    Check("administrator", _administrator, frozenset({Mode.MULTIUSER}), needs=("GraphQL",)),
    Check("user's AWS access", _user_credentials, needs=("catalog", "tokens", "region")),
    Check("AWS", _aws),
    Check("account's mark", _account_mark, needs=("AWS",)),
    _bucket_check("data", versioned=True),
    _bucket_check("scratch", versioned=False),
    _bucket_check("packages", versioned=True),
    _further_bucket_check("restricted"),
    _further_bucket_check("remote", REMOTE_REGION),
    *AWS_CHECKS,
    Check("workgroup", _workgroup, needs=("AWS", "region")),
    Check("reference data", _reference_data, needs=("data bucket",), required=False),
    Check("baseline", _baseline, needs=("packages bucket",), required=False),
)
"""In the order in which people put things right."""
