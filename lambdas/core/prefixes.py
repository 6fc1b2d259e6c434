"""Where in the uploads bucket process_csv writes; the components grant it these, and let them expire."""

REPORTS_PREFIX = "reports/"
CONTINUATIONS_PREFIX = "continuations/"
