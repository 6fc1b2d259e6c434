"""What the emulator asks IAM before it does what a request says: what AWS asks.

MiniStack 1.5.33 asks for mails and for PartiQL on `*` only, and for SQS's batches by the calls' own names.
"""

import json
import re
from collections.abc import Collection, Mapping
from email.utils import parseaddr
from typing import Any

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
_ACTIONS_OF_BATCHES = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
_PARTIQL_CALLS = frozenset({"dynamodb:BatchExecuteStatement", "dynamodb:ExecuteStatement"})
_PARTIQL = re.compile(
    r'\s*(?:(insert)\s+into|(update)|(delete)\s+from|(select)\b.*?\bfrom)\s+"?([\w.-]+)',
    re.IGNORECASE | re.DOTALL,
)
_MAILS = "/v2/email/outbound-emails"
_BULK_MAILS = "/v2/email/outbound-bulk-emails"


def ask_as_aws_does() -> None:
    """Let MiniStack ask for the actions and the resources that AWS asks for."""
    from ministack import app
    from ministack.core import iam_actions, responses
    from ministack.services import ses_v2

    action_of, items_of = iam_actions.extract_iam_action, iam_actions.dynamodb_transaction_checks
    enforce_other = app._enforce_ses_v2

    def action(*request: Any) -> str | None:
        name: str | None = action_of(*request)
        return _ACTIONS_OF_BATCHES.get(name, name) if name else None

    def items(call: str, body: bytes, region: str, account: str) -> Any:
        if call not in _PARTIQL_CALLS:
            return items_of(call, body, region, account)
        return statements_checks(iam_actions.json.loads(body), f"arn:aws:dynamodb:{region}:{account}:table/")

    def enforce(method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str) -> Any:
        if method != "POST" or path not in (_MAILS, _BULK_MAILS):
            return enforce_other(method, path, headers, body, query, request_id)
        mail = json.loads(body)
        account = f"arn:aws:ses:{app.extract_region(headers, query)}:{responses.get_account_id()}:"
        asked = (
            app._enforce_data_plane(
                "sesv2", name, headers, query, request_id, resource_arn=resource, named_resource=resource
            )
            for resource in mail_resources(mail, ses_v2._identities, account)
            for name in mail_actions(mail)
        )
        return next((denial for denial in asked if denial), None)

    iam_actions.extract_iam_action = action
    iam_actions.dynamodb_transaction_checks = items
    app._enforce_ses_v2 = enforce


def statements_checks(request: Mapping[str, Any], tables: str) -> list[tuple[str, str]]:
    """What each PartiQL statement of a call needs: actions, and ARNs that begin with `tables`.

    One that is no statement is not looked at: the service refuses it.
    """
    texts = [each["Statement"] for each in request.get("Statements", [request])]
    found = [match.groups() for text in dict.fromkeys(texts) if (match := _PARTIQL.match(text))]
    return [
        (f"dynamodb:PartiQL{next(filter(None, verbs)).capitalize()}", tables + table)
        for *verbs, table in found
    ]


def mail_actions(request: Mapping[str, Any]) -> list[str]:
    """The actions that a mail or a bulk of them needs.

    One by a template needs its right under the name of the older API, too: SES does not say which it asks for
    (components/stream_notifier.py), and here are mails for which it asked by the older.
    https://github.com/aws/serverless-application-model/issues/2844
    """
    if "BulkEmailEntries" in request:
        return ["ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"]
    by_template = "Template" in request.get("Content", {})
    return ["ses:SendEmail", "ses:SendTemplatedEmail"] if by_template else ["ses:SendEmail"]


def mail_resources(request: Mapping[str, Any], identities: Collection[str], account: str) -> list[str]:
    """The resources that a mail needs: its identity, its template and its configuration set, as ARNs.

    The identity is the sender's address, if it is one, else the domain that is. A template in the request has
    no name, so it takes a right to all of them.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
    """
    address = parseaddr(request.get("FromEmailAddress", ""))[1]
    domain = address.rpartition("@")[2]
    parents = [domain.split(".", n)[n] for n in range(domain.count(".") + 1)]
    identity = next((each for each in (address, *parents) if each in identities), domain)
    content = request.get("DefaultContent") or request.get("Content") or {}
    names = [f"identity/{identity}"]
    if "Template" in content:
        names.append(f"template/{content['Template'].get('TemplateName') or '*'}")
    if configuration_set := request.get("ConfigurationSetName"):
        names.append(f"configuration-set/{configuration_set}")
    return [account + name for name in names]
