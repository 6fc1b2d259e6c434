"""What AWS charges, as of a day, in one region; without free tiers and volume discounts."""

AS_OF = "2026-11-24"
REGION = "us-east-1"
_MILLION = 1_000_000

# https://aws.amazon.com/ses/pricing/: outbound mail, without attachments
MAIL = 0.10 / 1000
# https://aws.amazon.com/dynamodb/pricing/on-demand/: Standard table class
WRITE_UNIT = 0.625 / _MILLION
READ_UNIT = 0.125 / _MILLION
# https://aws.amazon.com/sqs/pricing/: standard queues; every 64 KB of a call's payload is a request
SQS_REQUEST = 0.40 / _MILLION
SQS_REQUEST_BYTES = 64 * 1024
# https://aws.amazon.com/lambda/pricing/: arm64
LAMBDA_REQUEST = 0.20 / _MILLION
LAMBDA_GB_SECOND = 0.0000133334
# https://aws.amazon.com/s3/pricing/: S3 Standard
S3_PUT = 0.005 / 1000
S3_GET = 0.0004 / 1000
# https://aws.amazon.com/eventbridge/pricing/: custom events
EVENT = 1.00 / _MILLION
# https://aws.amazon.com/cloudwatch/pricing/: alarms of standard resolution
ALARM_MONTH = 0.10
DASHBOARD_MONTH = 3.00
