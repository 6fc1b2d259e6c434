from typing import Any

import pytest

from local.authorisation import mail_actions, mail_resources, statements_checks

TABLES = "arn:aws:dynamodb:us-east-1:000000000000:table/"
SES = "arn:aws:ses:us-east-1:000000000000:"
INSERTION = """INSERT INTO "people-1.x" VALUE {'email': ?}"""


@pytest.mark.parametrize(
    ("statement", "action", "table"),
    [
        (INSERTION, "PartiQLInsert", "people-1.x"),
        ("insert  into people value {'email': ?}", "PartiQLInsert", "people"),
        ('UPDATE "people" SET a = ?', "PartiQLUpdate", "people"),
        ('UPDATE "people"\nSET "a"=? REMOVE "b" WHERE "email"=?', "PartiQLUpdate", "people"),
        ('DELETE FROM "people" WHERE email = ?', "PartiQLDelete", "people"),
        ('SELECT email,\n from_where FROM "people"."index"', "PartiQLSelect", "people"),
    ],
)
def test_each_statement_needs_its_own_right_to_its_table(statement: str, action: str, table: str) -> None:
    assert statements_checks({"Statement": statement}, TABLES) == [(f"dynamodb:{action}", TABLES + table)]


def test_a_batch_needs_what_each_of_its_statements_needs_once() -> None:
    statements = [INSERTION, INSERTION, 'SELECT * FROM "books"', "none at all"]
    request = {"Statements": [{"Statement": each} for each in statements]}
    assert statements_checks(request, TABLES) == [
        ("dynamodb:PartiQLInsert", f"{TABLES}people-1.x"),
        ("dynamodb:PartiQLSelect", f"{TABLES}books"),
    ]


def mail(**changes: Any) -> dict[str, Any]:
    content = {"Template": {"TemplateContent": {"Subject": "Hi"}}}
    return {"FromEmailAddress": "Us <us@mail.example.com>", "DefaultContent": content, **changes}


@pytest.mark.parametrize(
    ("identities", "identity"),
    [
        (["us@mail.example.com", "mail.example.com", "example.com"], "us@mail.example.com"),
        (["mail.example.com", "example.com"], "mail.example.com"),
        (["example.com", "us@example.com"], "example.com"),
        ([], "mail.example.com"),
    ],
)
def test_a_mail_needs_the_identity_that_it_is_sent_by(identities: list[str], identity: str) -> None:
    assert mail_resources(mail(), identities, SES) == [f"{SES}identity/{identity}", f"{SES}template/*"]


def test_a_mail_needs_what_it_names() -> None:
    named = mail(ConfigurationSetName="ours", DefaultContent={"Template": {"TemplateName": "welcome"}})
    assert mail_resources(named, ["example.com"], SES) == [
        f"{SES}identity/example.com",
        f"{SES}template/welcome",
        f"{SES}configuration-set/ours",
    ]
    simple = {"FromEmailAddress": "us@example.com", "Content": {"Simple": {}}}
    assert mail_resources(simple, ["example.com"], SES) == [f"{SES}identity/example.com"]


@pytest.mark.parametrize(
    ("request_", "actions"),
    [
        ({"BulkEmailEntries": []}, ["ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"]),
        ({"Content": {"Template": {}}}, ["ses:SendEmail", "ses:SendTemplatedEmail"]),
        ({"Content": {"Simple": {}}}, ["ses:SendEmail"]),
        ({}, ["ses:SendEmail"]),
    ],
)
def test_a_mail_by_a_template_needs_a_right_under_both_its_names(
    request_: dict[str, Any], actions: list[str]
) -> None:
    assert mail_actions(request_) == actions
