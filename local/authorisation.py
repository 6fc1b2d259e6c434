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
# A bulk mail under both of its names: components/stream_notifier.py says why.
_MAIL_ACTIONS = {
    "/v2/email/outbound-emails": ("ses:SendEmail",),
    "/v2/email/outbound-bulk-emails": ("ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"),
}


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
        if method != "POST" or path not in _MAIL_ACTIONS:
            return enforce_other(method, path, headers, body, query, request_id)
        account = f"arn:aws:ses:{app.extract_region(headers, query)}:{responses.get_account_id()}:"
        asked = (
            app._enforce_data_plane(
                "sesv2", name, headers, query, request_id, resource_arn=resource, named_resource=resource
            )
            for resource in mail_resources(json.loads(body), ses_v2._identities, account)
            for name in _MAIL_ACTIONS[path]
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
