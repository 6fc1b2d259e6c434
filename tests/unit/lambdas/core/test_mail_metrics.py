"""The metrics of a round."""

import pytest

from lambdas.core.mail_metrics import MailMetric
from lambdas.core.metrics import DIMENSION, NAMESPACE


def test_the_names_are_those_that_alarms_watch() -> None:
    assert (NAMESPACE, DIMENSION) == ("Rowrelay", "FunctionName")
    assert len(set(MailMetric)) == 6


@pytest.mark.parametrize("metric", MailMetric)
def test_a_name_is_one_that_cloudwatch_takes_in_an_embedded_metric(metric: MailMetric) -> None:
    assert metric.isalpha()
    assert str(metric) != DIMENSION
