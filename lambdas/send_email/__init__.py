"""New records on a DynamoDB stream become mails through SES, each sent once."""
