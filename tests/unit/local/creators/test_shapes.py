from local.creators.shapes import document, pascal, tag_list, text


def test_pascal_reaches_every_depth_and_renames() -> None:
    found = pascal([{"id": 1, "filter": {"and": {"maxItems": [{"id": None}]}}}], {"id": "ID"})
    assert found == [{"ID": 1, "Filter": {"And": {"MaxItems": [{"ID": None}]}}}]


def test_small_shapes() -> None:
    assert (text(True), text(3), text("x")) == ("true", "3", "x")
    assert (document("{}"), document({"a": 1})) == ("{}", '{"a": 1}')
    assert tag_list({"a": "b"}) == [{"Key": "a", "Value": "b"}]
    assert tag_list(None) == []
