from pathlib import Path

import pytest

from local.access_key import AccessKey
from local.clients import Clients

ENDPOINT = "http://127.0.0.1:4"
KEY = AccessKey("the-runs", "its-secret")
# What a user may have set, as bad as can be: any of it taken notice of is an error or another address.
ENVIRONMENT = {
    "AWS_PROFILE": "nobody",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL": "http://example.com",
    "AWS_ENDPOINT_URL_S3": "http://example.com",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_RETRY_MODE": "nonsense",
    "AWS_MAX_ATTEMPTS": "9",
    "AWS_DEFAULTS_MODE": "nonsense",
    "AWS_CA_BUNDLE": "/no/such/file",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "nonsense",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}


@pytest.mark.parametrize("service", ["s3", "sqs", "sesv2", "lambda"])
def test_the_users_aws_settings_play_no_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: str
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("config", "credentials"):
        (tmp_path / name).write_text("[[ not a config file")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))

    client = Clients(ENDPOINT, KEY).client(service)

    assert client.meta.endpoint_url == ENDPOINT
    assert client.meta.region_name == "us-east-1"
    assert client.meta.config.retries == {"mode": "legacy", "total_max_attempts": 1}
    assert client.meta.config.proxies == {}
    credentials = client._get_credentials()
    assert (credentials.access_key, credentials.secret_key, credentials.token) == (KEY.id, KEY.secret, None)


def test_a_service_has_one_client() -> None:
    clients = Clients(ENDPOINT, KEY)
    assert clients.client("sqs") is clients.client("sqs")
    assert Clients(ENDPOINT, KEY).client("sqs") is not clients.client("sqs")
