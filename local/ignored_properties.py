"""The properties that an emulator has no use for, each with the reason. Nothing else is ever left out."""

_DELETION = "about deleting; the emulator's whole state is thrown away"
_PROVIDER = "read by Pulumi's provider to notice changes; AWS never sees it"

IGNORED_PROPERTIES: dict[str, dict[str, str]] = {
    "aws:s3/bucket:Bucket": {"forceDestroy": _DELETION},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {"skipDestroy": _DELETION},
    "aws:iam/role:Role": {"forceDetachPolicies": _DELETION},
    "aws:cloudwatch/eventRule:EventRule": {"forceDestroy": _DELETION},
    "aws:cloudwatch/eventTarget:EventTarget": {"forceDestroy": _DELETION},
    "aws:kms/key:Key": {"deletionWindowInDays": _DELETION},
    "aws:lambda/function:Function": {"skipDestroy": _DELETION, "sourceCodeHash": _PROVIDER},
    "aws:cloudwatch/logGroup:LogGroup": {"skipDestroy": _DELETION},
}
