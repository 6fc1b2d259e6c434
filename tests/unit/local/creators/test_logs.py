from ...helpers.creators import calls_of, new_resource

KEY = "arn:aws:kms:us-east-1:000000000000:key/1234"


def test_a_log_group_with_a_key() -> None:
    inputs = {"retentionInDays": 7, "kmsKeyId": KEY}
    calls = calls_of(new_resource("aws:cloudwatch/logGroup:LogGroup", "l", inputs))
    assert calls["create_log_group"]["kmsKeyId"] == KEY
    assert calls["put_retention_policy"]["retentionInDays"] == 7
