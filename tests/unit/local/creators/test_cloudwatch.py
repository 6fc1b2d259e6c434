from ...helpers.creators import calls_of, new_resource


def test_an_alarm_on_an_expression() -> None:
    metric = {
        "metricName": "m",
        "namespace": "n",
        "period": 60,
        "stat": "Sum",
        "dimensions": {"Queue name": "q"},
    }
    inputs = {
        "name": "a",
        "comparisonOperator": "c",
        "evaluationPeriods": 1,
        "metricQueries": [
            {"id": "ratio", "expression": "x/2", "returnData": True},
            {"id": "x", "metric": metric},
        ],
    }
    found = calls_of(new_resource("aws:cloudwatch/metricAlarm:MetricAlarm", "a", inputs))["put_metric_alarm"]
    assert found["Metrics"] == [
        {"Id": "ratio", "Expression": "x/2", "ReturnData": True},
        {
            "Id": "x",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "MetricName": "m",
                    "Namespace": "n",
                    "Dimensions": [{"Name": "Queue name", "Value": "q"}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        },
    ]
