"""What a deployed stack costs a month in which nothing is imported, besides what it stores."""

from . import prices

POLLED_QUEUES = 2
ALARMS = 15
DASHBOARDS = 1
# Lambda polls a queue by five long polls at once, where the mapping has a maximum concurrency:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
_POLLERS = 5
# The longest that a poll waits, which AWS does not promise that Lambda's do:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/best-practices-setting-up-long-polling.html
_POLL_SECONDS = 20
_MONTH_SECONDS = 30 * 86_400


def dollars_a_month() -> dict[str, float]:
    """The price, by what is charged.

    Lambda's polls of the table's stream are not: https://aws.amazon.com/dynamodb/pricing/on-demand/
    """
    polls = POLLED_QUEUES * _POLLERS * _MONTH_SECONDS / _POLL_SECONDS
    return {
        "SQS, polled by Lambda": polls * prices.SQS_REQUEST,
        "CloudWatch alarms": ALARMS * prices.ALARM_MONTH,
        "CloudWatch dashboard": DASHBOARDS * prices.DASHBOARD_MONTH,
    }
