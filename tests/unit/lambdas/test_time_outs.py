"""What a function waits for fits into its time, even where every call takes until its time-outs."""

import pytest

from components import defaults
from lambdas.aws.backoff import longest_pauses
from lambdas.aws.clients import TIME_OUTS
from lambdas.aws.limits import DYNAMODB_BATCH_ITEMS
from lambdas.process_csv.handler import RESERVE_SECONDS, RESERVE_SHARE
from lambdas.send_email.delivery import CLAIMING_SECONDS, GROUP_SECONDS, SENDING_SECONDS

CALL = {service: of.longest_call for service, of in TIME_OUTS.items()}
# A call that the service carries out in part, again and again, until the last attempt takes its time-outs.
WRITE = longest_pauses() + CALL["dynamodb"]
READ = WRITE
QUEUE = longest_pauses() + CALL["sqs"]


def test_when_ses_has_taken_its_time_the_outcome_can_still_be_recorded() -> None:
    receipt, others = WRITE, WRITE
    assert CALL["sesv2"] + receipt + others <= SENDING_SECONDS <= GROUP_SECONDS


def test_after_a_slow_step_of_claiming_there_is_time_to_give_back() -> None:
    slowest, give_back = max(WRITE, READ), WRITE
    assert slowest + give_back <= CLAIMING_SECONDS <= GROUP_SECONDS


@pytest.mark.parametrize("timeout", [defaults.SEND_EMAIL_TIMEOUT_MIN, defaults.SEND_EMAIL_TIMEOUT])
def test_send_email_has_time_for_a_group(timeout: int) -> None:
    assert timeout >= defaults.SEND_EMAIL_TIMEOUT_MIN > GROUP_SECONDS


@pytest.mark.parametrize(
    ("rows", "timeout"),
    [
        (DYNAMODB_BATCH_ITEMS, defaults.INSERT_RECORDS_TIMEOUT_MIN),
        (defaults.ROWS_PER_CHUNK, defaults.INSERT_RECORDS_TIMEOUT),
    ],
)
def test_insert_records_has_time_for_a_chunk(rows: int, timeout: int) -> None:
    written = -(-rows // DYNAMODB_BATCH_ITEMS) * WRITE + READ
    recorded = 2 * CALL["dynamodb"]
    assert written + QUEUE + recorded <= timeout


def test_process_csv_has_time_to_leave_the_rest_of_a_file_to_another() -> None:
    rejects_and_checkpoint = 2 * CALL["s3"]
    assert QUEUE + rejects_and_checkpoint + CALL["dynamodb"] + CALL["lambda"] <= RESERVE_SECONDS
    assert RESERVE_SECONDS <= RESERVE_SHARE * defaults.PROCESS_CSV_TIMEOUT_MIN
