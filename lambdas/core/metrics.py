"""Metrics of a function, embedded in a line of its log; the components' alarms watch them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import time
from collections.abc import Mapping
from typing import Any

NAMESPACE = "Rowrelay"
# Of each metric; its value is the name of the function that reports it.
DIMENSION = "FunctionName"


def embedded(
    metrics: Mapping[Any, float], function_name: str, units: Mapping[Any, str] | None = None
) -> dict[str, Any]:
    """Returns the line of the log that CloudWatch reads the metrics from.

    Args:
        metrics: The values, by name.
        function_name: Whose they are.
        units: CloudWatch's units of those that are no counts.
    """
    definitions = [{"Name": name, "Unit": (units or {}).get(name, "Count")} for name in metrics]
    directive = {"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": definitions}
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        DIMENSION: function_name,
        **{str(name): round(value, 3) for name, value in metrics.items()},
    }
