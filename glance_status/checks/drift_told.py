# SPDX-License-Identifier: Apache-2.0
"""Deviations of tables in words, and the SQL that mends them."""

import functools
import typing

from glance_status import drift, results
from glance_status.checks import drift_kinds
from glance_status.releases import layouts

if typing.TYPE_CHECKING:
    import sqlalchemy

    from glance_status import ddl


class Told:
    """Says what deviations are, and what to do about them."""

    def __init__(
        self,
        expected: layouts.Layout,
        live: layouts.Layout,
        dialect: 'sqlalchemy.Dialect',
    ):
        self._expected = expected
        self._live = live
        self._dialect = dialect

    @functools.cached_property
    def _writer(self) -> 'ddl.Writer':
        """Write the SQL of remedies, which most databases need none of."""
        from glance_status import ddl

        return ddl.Writer(self._dialect, self._expected, self._live)

    def finding(
        self,
        kind: results.FindingKind,
        severity: int,
        items: list[drift.Deviation],
    ) -> results.Finding:
        """Return the finding of all deviations of one kind."""
        said = [self._said(item) for item in items]
        make = (kind.note, kind.warning, kind.failure)[severity]
        return make(
            f'{drift_kinds.LEADS[kind.id]}: {"; ".join(said)}.',
            remediation=self._remedy(items) or kind.remediation,
            affected=results.Affected(
                len(items), tuple(said[: results.SAMPLE_SIZE])
            ),
        )

    def _said(self, item: drift.Deviation) -> str:
        return drift_kinds.TRAITS[item.what].said.format(
            item, **self._words(item)
        )

    def _words(self, item: drift.Deviation) -> dict[str, str]:
        """Return what the texts of a deviation may name."""
        words = {
            'table': item.table,
            'columns': ', '.join(item.columns),
            'name': item.name,
            'live': item.live,
        }
        table = self._expected[item.table]
        if item.live:
            (column,) = item.columns
            words['type'] = table.columns[column].type
        if item.what == 'missing-foreign-key':
            # No foreign key of Glance is about more than one column.
            other, (referred,) = table.foreign_keys[item.columns]
            (column,) = item.columns
            here, there = f'{item.table}.{column}', f'{other}.{referred}'
            words |= {
                'other': other,
                'columns': here,
                'here': here,
                'there': there,
                'join': f'{there} = {here}',
            }
        return words

    def _remedy(self, items: list[drift.Deviation]) -> str | None:
        """Return the SQL that mends deviations; None where none does."""
        steps: dict[str, None] = {}
        looks: dict[str, None] = {}
        for item in items:
            steps |= dict.fromkeys(self._steps(item))
            look = drift_kinds.TRAITS[item.what].look
            if look:
                looks[look.format(**self._words(item))] = None
        if not steps:
            return None
        first = ''
        if looks:
            first = (
                ', mend the rows that these find: '
                + '; '.join(f'`{look}`' for look in looks)
                + ','
            )
        return f'{drift_kinds.BACKUP}{first} and run: {" ".join(steps)}'

    def _steps(self, item: drift.Deviation) -> list[str]:
        write = self._writer
        table, columns, column = item.table, item.columns, item.columns[0]
        name = item.name
        match item.what:
            case 'missing-column':
                found = self._expected[table].columns[column]
                if not found.nullable and found.default is None:
                    return []
                return write.add_column(table, column)
            case 'missing-index' | 'name-needed':
                return write.add_index(table, columns, name)
            case 'missing-primary-key':
                return write.add_primary_key(table)
            case 'missing-unique':
                return write.add_unique(table, columns, name)
            case 'missing-foreign-key':
                return write.add_foreign_key(table, columns)
            case 'narrow-type' | 'other-type':
                return write.set_type(table, column)
            case 'refuses-null' | 'takes-null':
                return write.set_nullability(table, column)
            case 'does-not-count':
                return write.count(table, column)
            case 'unfilled-column':
                return write.relax(table, column)
            case 'name-taken':
                return write.drop_index(table, name)
            case 'extra-unique' if name:
                return write.drop_index(table, name, constraint=True)
        return []
