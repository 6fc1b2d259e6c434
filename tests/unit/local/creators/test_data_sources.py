from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.clients import Clients
from local.creators import data_source
from local.errors import EmbeddedAwsError, UnsupportedError


class Answering(Clients):
    """One client for all services, which answers each call with the same."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer

    def client(self, service: str) -> Any:  # noqa: ARG002
        return self

    def describe_table(self, TableName: str) -> Any:
        if self.answer is None:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeTable")
        return {"Table": {"TableArn": f"arn:{TableName}", **self.answer}}

    def get_email_identity(self, EmailIdentity: str) -> Any:
        return {"IdentityType": "DOMAIN" if "@" not in EmailIdentity else "EMAIL_ADDRESS", **self.answer}


def test_calls_are_answered_or_refused() -> None:
    account = data_source("aws:index/getCallerIdentity:getCallerIdentity", {}, Answering())
    assert account["accountId"] == "000000000000"
    with pytest.raises(UnsupportedError, match="the call aws:ec2/getAmi:getAmi"):
        data_source("aws:ec2/getAmi:getAmi", {}, Answering())
    with pytest.raises(UnsupportedError, match="eu-west-1"):
        data_source("aws:index/getRegion:getRegion", {"region": "eu-west-1"}, Answering())


def test_a_table_is_told_as_the_provider_tells_it() -> None:
    plain = {
        "KeySchema": [{"AttributeName": "order", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "order", "AttributeType": "N"}],
    }
    told = data_source("aws:dynamodb/getTable:getTable", {"name": "t"}, Answering(plain))
    assert told["attributes"] == [{"name": "order", "type": "N"}]
    assert (told["arn"], told["hashKey"], told["rangeKey"]) == ("arn:t", "order", "")
    assert (told["streamEnabled"], told["streamViewType"], told["streamArn"]) == (False, "", "")

    plain["KeySchema"].append({"AttributeName": "at", "KeyType": "RANGE"})
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    streamed = {**plain, "StreamSpecification": stream, "LatestStreamArn": "arn:s"}
    told = data_source("aws:dynamodb/getTable:getTable", {"name": "t"}, Answering(streamed))
    assert told["rangeKey"] == "at"
    assert (told["streamEnabled"], told["streamViewType"], told["streamArn"]) == (True, "KEYS_ONLY", "arn:s")


@pytest.mark.parametrize("verified", [True, False])
def test_an_identity_is_told_with_whether_it_is_verified(verified: bool) -> None:
    clients = Answering({"VerifiedForSendingStatus": verified})
    token = "aws:sesv2/getEmailIdentity:getEmailIdentity"
    told = data_source(token, {"emailIdentity": "example.com"}, clients)
    assert told["verifiedForSendingStatus"] is verified
    assert told["arn"] == "arn:aws:ses:us-east-1:000000000000:identity/example.com"


def test_what_is_not_there_is_an_error_that_names_it() -> None:
    with pytest.raises(EmbeddedAwsError, match=r"getTable of \{'name': 't'\} failed: .*ResourceNotFound"):
        data_source("aws:dynamodb/getTable:getTable", {"name": "t"}, Answering())
