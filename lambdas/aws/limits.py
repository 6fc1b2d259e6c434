"""AWS's limits that the handlers work within, each with the page it comes from."""

KIB = 1024
MIB = 1024 * KIB

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
SQS_MESSAGE_BYTES = MIB  # body and attributes; the same bound holds for a whole SendMessageBatch
SQS_BATCH_MESSAGES = 10

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
DYNAMODB_ITEM_BYTES = 400 * KIB
DYNAMODB_PARTITION_KEY_BYTES = 2048
DYNAMODB_BATCH_ITEMS = 25  # and statements of a BatchExecuteStatement
DYNAMODB_BATCH_GET_ITEMS = 100
DYNAMODB_NUMBER_DIGITS = 38
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_KeySchemaElement.html
DYNAMODB_KEY_NAME_BYTES = 255  # the page does not say of what; characters are never more than bytes
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementRequest.html
PARTIQL_STATEMENT_CHARACTERS = 8192

# https://docs.aws.amazon.com/ses/latest/dg/quotas.html
SES_BULK_DESTINATIONS = 50
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ReplacementTemplate.html
SES_TEMPLATE_DATA_BYTES = 262_144
# https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html
SES_INLINE_INPUT_BYTES = 1_000_000  # of a call: the template that it carries, and what it says of recipients

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
S3_KEY_BYTES = 1024
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
S3_PART_BYTES = 5 * MIB
