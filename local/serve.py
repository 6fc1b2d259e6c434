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


def _know_no_root_but_the_runs() -> None:
    """Let the run's key be root's, and nothing else: neither `test`, nor an account's number.

    No key at all stays root's: so comes a form upload, whose fields name the key that S3 asks for. And
    MiniStack makes a role's key of the names of role and function alone; here a secret goes into it.
    """
    from ministack.core import iam_evaluator, lambda_runtime

    root = ("", os.environ["AWS_ACCESS_KEY_ID"])
    iam_evaluator.is_root_access_key = lambda key_id: key_id in root
    keyed = functools.partial(hmac.new, secrets.token_bytes(32), digestmod="sha256")
    lambda_runtime.hashlib = SimpleNamespace(**{**vars(hashlib), "sha256": keyed})


def _take_no_form_of_version_2() -> None:
    """Let S3 refuse forms signed by Signature Version 2, as it does for buckets made since June 2020.

    https://docs.aws.amazon.com/AmazonS3/latest/API/specify-signature-version.html
    """
    from ministack.services import s3

    check = s3._enforce_signed_post_policy
    mechanism = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."

    def check_version_4(*form: Any) -> Any:
        return check(*form) if form[-1] else s3._error("InvalidRequest", mechanism, 400)

    s3._enforce_signed_post_policy = check_version_4


def _spare_needless_work() -> None:
    """Leave out what MiniStack does over and over, or for nothing; no answer of its changes.

    For every item of a transaction it asks IAM and parses the condition anew, for every insertion the
    statement, for every request the role's policies; a number it reads several times; to see whether IAM
    allows a request, it parses it three times; for every mail it makes a MIME message for an SMTP relay, of
    which there is none here (`local/emulator.py` gives it no SMTP_HOST).
    """
    from ministack.core import iam_actions, iam_evaluator
    from ministack.services import dynamodb, ses, ses_v2

    every_item = iam_actions.dynamodb_transaction_checks
    iam_actions.dynamodb_transaction_checks = lambda *request: list(dict.fromkeys(every_item(*request)))
    parse = functools.lru_cache(4)(json.loads)  # requests, of at most some MB each
    iam_evaluator.parse_policy_document = _once_a_text(iam_evaluator.parse_policy_document)
    iam_actions.json = SimpleNamespace(**{**vars(json), "loads": parse})
    dynamodb._condition_syntax_error = functools.lru_cache(dynamodb._condition_syntax_error)
    dynamodb._tokenize = functools.lru_cache(dynamodb._tokenize)
    dynamodb._number_error = _once_a_text(dynamodb._number_error)
    dynamodb._ddb_canonicalize_number = _once_a_text(dynamodb._ddb_canonicalize_number)
    dynamodb.parse_partiql_statement = _parsed_once(dynamodb.parse_partiql_statement)
    dynamodb._parse_partiql = _not_twice(dynamodb._parse_partiql)
    ses._build_mime_message = ses_v2._build_mime_message = lambda *_: ""


def _tell_streams_of_insertions() -> None:
    """Let PartiQL's INSERT check an item as every other write does, and tell the table's stream of it."""
    from ministack.services import dynamodb

    inserts = dynamodb._partiql_insert

    def insert(table: Any, parsed: dict[str, Any]) -> Any:
        item = parsed["item"]
        if refusal := dynamodb._validate_item(item, table["pk_name"], table["sk_name"]):
            return refusal
        answer = inserts(table, parsed)
        if answer[0] == 200:
            dynamodb._emit_stream_event(table["TableName"], "INSERT", None, item)
        return answer

    dynamodb._partiql_insert = insert


def _once_a_text(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function, whose answer to a text is kept, for it is always the same."""
    kept = functools.lru_cache(2**14)(function)
    return lambda of: kept(of) if isinstance(of, str) else function(of)


def _parsed_once(parse: Callable[[str, list[Any]], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """PartiQL's parser, which parses a text that inserts nothing but parameters once for all of them."""

    @functools.lru_cache
    def inserted(text: str, count: int) -> dict[str, Any] | None:
        parameters = [{"S": str(n)} for n in range(count)]
        parsed = parse(text, parameters)
        return parsed if parsed["op"] == "INSERT" and [*parsed["item"].values()] == parameters else None

    def parsed(text: str, parameters: list[Any]) -> dict[str, Any]:
        if (insertion := inserted(text, len(parameters))) is None:
            return parse(text, parameters)
        return {**insertion, "item": dict(zip(insertion["item"], parameters, strict=True))}

    return parsed


def _not_twice(parse: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """The function, which is not called again for the very objects that it was called for just before."""
    last: tuple[Any, Any, Any] = (None, None, None)

    def parsed(text: str, parameters: Any) -> Any:
        nonlocal last
        if last[0] is not text or last[1] is not parameters:
            last = (text, parameters, parse(text, parameters))
        return last[2]

    return parsed


def _gate() -> Any:
    """The gate before MiniStack's application, which need not check roles' signatures again."""
    from ministack import app

    from local.gate import Gate

    app.pin_signed_request = lambda *_: None
    return Gate(app.app, int(os.environ["GATEWAY_PORT"]))


def main() -> None:
    """Serve until killed."""
    # Last, so that nothing of ours stands before a module of MiniStack's.
    sys.path.append(str(Path(__file__).parents[1]))
    from local.authorisation import ask_as_aws_does

    ask_as_aws_does()
    _know_no_root_but_the_runs()
    _take_no_form_of_version_2()
    _tell_streams_of_insertions()
    _spare_needless_work()
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    # Functions inherit this process's environment, and Powertools would take this for its own log level.
    os.environ.pop("LOG_LEVEL", None)
    config = Config()
    config.bind = [f"fd://{sys.argv[1]}"]
    config.keep_alive_timeout = 3600  # our clients' idle connections stay good as long as a demo lasts
    config.loglevel = "WARNING"
    asyncio.run(serve(_gate(), config))


if __name__ == "__main__":
    main()
