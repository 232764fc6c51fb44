# SPDX-License-Identifier: Apache-2.0
"""Options that stand under a name which a release no longer reads."""

import typing

from glance_status import context, ini, releases, results


class Rename(typing.NamedTuple):
    """An old name of an option.

    :param section: that of the old name; its case counts for DEFAULT alone
    :param gone: the first release that does not read the old name
    :param new: ``[section] option`` of today; empty where it is gone for good
    """

    section: str
    option: str
    gone: int
    new: str = ''


def findings(
    checker: context.Checker,
    kind: results.FindingKind,
    renames: typing.Iterable[Rename],
) -> list[results.Finding]:
    """Return what is to be said of the old names that are in use."""
    return [
        finding
        for rename in renames
        if (finding := _judged(checker, kind, rename)) is not None
    ]


def _judged(
    checker: context.Checker, kind: results.FindingKind, rename: Rename
) -> results.Finding | None:
    setting = checker.written(rename.section, rename.option)
    if setting is None or _ignored_already(checker, rename.gone):
        return None
    name = f'[{rename.section}] {rename.option}'
    affected = results.Affected(1, (name,))
    said = f'{name} ({setting.place})'
    ends = f'{rename.gone}.0.0 ({releases.find(str(rename.gone)).title})'
    new = _new(checker, rename)
    if new is not None:
        return kind.note(
            f'{said} has no effect beside {new.name} ({new.place}); from '
            f'{ends} on it is not read at all.',
            remediation=f'Delete {name}.',
            affected=affected,
        )
    remediation = (
        f'Write it as {rename.new}.' if rename.new else f'Delete {name}.'
    )
    if checker.target.major < rename.gone:
        return kind.warning(
            f'{said} is still read by {checker.target.title}, and no longer '
            f'by {ends}.',
            remediation=remediation,
            affected=affected,
        )
    rest = (
        f' In its place counts {rename.new}, which is not set.'
        if rename.new
        else ''
    )
    return kind.warning(
        f'{said} is not read from {ends} on.{rest}',
        remediation=remediation,
        affected=affected,
    )


def _ignored_already(checker: context.Checker, gone: int) -> bool:
    return checker.target.major >= gone and not checker.crosses(gone)


def _new(checker: context.Checker, rename: Rename) -> ini.Setting | None:
    if not rename.new:
        return None
    section, option = rename.new[1:].split('] ')
    return checker.written(section, option)
