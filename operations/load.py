"""What AWS is made to do, and what that costs."""

from dataclasses import dataclass

from . import prices


@dataclass(frozen=True)
class Load:
    """Units of each service; `gb_seconds` of functions' memory and time."""

    mails: float = 0
    write_units: float = 0
    read_units: float = 0
    sqs_requests: float = 0
    invocations: float = 0
    gb_seconds: float = 0
    s3_puts: float = 0
    s3_gets: float = 0

    def dollars(self) -> dict[str, float]:
        """Returns the price, by service."""
        return {
            "SES": self.mails * prices.MAIL,
            "DynamoDB": self.write_units * prices.WRITE_UNIT + self.read_units * prices.READ_UNIT,
            "Lambda": self.invocations * prices.LAMBDA_REQUEST + self.gb_seconds * prices.LAMBDA_GB_SECOND,
            "SQS": self.sqs_requests * prices.SQS_REQUEST,
            "S3": self.s3_puts * prices.S3_PUT + self.s3_gets * prices.S3_GET,
        }
