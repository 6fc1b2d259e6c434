import re

from local.creators import create

from ...helpers.creators import new_resource


def test_a_bucket_name_is_lower_case_unless_given() -> None:
    assert re.fullmatch(r"files-[0-9a-f]{7}", create(new_resource("aws:s3/bucket:Bucket", "Files", {}))[0])
    assert create(new_resource("aws:s3/bucket:Bucket", "Files", {"bucket": "Mine"}))[0] == "Mine"
