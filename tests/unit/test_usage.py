# SPDX-License-Identifier: Apache-2.0
"""What somebody hears whose command line is wrong."""

import pytest

from glance_status import usage

HELP = 'See `tool --help`.'
HELP_CHECK = 'See `tool check --help`.'


def parser() -> usage.Parser:
    """Return what reads the command line of a tool with three commands."""
    made = usage.Parser(prog='tool')
    made.add_argument('--file')
    below = made.add_subparsers(dest='command')
    check = below.add_parser('check')
    check.add_argument('--format', choices=['table', 'json'])
    check.add_argument('--force', action='store_true')
    below.add_parser('merge').add_argument('--format', choices=['json'])
    below.add_parser('old').add_subparsers(dest='old').add_parser('purge')
    return made


def complained(line: str) -> str | None:
    """Return what is said of the options of a line, None for nothing."""
    try:
        usage.look_for_strangers(parser(), line.split())
    except usage.Error as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ('line', 'complaint'),
    [
        ('', None),
        ('--file=x check --format=json', None),
        ('--file x check --format json', None),
        ('check --file x', None),
        # These are no options.
        ('check -- --formt', None),
        ('-x check', None),
        (
            '--formt=json check',
            f"there is no option '--formt'. Did you mean --format? {HELP}",
        ),
        ('check --zzz', f"there is no option '--zzz'. {HELP}"),
        (
            'check --fo',
            f"there is no option '--fo'. Did you mean --format? {HELP}",
        ),
        (
            '--format json check',
            '--format belongs after `tool check` or `tool merge`. ' + HELP,
        ),
        ('--force=x', f'--force belongs after `tool check`. {HELP}'),
    ],
)
def test_an_option_that_is_none_or_belongs_elsewhere(
    line: str, complaint: str | None
) -> None:
    assert complained(line) == complaint


@pytest.mark.parametrize(
    ('line', 'complaint'),
    [
        (
            'chek',
            "argument command: 'chek' is none of check, merge, old. Did you "
            f'mean check? {HELP}',
        ),
        (
            'purge',
            "argument command: 'purge' is none of check, merge, old. purge "
            f'belongs after `tool old`. {HELP}',
        ),
        (
            'check --format j',
            "argument --format: 'j' is none of table, json. Did you mean "
            f'json? {HELP_CHECK}',
        ),
        (
            'check --format x',
            f"argument --format: 'x' is none of table, json. {HELP_CHECK}",
        ),
        # Nothing is abbreviated.
        (
            'check --forma json',
            f'unrecognized arguments: --forma json. {HELP}',
        ),
    ],
)
def test_a_value_that_is_none_is_refused(line: str, complaint: str) -> None:
    with pytest.raises(usage.Error) as caught:
        parser().parse_args(line.split())
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    ('word', 'complaint'),
    [
        ('json', "'json' is a word too many"),
        ('json=x', "'json=x' is a word too many"),
        ('--file=x', '--file belongs after `tool`.'),
        (
            '--froce=x',
            "there is no option '--froce'. Did you mean --force?",
        ),
        # An option of one letter is like no other.
        ('-x', "there is no option '-x'."),
    ],
)
def test_a_word_that_does_not_belong_where_it_is(
    word: str, complaint: str
) -> None:
    assert usage.unwanted(word, parser().places()) == complaint


@pytest.mark.parametrize(
    ('word', 'question'),
    [
        ('pro', ' Did you mean prometheus?'),
        ('PROME', ' Did you mean prometheus?'),
        ('jnuit', ' Did you mean junit?'),
        # Of several that begin with it, the first.
        ('j', ' Did you mean json?'),
        ('', ''),
        ('wholly else', ''),
    ],
)
def test_who_was_near_is_asked_what_was_meant(
    word: str, question: str
) -> None:
    assert usage.near(word, ('table', 'json', 'junit', 'prometheus')) == (
        question
    )
