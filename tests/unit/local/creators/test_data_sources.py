import pytest

from local.creators import data_source
from local.errors import UnsupportedError


def test_calls_are_answered_or_refused() -> None:
    assert data_source("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "000000000000"
    with pytest.raises(UnsupportedError, match="the call aws:ec2/getAmi:getAmi"):
        data_source("aws:ec2/getAmi:getAmi", {})
    with pytest.raises(UnsupportedError, match="eu-west-1"):
        data_source("aws:index/getRegion:getRegion", {"region": "eu-west-1"})
