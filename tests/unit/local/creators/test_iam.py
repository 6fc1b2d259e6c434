from ...helpers.creators import calls_of, new_resource

BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"


def test_a_role_with_a_permissions_boundary() -> None:
    inputs = {"assumeRolePolicy": "{}", "permissionsBoundary": BOUNDARY}
    calls = calls_of(new_resource("aws:iam/role:Role", "r", inputs))
    assert calls["create_role"]["PermissionsBoundary"] == BOUNDARY
