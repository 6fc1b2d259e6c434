"""boto3 clients that can reach the embedded AWS and nothing else."""

import os
import threading
from typing import Any

import boto3.session
import botocore.loaders
import botocore.session
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES  # [sic]

from .access_key import AccessKey
from .emulator import REGION

CONNECTIONS = 32

# botocore's settings, each (name in the config file, environment variable, default, conversion), with neither
# file nor environment: an AWS_PROFILE, endpoint, proxy or retry mode of the user's is of no concern here.
_ISOLATED = {
    name: (None, None, default, conversion)
    for name, (_, _, default, conversion) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
} | dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))

_CONFIG = Config(
    max_pool_connections=CONNECTIONS,
    retries={"total_max_attempts": 1},  # what it throttles, a test expects; when it is gone, say so at once
    proxies={},
    s3={"addressing_style": "path", "us_east_1_regional_endpoint": "regional"},
)
# Else boto3 presigns by version 2 in the older regions, which S3 takes for buckets of before June 2020 alone.
# https://docs.aws.amazon.com/AmazonS3/latest/API/specify-signature-version.html
_S3_CONFIG = Config(signature_version="s3v4")
# It keeps what it has read of the services' models, for whoever deploys more than once.
_MODELS = botocore.loaders.create_loader()


class Clients:
    """One client a service, made when first asked for and shared: only making a client is not thread-safe.

    The user's `AWS_*` environment, `~/.aws` and proxies play no part.
    """

    def __init__(self, endpoint: str, access_key: AccessKey) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        session = botocore.session.Session(_ISOLATED)
        session.register_component("data_loader", _MODELS)
        self._session = boto3.session.Session(
            aws_access_key_id=access_key.id,
            aws_secret_access_key=access_key.secret,
            region_name=REGION,
            botocore_session=session,
        )

    def client(self, service: str) -> Any:
        """The client of a service, by boto3's name for it."""
        client = self._clients.get(service)
        if client is None:
            with self._lock:
                client = self._clients.get(service)
                if client is None:
                    client = self._clients[service] = self._make(service)
        return client

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def _make(self, service: str) -> Any:
        config = _CONFIG.merge(_S3_CONFIG) if service == "s3" else _CONFIG
        return self._session.client(  # type: ignore[call-overload]  # its overloads take literal names only
            service, endpoint_url=self._endpoint, verify=False, config=config
        )
