from typing import Any

import pytest
from pulumi.runtime import MockResourceArgs
from pulumi.runtime.rpc import _special_secret_sig, _special_sig_key

from local.errors import EmbeddedAwsError, UnsupportedError
from local.provision import Provisioner, plain

from ..helpers.creators import Recorders


def args(**of: Any) -> MockResourceArgs:
    return MockResourceArgs(
        **{"typ": "aws:sqs/queue:Queue", "name": "q", "inputs": {}, "provider": "", "custom": True, **of}
    )


def test_secrets_are_opened_and_whole_numbers_are_integers() -> None:
    secret = {_special_sig_key: _special_secret_sig, "value": {"a": [2.0, 2.5]}}
    assert plain([secret, True, "x"]) == [{"a": [2, 2.5]}, True, "x"]
    assert isinstance(plain(2.0), int)


def test_a_resource_is_noted_with_its_inputs_and_its_id() -> None:
    provisioner = Provisioner(Recorders())
    resource_id, _ = provisioner.new_resource(args(inputs={"name": "named"}))
    [registered] = provisioner.resources
    assert (registered.type, registered.name, registered.id) == ("aws:sqs/queue:Queue", "q", resource_id)
    assert registered.inputs["name"] == "named"
    assert registered.inputs["maxMessageSize"] == 262_144


def test_a_component_is_noted_and_nothing_created() -> None:
    recorders = Recorders()
    provisioner = Provisioner(recorders)
    assert provisioner.new_resource(args(typ="a:b:C", custom=False)) == ("", {})
    assert len(provisioner.resources) == 1
    assert recorders.client("any").calls == {}


def test_an_existing_resource_is_refused_and_so_is_all_after_it() -> None:
    provisioner = Provisioner(Recorders())
    with pytest.raises(UnsupportedError, match="the existing 'q-1'"):
        provisioner.new_resource(args(resource_id="q-1"))
    with pytest.raises(EmbeddedAwsError, match="Something before this failed"):
        provisioner.new_resource(args())
    assert provisioner.resources == []
