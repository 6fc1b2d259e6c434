"""A CSV object in S3 becomes chunks of typed rows in SQS, and a report of what was rejected."""
