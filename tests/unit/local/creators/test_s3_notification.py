from ...helpers.creators import calls_of, new_resource


def test_notification_targets_of_each_kind() -> None:
    inputs = {
        "bucket": "b",
        "eventbridge": True,
        "lambdaFunctions": [{"lambdaFunctionArn": "f", "events": ["e"], "filterPrefix": "p", "id": "one"}],
        "queues": [{"queueArn": "q", "events": ["e"], "filterSuffix": "s", "filterPrefix": "p"}],
        "topics": [{"topicArn": "t", "events": ["e"]}],
    }
    token = "aws:s3/bucketNotification:BucketNotification"
    prefix, suffix = {"Name": "prefix", "Value": "p"}, {"Name": "suffix", "Value": "s"}
    found = calls_of(new_resource(token, "n", inputs))["put_bucket_notification_configuration"]
    assert found["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {},
        "LambdaFunctionConfigurations": [
            {
                "LambdaFunctionArn": "f",
                "Events": ["e"],
                "Id": "one",
                "Filter": {"Key": {"FilterRules": [prefix]}},
            }
        ],
        "QueueConfigurations": [
            {"QueueArn": "q", "Events": ["e"], "Filter": {"Key": {"FilterRules": [prefix, suffix]}}}
        ],
        "TopicConfigurations": [{"TopicArn": "t", "Events": ["e"]}],
    }
