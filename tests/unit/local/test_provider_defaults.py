from local.provider_defaults import with_provider_defaults

QUEUE = "aws:sqs/queue:Queue"


def test_what_is_left_out_or_none_is_filled_in() -> None:
    filled = with_provider_defaults(QUEUE, {"delaySeconds": None})
    assert filled["delaySeconds"] == 0
    assert filled["maxMessageSize"] == 262_144


def test_what_is_given_stands_even_if_it_is_zero() -> None:
    assert with_provider_defaults(QUEUE, {"visibilityTimeoutSeconds": 0})["visibilityTimeoutSeconds"] == 0


def test_a_type_without_defaults_keeps_its_inputs() -> None:
    assert with_provider_defaults("aws:x/y:Y", {"a": 1, "b": None}) == {"a": 1}
