import pytest

from local.key_checks import actions_on_key

DECRYPT, GENERATE = "kms:Decrypt", "kms:GenerateDataKey"


@pytest.mark.parametrize(
    ("action", "on_key"),
    [
        ("s3:GetObject", {DECRYPT}),
        ("s3:PutObject", {GENERATE}),
        ("s3:ListBucket", set()),
        ("sqs:SendMessage", {GENERATE, DECRYPT}),
        ("sqs:ReceiveMessage", {DECRYPT}),
        ("sqs:DeleteMessage", set()),
        ("dynamodb:PutItem", {DECRYPT}),
        ("dynamodb:PartiQLInsert", {DECRYPT}),
        ("dynamodb:DescribeTable", set()),
        ("kms:Decrypt", set()),
    ],
)
def test_what_is_done_with_a_resource_takes_rights_to_its_key(action: str, on_key: set[str]) -> None:
    assert set(actions_on_key(action)) == on_key
