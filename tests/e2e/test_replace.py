"""`onConflict: replace`: the last write wins, and who has a record already gets no second mail."""

import pytest

from local.embedded import embedded_aws

from .pipeline import HEADER, Pipeline, until

pytestmark = pytest.mark.e2e


def test_a_second_file_replaces_records_and_mails_only_who_is_new() -> None:
    with embedded_aws(settings={"onConflict": "replace"}) as deployment:
        pipeline = Pipeline(deployment)
        first = pipeline.run_one(HEADER + b"ada@example.com,Ada,,,,\n")
        assert (first.books.created, first.books.mailed) == (1, 1)

        pipeline.upload("again.csv", HEADER + b"ada@example.com,Augusta,,,,\nnew@example.com,New,,,,\n")

        until(lambda: len(pipeline.mails_to("new@example.com")) == 1)
        assert pipeline.records()["ada@example.com"]["first_name"] == "Augusta"
        assert len(pipeline.mails_to("ada@example.com")) == 1
