"""Chunks of rows in SQS become records in DynamoDB, each written once."""
