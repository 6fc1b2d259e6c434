"""CloudWatch: alarms and dashboards."""

from typing import Any

from ..emulator import ACCOUNT, REGION
from .registry import Created, NewResource, Value, creates
from .shapes import document, pascal, tag_list

ALARM_NAME_LIMIT = 255  # docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_ALARM = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}


@creates("aws:cloudwatch/metricAlarm:MetricAlarm")
def alarm(resource: NewResource) -> Created:
    """Set the alarm."""
    name = resource.physical_name(ALARM_NAME_LIMIT)
    settings = resource.take_all(_ALARM)
    if dimensions := resource.take("dimensions"):
        settings["Dimensions"] = tag_list(dimensions, "Name")
    if queries := resource.take("metricQueries"):
        settings["Metrics"] = [_query(query) for query in queries]
    resource.client("cloudwatch").put_metric_alarm(
        AlarmName=name, Tags=tag_list(resource.take("tags")), **settings
    )
    return name, {"name": name, "arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"}


def _query(query: Value) -> dict[str, Any]:
    rest = dict(query)
    metric = dict(rest.pop("metric", {}))
    # AWS returns data unless told not to, Pulumi the other way round.
    made = {"ReturnData": False, **pascal(rest)}
    if metric:
        dimensions = tag_list(metric.pop("dimensions", None), "Name")
        stat = {key: metric.pop(key) for key in ("period", "stat", "unit") if key in metric}
        made["MetricStat"] = {"Metric": {**pascal(metric), "Dimensions": dimensions}, **pascal(stat)}
    return made


@creates("aws:cloudwatch/dashboard:Dashboard")
def dashboard(resource: NewResource) -> Created:
    """Put the dashboard up."""
    name = resource.take("dashboardName")
    resource.client("cloudwatch").put_dashboard(
        DashboardName=name, DashboardBody=document(resource.take("dashboardBody"))
    )
    return name, {"dashboardArn": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{name}"}
