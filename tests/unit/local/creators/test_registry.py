import re

import pytest

from local.creators import create, known_types
from local.errors import EmbeddedAwsError, UnsupportedError
from local.ignored_properties import IGNORED_PROPERTIES

from ...helpers.creators import new_resource

QUEUE = "aws:sqs/queue:Queue"


def test_an_unknown_type_is_an_error_that_names_it_and_the_resource() -> None:
    with pytest.raises(UnsupportedError, match=r"type aws:ec2/instance:Instance \(of 'box'\)"):
        create(new_resource("aws:ec2/instance:Instance", "box", {}))


def test_an_unknown_property_is_an_error_that_names_it_and_its_resource() -> None:
    with pytest.raises(UnsupportedError, match=rf"properties colour, size of {QUEUE} 'q'"):
        create(new_resource(QUEUE, "q", {"size": 1, "colour": "red", "delaySeconds": 2}))


def test_ignored_properties_belong_to_known_types_and_have_reasons() -> None:
    assert IGNORED_PROPERTIES.keys() <= known_types()
    assert all(reason for properties in IGNORED_PROPERTIES.values() for reason in properties.values())


def test_an_ignored_property_is_accepted() -> None:
    create(new_resource("aws:s3/bucket:Bucket", "b", {"forceDestroy": True}))


def test_outputs_are_the_inputs_and_what_the_creator_adds() -> None:
    made = new_resource(QUEUE, "q", {"name": "named", "delaySeconds": 2})
    assert create(made)[1] == {
        "name": "named",
        "delaySeconds": 2,
        "url": "the QueueUrl",
        "arn": "the QueueArn",
    }


def test_a_name_is_made_as_pulumi_makes_it() -> None:
    names = {new_resource(QUEUE, "jobs", {}).physical_name(80) for _ in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch(r"jobs-[0-9a-f]{7}", name) for name in names)


def test_a_name_that_leaves_no_room_is_an_error() -> None:
    with pytest.raises(EmbeddedAwsError, match="81 characters; AWS takes 80"):
        new_resource(QUEUE, "q" * 73, {}).physical_name(80)
