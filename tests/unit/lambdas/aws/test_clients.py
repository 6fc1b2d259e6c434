"""The handlers' clients have the time-outs that are counted with."""

import pytest

from lambdas.aws.clients import TIME_OUTS, client

from ....program import ROOT


@pytest.mark.parametrize("service", TIME_OUTS)
def test_clients_have_the_time_outs_and_attempts_that_are_counted_here(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = client(service).meta.config
    time_outs = TIME_OUTS[service]
    assert (config.connect_timeout, config.read_timeout) == (time_outs.connect, time_outs.read)
    assert config.retries == {"total_max_attempts": time_outs.attempts, "mode": "standard"}


def test_ses_is_never_asked_twice() -> None:
    assert TIME_OUTS["sesv2"].attempts == 1


def test_no_handler_makes_a_client_elsewhere() -> None:
    sources = (ROOT / "lambdas").rglob("*.py")
    makers = [path.name for path in sources if "boto3.client" in path.read_text(encoding="utf-8")]
    assert makers == ["clients.py"]


def test_a_call_takes_its_attempts_and_the_pauses_between_them() -> None:
    assert TIME_OUTS["dynamodb"].longest_call == 2 * (1 + 3) + 1
