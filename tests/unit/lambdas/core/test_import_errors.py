"""The last error of each function in an import."""

from typing import Any

from lambdas.core.import_errors import ImportErrors

from ...helpers.clock import Clock
from ...helpers.cloud import EXPIRE_DAYS, IMPORT, IMPORTS, Cloud
from ...helpers.fakes import client_error

DENIED = client_error("AccessDeniedException", "not authorized to perform: ses:SendEmail on e@x.com")


def notes(cloud: Cloud) -> ImportErrors:
    dynamodb: Any = cloud.dynamodb
    return ImportErrors(dynamodb, IMPORTS, EXPIRE_DAYS, "insert_records")


def noted(cloud: Cloud) -> Any:
    return cloud.dynamodb.tables[IMPORTS].get((IMPORT, "error#insert_records"))


def test_an_error_is_noted_by_its_class_and_no_value(clock: Clock) -> None:
    cloud = Cloud()
    notes(cloud).note(IMPORT, DENIED)
    item = noted(cloud)
    assert item["class"] == {"S": "ClientError AccessDeniedException (not allowed: ses:SendEmail)"}
    assert item["at"]["S"].endswith("Z")
    assert item["expires_at"] == {"N": str(int(clock.now) + EXPIRE_DAYS * 86_400)}


def test_of_an_import_one_error_a_minute_is_noted(clock: Clock) -> None:
    cloud = Cloud()
    errors = notes(cloud)
    for error in (ValueError("x"), KeyError("x")):
        errors.note(IMPORT, error)
        errors.note("another", error)
    assert len(cloud.calls.made) == 2
    assert noted(cloud)["class"] == {"S": "ValueError"}
    clock.sleep(60)
    errors.note(IMPORT, KeyError("x"))
    assert noted(cloud)["class"] == {"S": "KeyError"}


def test_what_cannot_be_noted_is_not_tried_for_a_minute(clock: Clock) -> None:
    cloud = Cloud()
    cloud.dynamodb.script("update_item", DENIED)
    errors = notes(cloud)
    for import_id in ("another", IMPORT):
        errors.note(import_id, ValueError("x"))
    assert len(cloud.calls.made) == 1
    clock.sleep(60)
    errors.note(IMPORT, ValueError("x"))
    assert noted(cloud)["class"] == {"S": "ValueError"}
