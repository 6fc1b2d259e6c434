"""AWS's limits on what the components create, and the components' own defaults.

What the handlers must know of AWS's limits is in lambdas/aws/limits.py. Times are in seconds unless the name
says otherwise.
"""

DAY = 24 * 60 * 60

# Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
FUNCTION_TIMEOUT_MAX = 900
FUNCTION_MEMORY_MIN_MB = 128
FUNCTION_MEMORY_MAX_MB = 10_240
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html: one whole vCPU
ONE_CPU_MEMORY_MB = 1769

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
VISIBILITY_TIMES_FUNCTION_TIMEOUT = 6
RECEIVES_ADVISED_MIN = 5
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
MAPPING_CONCURRENCY_MIN = 2
MAPPING_CONCURRENCY_MAX = 1000

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
ASYNC_RETRIES = 2
ASYNC_AGE = 6 * 60 * 60

# SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
QUEUE_RETENTION_MAX = 14 * DAY
# A message keeps the age it had when it is dead-lettered, so the queue before it must forget sooner:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
QUEUE_RETENTION = 4 * DAY
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
RECEIVES_MAX = 1000

# S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
OBJECT_KEY_BYTES_MAX = 1024
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
EXPIRE_DAYS_MAX = 2**31 - 1

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
# fmt: off
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
)
# fmt: on

# IAM roles have the shortest names (64: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html);
# "-insert-records-role" and Pulumi's "-" with 7 random digits come after the component's own.
COMPONENT_NAME_MAX = 64 - len("-insert-records-role") - len("-1234567")
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html
CONFIGURATION_SET_NAME_MAX = 64

# Our own defaults.
UPLOAD_PREFIX = "uploads/"
UPLOADS_EXPIRE_DAYS = 1
REPORTS_EXPIRE_DAYS = 30
# Longer than an event waits in the failure queue: a continuation goes on with its import's rejects report.
ABORT_MULTIPART_DAYS = 15
ROWS_PER_CHUNK = 100
# More gain nothing (docs/performance.md), and a chunk comes again as a whole.
ROWS_PER_CHUNK_MAX = 1000
KEEP_LOGS_DAYS = 30
ADDRESS_COLUMN = "email"

# A whole vCPU and all the time there is, as one call reads one whole file.
PROCESS_CSV_TIMEOUT = FUNCTION_TIMEOUT_MAX
PROCESS_CSV_TIMEOUT_MIN = 240  # of which it keeps a quarter to leave the rest of a file to another
PROCESS_CSV_MEMORY_MB = ONE_CPU_MEMORY_MB
# A chunk of a hundred rows is written in less, even if every call takes until its time-outs; of 25, in a
# minute: tests/unit/lambdas/test_time_outs.py.
INSERT_RECORDS_TIMEOUT = 100
INSERT_RECORDS_TIMEOUT_MIN = 60
INSERT_RECORDS_MEMORY_MB = 1024
INSERT_RECORDS_BATCH = 10  # messages; more would need a batching window, and so make every row wait
INSERT_RECORDS_WINDOW = 0
# Each writes 25 rows a call, at one unit a row, so a few outrun a new on-demand table, which takes 4,000
# units a second at first, and then twice its last peak:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
INSERT_RECORDS_CONCURRENCY = 4
SEND_EMAIL_TIMEOUT = 90
SEND_EMAIL_TIMEOUT_MIN = 60  # the handler begins fifty mails only in the time before its last 45 seconds
SEND_EMAIL_MEMORY_MB = 1024

# The stream keeps records for 24 hours; after 6, a batch that still fails becomes a message that says where
# in the stream it is, and an operator has 18 hours to read it there.
# https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
STREAM_BATCH = 1000  # sent fifty at a time; more a call means fewer calls
STREAM_RECORD_AGE = 6 * 60 * 60
# Without end: retries end by the record's age alone, or a fault of some minutes could use them up.
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
STREAM_RETRIES = -1

# What the function crashes on is tried for a week; the other week of its 14 days is the operator's. What SES
# refuses for now waits longer: lambdas/core/retry_delays.py.
RETRY_PERIOD = QUEUE_RETENTION_MAX // 2
RETRY_BATCH = 50  # what one SendBulkEmail takes
RETRY_WINDOW = 5  # a batch above 10 needs a window
RETRY_CONCURRENCY = MAPPING_CONCURRENCY_MIN

# Alarms.
ALARM_PERIOD = 60
QUEUE_AGE_ALARM = 15 * 60
STREAM_AGE_ALARM = 15 * 60
RETRY_AGE_ALARM = DAY  # past one day it is no daily quota any more
