"""What a function's role allows whatever the function is for: its log, its VPC, its key, its traces."""

import pulumi

from .function_args import FunctionPlan
from .policies import Statement, allow

# Lambda makes the network interfaces in the role's name; these, on all resources, are what it asks for:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
NETWORK_ACTIONS = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]
# Sampling is Lambda's own, so its rules need not be read:
# https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
TRACE_ACTIONS = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]


def running_statements(logs_arn: pulumi.Input[str], plan: FunctionPlan) -> list[Statement]:
    """Statements for a function that runs as planned."""
    streams = pulumi.Output.concat(logs_arn, ":*")
    statements = [allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)]
    if plan.vpc is not None:
        statements += [allow("ConnectToVpc", NETWORK_ACTIONS, "*"), _deny_own_code(NETWORK_ACTIONS)]
    if plan.kms_key_arn is not None:
        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
        statements.append(allow("DecryptEnvironment", ["kms:Decrypt"], plan.kms_key_arn))
    if plan.tracing is not None:
        # The service authorization reference knows no resource for them.
        statements.append(allow("WriteTraces", TRACE_ACTIONS, "*"))
    return statements


def _deny_own_code(actions: list[str]) -> Statement:
    """The code has its role's rights, too; its requests carry the function's ARN, which Lambda's do not.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    return {
        "Sid": "OnlyLambdaConnects",
        "Effect": "Deny",
        "Action": actions,
        "Resource": ["*"],
        # The role is this function's alone, so any function's ARN is its own.
        "Condition": {"Null": {"lambda:SourceFunctionArn": "false"}},
    }
