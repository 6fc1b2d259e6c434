import pulumi
import pytest

from local.creators import create
from local.errors import UnsupportedError

from ...helpers.creators import calls_of, new_resource

FUNCTION = "aws:lambda/function:Function"
CODE = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("")})
LAYER = "arn:aws:lambda:us-east-1:000000000000:layer:extras:3"
KEY = "arn:aws:kms:us-east-1:000000000000:key/1234"


def test_a_function_without_code_is_an_error() -> None:
    with pytest.raises(UnsupportedError, match="cannot bundle 'code' of aws:lambda/function:Function 'f'"):
        create(new_resource(FUNCTION, "f", {"imageUri": "x"}))


def test_where_and_how_a_function_runs() -> None:
    inputs = {
        "code": CODE,
        "layers": [LAYER],
        "kmsKeyArn": KEY,
        "tracingConfig": {"mode": "Active"},
        "vpcConfig": {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]},
        "reservedConcurrentExecutions": 7,
    }
    calls = calls_of(new_resource(FUNCTION, "f", inputs))
    made = calls["create_function"]
    assert made["Layers"] == [LAYER]
    assert made["KMSKeyArn"] == KEY
    assert made["TracingConfig"] == {"Mode": "Active"}
    assert made["VpcConfig"] == {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert calls["put_function_concurrency"] == {
        "FunctionName": made["FunctionName"],
        "ReservedConcurrentExecutions": 7,
    }


def test_concurrency_that_is_not_reserved() -> None:
    calls = calls_of(new_resource(FUNCTION, "f", {"code": CODE, "reservedConcurrentExecutions": -1}))
    assert "put_function_concurrency" not in calls


def test_an_unknown_property_of_a_function_is_named() -> None:
    with pytest.raises(UnsupportedError, match="does not know the property fileSystemConfig of"):
        create(new_resource(FUNCTION, "f", {"code": CODE, "fileSystemConfig": {}}))
