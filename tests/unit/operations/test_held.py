from typing import Any

import pytest

from lambdas.core.mail_entries import MailState
from lambdas.core.mail_writes import Change
from operations.choices import Decision
from operations.errors import UsageError
from operations.held import decision_on, held_mails
from operations.stack import Stack

from ..helpers.cloud import IMPORT, IMPORTS, MAILS, RETRIES, Cloud, mails
from ..helpers.fakes_queue import FakeQueues

OUTPUTS = {
    "import_ledger": IMPORTS,
    "mail_ledger": MAILS,
    "notifier_failure_queue_url": "failures",
    "retry_queue_url": RETRIES,
}
ONE, TWO, REFUSED = mails(3)


@pytest.fixture
def stack() -> Stack:
    """Two mails that are held, one of them with two messages, and one that was refused."""
    cloud, sqs = Cloud(), FakeQueues()
    for each, state in ((ONE, MailState.HELD), (TWO, MailState.HELD), (REFUSED, MailState.UNDELIVERABLE)):
        assert cloud.mails.claim([each], "claim " + each.mail_id) == {}
        for queued in (False, True):
            cloud.mails.change([Change(each, "claim " + each.mail_id, state, "lost", queued=queued)])
    for each in (ONE, TWO, ONE, REFUSED):
        sqs.put("failures", each.body(), "lost")
    sqs.put("failures", "no mail")
    clients: dict[str, Any] = {"dynamodb": cloud.dynamodb, "sqs": sqs}
    return Stack("stack dev", " --stack dev", OUTPUTS, lambda service: clients[service])


def test_each_mail_that_is_held_is_listed_once(stack: Stack) -> None:
    held = held_mails(stack)
    assert [each.as_json() for each in held] == [
        {
            "mail": of.mail_id,
            "import": IMPORT,
            "line": of.line,
            "reason": "lost",
            "record": {"name": "Ann", "email": f"p{of.line}@example.com"},
        }
        for of in (ONE, TWO)
    ]
    assert not stack.client("sqs").hidden


@pytest.mark.parametrize("decision", list(Decision))
def test_a_decision_on_one_mail_leaves_the_others(stack: Stack, decision: Decision) -> None:
    redrive = decision_on(stack, decision, TWO.mail_id)
    survey = redrive.survey()
    assert (len(survey.chosen), survey.others) == (1, 4)
    redrive.carry_out(survey, lambda _: None)
    assert [each.mail for each in held_mails(stack)] == [ONE]
    assert len(stack.client("sqs").bodies(RETRIES)) == (decision == Decision.RESEND)


def test_a_decision_on_all_leaves_what_was_refused(stack: Stack) -> None:
    survey = decision_on(stack, Decision.DROP, None).survey()
    assert (len(survey.chosen), survey.others) == (3, 2)


def test_an_id_that_no_mail_has_is_wrong_usage(stack: Stack) -> None:
    with pytest.raises(UsageError, match="rowrelay held list --stack dev has those that are held"):
        decision_on(stack, Decision.RESEND, ONE.mail_id[:8])
