"""The emulator's process: MiniStack, served on a socket that is listening already.

Run as `python serve.py FD`. MiniStack's own entry point binds the port by itself; a socket made by the parent
leaves no moment in which another program could take the port, and clients need not poll: the kernel keeps the
first request until the emulator answers it.
"""

import asyncio
import functools
import hashlib
import hmac
import json
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def _restrict_root_to_the_runs_key() -> None:
    """Let only the run's key be root's: not `test`, and no account number.

    A request without a key stays root's: a form upload is one, whose fields name the key that S3 checks.
    MiniStack derives a role's key from the names of role and function alone; here a secret goes into it.
    """
    from ministack.core import iam_evaluator, lambda_runtime

    root = ("", os.environ["AWS_ACCESS_KEY_ID"])
    iam_evaluator.is_root_access_key = lambda key_id: key_id in root
    keyed = functools.partial(hmac.new, secrets.token_bytes(32), digestmod="sha256")
    lambda_runtime.hashlib = SimpleNamespace(**{**vars(hashlib), "sha256": keyed})


def _refuse_forms_of_signature_version_2() -> None:
    """Let S3 refuse forms signed by Signature Version 2, as it does for buckets made since June 2020.

    https://docs.aws.amazon.com/AmazonS3/latest/API/specify-signature-version.html
    """
    from ministack.services import s3

    check = s3._enforce_signed_post_policy
    mechanism = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."

    def check_version_4(*form: Any) -> Any:
        return check(*form) if form[-1] else s3._error("InvalidRequest", mechanism, 400)

    s3._enforce_signed_post_policy = check_version_4


def _avoid_repeated_work() -> None:
    """Skip work that MiniStack repeats or does in vain; its answers stay the same.

    It asks IAM and parses the condition for every item of a transaction, parses a query's for every item of
    the partition, every PartiQL statement twice and the role's policies for every request, reads a number
    several times, and parses a request three times to see whether IAM allows it. For every mail it makes a
    MIME message for an SMTP relay, and here is none (`local/emulator.py` sets no SMTP_HOST).
    """
    from ministack.core import iam_actions, iam_evaluator
    from ministack.services import dynamodb, ses, ses_v2

    from local.partiql import parsed_once

    every_item = iam_actions.dynamodb_transaction_checks
    iam_actions.dynamodb_transaction_checks = lambda *request: list(dict.fromkeys(every_item(*request)))
    parse = functools.lru_cache(4)(json.loads)  # requests, of at most some MB each
    iam_evaluator.parse_policy_document = _cached_by_text(iam_evaluator.parse_policy_document)
    iam_actions.json = SimpleNamespace(**{**vars(json), "loads": parse})
    dynamodb._evaluate_condition = _cached_key_conditions(dynamodb._evaluate_condition, dynamodb._tokenize)
    dynamodb._condition_syntax_error = functools.lru_cache(dynamodb._condition_syntax_error)
    dynamodb._tokenize = functools.lru_cache(dynamodb._tokenize)
    dynamodb._number_error = _cached_by_text(dynamodb._number_error)
    dynamodb._ddb_canonicalize_number = _cached_by_text(dynamodb._ddb_canonicalize_number)
    dynamodb.parse_partiql_statement = parsed_once(dynamodb.parse_partiql_statement)
    dynamodb._parse_partiql = _cached_last_call(dynamodb._parse_partiql)
    ses._build_mime_message = ses_v2._build_mime_message = lambda *_: ""


def _cached_by_text(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function with a cache of its results for texts; it has no side effects."""
    kept = functools.lru_cache(2**14)(function)
    return lambda of: kept(of) if isinstance(of, str) else function(of)


def _cached_key_conditions(
    evaluate: Callable[..., Any], tokenize: Callable[[str], Any]
) -> Callable[..., Any]:
    """What evaluates conditions, with a cache of the last query's results by the values of items' keys."""
    last: tuple[Any, Any, Any] = (None, None, None)
    keys: set[str] = set()
    results: dict[str, Any] = {}

    def evaluated(text: str, item: Any, values: Any, names: Any, slot: str = "ConditionExpression") -> Any:
        nonlocal last, keys, results
        if slot != "KeyConditionExpression":
            return evaluate(text, item, values, names, slot)
        if any(one is not other for one, other in zip(last, (text, values, names), strict=True)):
            words = (word for _, word, *_ in tokenize(text))
            last, keys, results = (text, values, names), {names.get(word, word) for word in words}, {}
        of = str([item.get(key) for key in keys])
        if of not in results:
            results[of] = evaluate(text, item, values, names, slot)
        return results[of]

    return evaluated


def _cached_last_call(parse: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """The function with a cache of its last call, by the identity of the arguments."""
    last: tuple[Any, Any, Any] = (None, None, None)

    def parsed(text: str, parameters: Any) -> Any:
        nonlocal last
        if last[0] is not text or last[1] is not parameters:
            last = (text, parameters, parse(text, parameters))
        return last[2]

    return parsed


def _app() -> Any:
    """MiniStack's application behind the middleware, so that it need not verify roles' signatures again."""
    from ministack import app

    from local.access_middleware import AccessMiddleware

    app.pin_signed_request = lambda *_: None
    return AccessMiddleware(app.app, int(os.environ["GATEWAY_PORT"]))


def main() -> None:
    """Serve until killed."""
    # Last, so that nothing of ours stands before a module of MiniStack's.
    sys.path.append(str(Path(__file__).parents[1]))
    from local.authorisation import ask_as_aws_does
    from local.function_logs import log_as_lambda_does
    from local.key_checks import ask_for_keys
    from local.partiql import check_writes_and_tell_streams
    from local.rule_targets import invoke_functions_as_aws_does
    from local.ses_account import keep_to_limits

    ask_as_aws_does()
    ask_for_keys()
    _restrict_root_to_the_runs_key()
    _refuse_forms_of_signature_version_2()
    check_writes_and_tell_streams()
    invoke_functions_as_aws_does()
    keep_to_limits()
    log_as_lambda_does()
    _avoid_repeated_work()
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    # Functions inherit this process's environment, and Powertools would take this for its own log level.
    os.environ.pop("LOG_LEVEL", None)
    config = Config()
    config.bind = [f"fd://{sys.argv[1]}"]
    config.keep_alive_timeout = 3600  # our clients' idle connections stay good as long as a demo lasts
    config.loglevel = "WARNING"
    asyncio.run(serve(_app(), config))


if __name__ == "__main__":
    main()
