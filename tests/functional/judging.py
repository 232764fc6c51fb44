# SPDX-License-Identifier: Apache-2.0
"""The checks of rows in the process of the test, where speed matters."""

import contextlib
import typing

from glance_status import asked, context, results, rows, survey
from glance_status.checks import Checks

CHECKS = [check for check in Checks().get_checks() if check.asks]
"""All checks that ask of the rows."""


def findings(checker: context.Checker) -> list[results.Finding]:
    """Return what all checks of rows find.

    A check that has nothing to look at is left out; one that gets no answer
    raises.
    """
    questions = {}
    for check in CHECKS:
        with contextlib.suppress(context.Inapplicable):
            questions[check.id] = asked.questions(check.asks, checker)
    answers: dict[str, dict[str, typing.Any]] = {}
    for step in survey.survey(checker, questions):
        for name, documents in step.answers.items():
            answers.setdefault(name, {}).update(documents)
    found: list[results.Finding] = []
    for check in CHECKS:
        if check.id in questions:
            checker.answers = rows.Answers(answers[check.id])
            with contextlib.suppress(context.Inapplicable, rows.Missing):
                found += check.function(checker)
    checker.close()
    return found
