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
ARCHITECTURES = ("arm64", "x86_64")
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
# fmt: off
RESERVED_VARIABLES = frozenset((
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
))
# fmt: on
# https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
LAYERS_MAX = 5
# https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
SUBNETS_MAX = 16
SECURITY_GROUPS_MAX = 5
# https://docs.aws.amazon.com/lambda/latest/api/API_TracingConfig.html
TRACING_MODES = ("Active", "PassThrough")
# What the account has is its own quota: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
RESERVED_CONCURRENCY_MAX = 2**31 - 1
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
# EventBridge's most: what Lambda does not take is tried again until it is as old as what Lambda gives up.
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html
UPLOAD_EVENT_RETRIES = 185

# SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
QUEUE_RETENTION_MAX = 14 * DAY
# A message keeps the age it had when it is dead-lettered, so the queue before it must forget sooner:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
QUEUE_RETENTION = 4 * DAY
# SQS's own default: KMS is asked for a new data key at most this often, and a key that is taken away goes on
# to serve for as long.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
QUEUE_DATA_KEY_REUSE = 5 * 60
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
RECEIVES_MAX = 1000

# What a column that is a key may be: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html
KEY_TYPES = ("S", "N")

# S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
OBJECT_KEY_BYTES_MAX = 1024
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingObjects.html
OBJECT_BYTES_MAX = 50 * 10**12
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
EXPIRE_DAYS_MAX = 2**31 - 1

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
# fmt: off
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
)
# fmt: on

# IAM roles and EventBridge rules have the shortest names (64); "-insert-records-role" and Pulumi's "-" with 7
# random digits come after the component's own.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
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
# Of what a file may have at most; the defaults are in lambdas/csvfile/options.py.
COLUMNS_MAX = 10_000  # more than any table's, and a header of as many is read in a moment
ROW_BYTES_MIN = 1024
KEEP_LOGS_DAYS = 30
ADDRESS_COLUMN = "email"
LEDGERS_EXPIRE_DAYS = 400
LEDGERS_EXPIRE_DAYS_MIN = 30
LEDGERS_EXPIRE_DAYS_MAX = 3650

# A whole vCPU and all the time there is, as one call reads one whole file.
PROCESS_CSV_TIMEOUT = FUNCTION_TIMEOUT_MAX
PROCESS_CSV_TIMEOUT_MIN = 240  # of which it keeps a quarter to leave the rest of a file to another
PROCESS_CSV_MEMORY_MB = ONE_CPU_MEMORY_MB
# The handler begins no write in its last 61 seconds: tests/unit/lambdas/test_time_outs.py.
INSERT_RECORDS_TIMEOUT = 100
INSERT_RECORDS_TIMEOUT_MIN = 75
INSERT_RECORDS_MEMORY_MB = 1024
INSERT_RECORDS_BATCH = 10  # messages; more would need a batching window, and so make every row wait
INSERT_RECORDS_WINDOW = 0
# Each writes 25 rows a call, at one unit a row, so a few outrun a new on-demand table, which takes 4,000
# units a second at first, and then twice its last peak:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
INSERT_RECORDS_CONCURRENCY = 4
SEND_EMAIL_TIMEOUT = 180
SEND_EMAIL_TIMEOUT_MIN = 120  # the handler begins no fifty mails in its last 100 seconds
SEND_EMAIL_MEMORY_MB = 1024

# The stream keeps records for 24 hours; after 6, a batch that still fails becomes a message that says where
# in the stream it is, and an operator has 18 hours to read it there.
# https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
STREAM_RETENTION = DAY
STREAM_BATCH = 1000  # sent fifty at a time; more a call means fewer calls
STREAM_RECORD_AGE = 6 * 60 * 60
# Without end: retries end by the record's age alone, or a fault of some minutes could use them up.
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
STREAM_RETRIES = -1

# A round sends what waits until the next minute's takes over, and must then end what it has begun; this is
# the longest that it may take for both.
MAIL_ROUND_TIMEOUT = 300
# A look at the open imports begins with others each time, so one that is cut short leaves none for good.
BOOKKEEPER_TIMEOUT = 300
BOOKKEEPER_TIMEOUT_MIN = 120  # of which it keeps one minute for the last import that it looks at
BOOKKEEPER_MEMORY_MB = 256
STUCK_MINUTES = 15
STUCK_MINUTES_MIN = 5  # a batch that is tried again, or a round that was missed, is no reason to wake anybody
STUCK_MINUTES_MAX = 7 * 24 * 60

# What a schedule invokes is invoked each minute, the shortest there is:
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html
SCHEDULE_RATE = "rate(1 minute)"
# What could not begin in its own minute is the next one's: nothing is tried again, and what is older than
# EventBridge's and Lambda's shortest age is dropped.
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html
# https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
SCHEDULE_RETRIES = 0
SCHEDULE_AGE = 60

# Alarms.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: of each state
ALARM_ACTIONS_MAX = 5
ALARM_PERIOD = 60
QUEUE_AGE_ALARM = 15 * 60
STREAM_AGE_ALARM = 15 * 60
# Schedules invoke a minute apart, though not once in each minute of the clock: with a period of one minute
# the alarms of what is reported then would come and go. CloudWatch looks at the last five each minute, so
# they are no later for it.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
REPORT_ALARM_PERIOD = 5 * 60
# Lambda reports an invocation and its error once it has ended, at the minute in which it began, so each alarm
# looks back over the longest that an invocation takes, and a few minutes until CloudWatch has it:
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
ERROR_ALARM_PERIODS = FUNCTION_TIMEOUT_MAX // ALARM_PERIOD + 3
# What a schedule invokes ends within three minutes, unless it is behind, and goes on beside the next.
STOPPED_ALARM_PERIODS, STOPPED_ALARM_DATAPOINTS = 8, 6
OWED_AGE_ALARM = DAY  # past one day it is no daily quota any more
OWED_AGE_ALARM_MAX = 365 * DAY
# From where on SES reviews an account, as parts of one; it pauses sending from 0.1 and 0.005 on.
# https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html
BOUNCE_RATE_ALARM = 0.05
COMPLAINT_RATE_ALARM = 0.001
REPUTATION_ALARM_MIN = 0.0001  # at none at all, the alarm would never end
REPUTATION_ALARM_PERIOD = 60 * 60
