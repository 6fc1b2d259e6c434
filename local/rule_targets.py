"""How the emulator's EventBridge invokes functions: as AWS's does.

MiniStack 1.5.33 runs the function without asking whether the rule may invoke it, never again if it fails, and
sends nothing to the target's dead-letter queue or the function's on-failure destination.
"""

import json
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

_SERVICE = "events.amazonaws.com"
# Of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
_NO_RESOURCE = ("NO_RESOURCE", "The function does not exist.")
_NO_PERMISSIONS = ("NO_PERMISSIONS", "The function's policy does not allow the rule to invoke it.")

_invocation: ContextVar[tuple[Mapping[str, Any], Mapping[str, Any]]] = ContextVar("target and rule")


def invoke_functions_as_aws_does() -> None:
    """Let rules invoke functions asynchronously, if they may; else send a dead letter."""
    from ministack.services import eventbridge

    invoke_target = eventbridge._invoke_target

    def invoke(target: Any, event: Any, rule: Any, view: Any = None) -> None:
        token = _invocation.set((target, rule))
        try:
            invoke_target(target, event, rule, view)
        finally:
            _invocation.reset(token)

    eventbridge._invoke_target = invoke
    eventbridge._dispatch_to_lambda = _invoke_function


def _invoke_function(arn: str, payload: str) -> None:
    from ministack.services import lambda_svc

    target, rule = _invocation.get()
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        _send_dead_letter(target, rule, payload, *_NO_RESOURCE)
    elif not _may_invoke(function["policy"], rule["Arn"], config["FunctionArn"]):
        _send_dead_letter(target, rule, payload, *_NO_PERMISSIONS)
    else:
        record = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))


def _may_invoke(policy: Mapping[str, Any], rule_arn: str, function_arn: str) -> bool:
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

    _, _, _, region, account, _ = rule_arn.split(":", 5)
    request = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function_arn,
        region=region,
        service_context={"aws:sourcearn": rule_arn, "aws:sourceaccount": account},
    )
    return bool(evaluate_resource_policy(policy, request, service=_SERVICE).decision == "Allow")


def _send_dead_letter(
    target: Mapping[str, Any], rule: Mapping[str, Any], payload: str, code: str, text: str
) -> None:
    from ministack.services import sqs

    queue_arn = target.get("DeadLetterConfig", {}).get("Arn")
    account = rule["Arn"].split(":")[4]
    if not queue_arn or not sqs.queue_policy_allows(queue_arn, _SERVICE, rule["Arn"], account):
        return  # AWS counts it: InvocationsFailedToBeSentToDlq
    told = {
        "RULE_ARN": rule["Arn"],
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": code,
        "ERROR_MESSAGE": text,
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
    now = time.time()
    message = {"id": str(uuid4()), "body": payload, "sent_at": now, "message_attributes": attributes}
    sqs._ensure_msg_fields(message)
    sqs._queue_by_arn(queue_arn)["messages"].append(message)
