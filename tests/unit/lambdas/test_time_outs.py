"""What a function waits for fits into its time, even where every call takes until its time-outs."""

import pytest

from components import defaults
from lambdas.aws.backoff import longest_pauses
from lambdas.aws.clients import TIME_OUTS
from lambdas.aws.limits import DYNAMODB_BATCH_ITEMS, SES_BULK_DESTINATIONS
from lambdas.insert_records.handler import RESERVE_SECONDS as INSERT_RESERVE_SECONDS
from lambdas.insert_records.handler import RESERVE_SHARE as INSERT_RESERVE_SHARE
from lambdas.process_csv.handler import RESERVE_SECONDS, RESERVE_SHARE
from lambdas.send_email.delivery import CLAIMING_SECONDS, GROUP_SECONDS, SENDING_SECONDS
from lambdas.send_email.lease import LEASE_SECONDS

CALL = {service: of.longest_call for service, of in TIME_OUTS.items()}
# A call that the service carries out in part, again and again, until the last attempt takes its time-outs.
WRITE = longest_pauses() + CALL["dynamodb"]
READ = WRITE
QUEUE = longest_pauses() + CALL["sqs"]


# Fifty mails, each in one statement; where some of them are to leave their lists and others to be owed again,
# the two make one call more.
STATEMENTS = -(-SES_BULK_DESTINATIONS // DYNAMODB_BATCH_ITEMS)
REGISTER = SHUT = CALL["dynamodb"]  # an import that newly owes mails; the door
OWE = REGISTER + STATEMENTS * WRITE


def test_when_ses_has_taken_its_time_the_outcome_can_still_be_recorded() -> None:
    receipt, others = WRITE, WRITE
    leave_lists_and_owe = OWE + WRITE
    assert CALL["sesv2"] + receipt + others + SHUT + leave_lists_and_owe <= SENDING_SECONDS <= GROUP_SECONDS


def test_after_a_slow_step_of_claiming_there_is_time_to_owe() -> None:
    insert, receipts = WRITE + READ, READ  # what stands there is read
    assert max(insert, receipts) + OWE <= CLAIMING_SECONDS <= GROUP_SECONDS


def test_claiming_mails_that_were_owed_leaves_time_to_owe_them_again() -> None:
    claim = STATEMENTS * (WRITE + READ)
    assert claim + OWE <= GROUP_SECONDS


def test_mails_that_are_owed_at_once_are_entered_in_time() -> None:
    """In the time that is kept where there is none for sending."""
    others = STATEMENTS * READ
    look_again = OWE
    assert OWE + others + look_again <= GROUP_SECONDS


@pytest.mark.parametrize("timeout", [defaults.SEND_EMAIL_TIMEOUT_MIN, defaults.SEND_EMAIL_TIMEOUT])
def test_send_email_has_time_for_a_group(timeout: int) -> None:
    assert timeout >= defaults.SEND_EMAIL_TIMEOUT_MIN > GROUP_SECONDS


def test_a_round_has_time_until_the_next_takes_over_and_for_a_group() -> None:
    asked_within, waits = 60, 30
    assert asked_within + waits + GROUP_SECONDS <= defaults.MAIL_ROUND_TIMEOUT


def test_a_lease_outlasts_a_group() -> None:
    assert LEASE_SECONDS >= GROUP_SECONDS


@pytest.mark.parametrize("timeout", [defaults.INSERT_RECORDS_TIMEOUT_MIN, defaults.INSERT_RECORDS_TIMEOUT])
def test_after_its_last_write_insert_records_has_time_for_the_rest(timeout: int) -> None:
    """What failed for want of time is looked for, dead-lettered, recorded and noted."""
    recorded, noted = 2 * CALL["dynamodb"], CALL["dynamodb"]
    assert CALL["dynamodb"] + READ + QUEUE + recorded + noted <= INSERT_RESERVE_SECONDS
    assert INSERT_RESERVE_SHARE * timeout >= INSERT_RESERVE_SECONDS


def test_process_csv_has_time_to_leave_the_rest_of_a_file_to_another() -> None:
    # Calls to SQS wait beside each other, and the last of them for none before it.
    rejects_and_checkpoint = 2 * CALL["s3"]
    assert QUEUE + rejects_and_checkpoint + CALL["dynamodb"] + CALL["lambda"] <= RESERVE_SECONDS
    assert RESERVE_SECONDS <= RESERVE_SHARE * defaults.PROCESS_CSV_TIMEOUT_MIN
