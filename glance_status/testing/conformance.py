# SPDX-License-Identifier: Apache-2.0
"""What every plug-in has to keep, as tests that its author inherits."""

import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import typing
from collections import abc

import pytest

from glance_status import plugins, releases, results
from glance_status.testing import databases, servers

# Seconds that all checks of a plug-in may take in a small database.
_LONGEST = 120
_ID = re.compile(r'[\w.-]+:[a-z0-9-]+|[a-z0-9]+(-[a-z0-9]+)*')

Document = dict[str, typing.Any]


@dataclasses.dataclass(frozen=True)
class Situation:
    """Where the checks are run.

    :param configured: whether the author's configuration is read, an empty
        one else
    :param server: where the database is, None for none
    :param release: whose tables it has, None for no tables
    :param populated: whether there are rows in them
    """

    configured: bool = True
    server: str | None = None
    release: str | None = None
    populated: bool = True


_NEWEST = releases.newest().version
SITUATIONS = {
    'no configuration': Situation(configured=False),
    'no database': Situation(),
    'no tables': Situation(server='sqlite'),
    'no rows': Situation(server='sqlite', release=_NEWEST, populated=False),
    # Older than all releases from which an upgrade is known.
    'old tables': Situation(server='sqlite', release='liberty'),
    **{
        server: Situation(server=server, release=_NEWEST)
        for server in servers.SERVERS
    },
}
"""Where every check comes to an end, by name."""

_EVERYWHERE = pytest.mark.parametrize('situation', SITUATIONS)
_ON_SERVERS = pytest.mark.parametrize('situation', servers.SERVERS)
# They need no server and little time.
_CHEAP = ('no configuration', 'no database', 'no tables')


@dataclasses.dataclass(frozen=True)
class Observation:
    """What was seen of a plug-in in a situation.

    :param printed: what it printed
    :param seen: the document of ``glance_status.observing``
    """

    printed: str
    seen: Document

    @property
    def checks(self) -> list[Document]:
        """Return what its checks say of themselves."""
        return list(self.seen['checks'])

    @property
    def ids(self) -> list[str]:
        """Return the ids of its checks and their findings.

        A check in the form of a pair is its own finding.
        """
        return [
            name
            for check in self.checks
            for name in dict.fromkeys(
                (check['id'], *(kind['id'] for kind in check['kinds']))
            )
        ]

    @property
    def findings(self) -> list[Document]:
        """Return what its checks found."""
        return [
            finding
            for reply in self.seen['replies'].values()
            for finding in reply['findings']
        ]


Observed = abc.Callable[[str], Observation]


class Conformance:
    """Inherit this in a test module, and name the entry point.

    :cvar entry_point: its name
    :cvar group: the group that it stands in
    :cvar configuration: the text of a ``glance-api.conf`` with which its
        checks look at as much as they can
    :cvar published: the ids of checks and findings that earlier versions
        had; operators have them in their waivers, so that they stay
    :cvar slowest_import: how long it may take to load, in parts of the time
        that the libraries of this tool take
    """

    entry_point: typing.ClassVar[str]
    group: typing.ClassVar[str] = plugins.NAMESPACE
    configuration: typing.ClassVar[str] = '[DEFAULT]\n'
    published: typing.ClassVar[abc.Collection[str]] = ()
    slowest_import: typing.ClassVar[float] = 1.0

    @classmethod
    def observe(
        cls, situation: Situation, directory: pathlib.Path
    ) -> Observation:
        """Run all checks in a process of their own; return what was seen."""
        conf = directory / 'glance-api.conf'
        conf.write_text(cls.configuration if situation.configured else '')
        if not situation.server:
            return cls._run([conf], (), directory)
        servers.require(situation.server)
        with databases.database(
            situation.server, situation.release, directory
        ) as database:
            if situation.release and situation.populated:
                database.populate()
            named = directory / 'database.conf'
            named.write_text(database.configuration)
            return cls._run([conf, named], database.source, directory)

    @classmethod
    def _run(
        cls,
        files: abc.Iterable[pathlib.Path],
        source: abc.Iterable[releases.Release],
        directory: pathlib.Path,
    ) -> Observation:
        answer = directory / 'answer.json'
        done = subprocess.run(
            [sys.executable, '-m', 'glance_status.observing'],
            input=json.dumps(
                {
                    'entry_point': cls.entry_point,
                    'group': cls.group,
                    'files': list(map(str, files)),
                    'target': _NEWEST,
                    'source': [release.version for release in source],
                    'answer': str(answer),
                }
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
        assert answer.exists(), (
            f'the process of the plug-in {cls.entry_point} ended with '
            f'{done.returncode}:\n{done.stdout}'
        )
        return Observation(done.stdout, json.loads(answer.read_text()))

    def test_it_loads(self, glance_observed: Observed) -> None:
        """The class is made, and get_checks() returns checks alone."""
        seen = glance_observed('no configuration').seen
        assert (seen['problems'], bool(seen['checks'])) == ([], True)

    def test_it_loads_fast(self, glance_observed: Observed) -> None:
        """Whoever lists or runs checks waits for every plug-in."""
        everything = [glance_observed(name).seen for name in _CHEAP]
        floor = min(seen['floor'] for seen in everything)
        loading = min(seen['loading'] for seen in everything)
        assert loading <= floor * self.slowest_import, (
            f'it takes {loading:.3f} s of processor time to load, '
            f'{loading / floor:.1f} of what the libraries of glance-status '
            'take: import what is dear inside the functions that need it'
        )

    def test_ids_are_its_own(self, glance_observed: Observed) -> None:
        """No id is there twice, or is one of the built-in checks."""
        ids = glance_observed('no configuration').ids
        ours = _built_in() if self.entry_point != 'glance' else set()
        _none(
            f'{name} is not lower-case words with hyphens'
            for name in ids
            if not _ID.fullmatch(name)
        )
        _none(f'{name} is there twice' for name in ids if ids.count(name) > 1)
        _none(f'{name} is a built-in one' for name in ids if name in ours)

    def test_ids_are_stable(self, glance_observed: Observed) -> None:
        """Nothing decides over ids but the version of the plug-in."""
        every = [glance_observed(name) for name in _CHEAP]
        again = [seen.seen['again'] for seen in every]
        assert [seen.ids for seen in every] == [every[0].ids] * len(every)
        assert again == [[check['id'] for check in every[0].checks]] * len(
            every
        )

    def test_published_ids_are_still_there(
        self, glance_observed: Observed
    ) -> None:
        """A waiver that names an id must not become an error."""
        ids = glance_observed('no configuration').ids
        _none(f'{name} is gone' for name in self.published if name not in ids)

    def test_every_finding_is_explained(
        self, glance_observed: Observed
    ) -> None:
        """``glance-status upgrade explain`` has something to say."""
        _none(
            f'{kind["id"]} has no {field}'
            for check in glance_observed('no configuration').checks
            for kind in check['kinds']
            # A pair cannot say more than its result does.
            if kind['id'] != check['id']
            for field in ('title', 'looks_for', 'matters', 'remediation')
            if not kind[field]
        )

    @_EVERYWHERE
    def test_every_check_comes_to_an_end(
        self, situation: str, glance_observed: Observed
    ) -> None:
        """Whatever there is to look at, or not, it is no traceback."""
        replies = glance_observed(situation).seen['replies']
        _none(
            f'{name} broke: {reply["broken"]}\n{reply.get("trace", "")}'
            for name, reply in replies.items()
            if 'broken' in reply
        )

    @_EVERYWHERE
    def test_what_it_finds_says_what_to_do(
        self, situation: str, glance_observed: Observed
    ) -> None:
        """A warning or a failure has words, and a remedy of its own kind."""
        observation = glance_observed(situation)
        pairs = {
            check['id']
            for check in observation.checks
            if check['id'] in {kind['id'] for kind in check['kinds']}
        }
        titles = {check['title'] for check in observation.checks}
        _none(
            f'{finding["id"]} says {finding["message"]!r}, and to do '
            f'{finding["remediation"]!r}'
            for finding in observation.findings
            if finding['result'] != results.SUCCESS
            and (
                finding['message'] in titles | {''}
                or (not finding['remediation'] and finding['id'] not in pairs)
            )
        )

    @_EVERYWHERE
    def test_it_prints_nothing(
        self, situation: str, glance_observed: Observed
    ) -> None:
        """The report is the one thing that it has to say."""
        _none(glance_observed(situation).printed.splitlines())

    @_EVERYWHERE
    def test_it_writes_nothing(
        self, situation: str, glance_observed: Observed
    ) -> None:
        """No file is made or changed, not even a temporary one."""
        _none(glance_observed(situation).seen['written'])

    @_EVERYWHERE
    def test_it_leaves_its_process_as_it_was(
        self, situation: str, glance_observed: Observed
    ) -> None:
        """Its checks share a process, and run in any order."""
        changed = glance_observed(situation).seen['changed']
        _none(f'{what}: not as before' for what in changed)

    @_ON_SERVERS
    def test_no_check_reads_a_table_twice(
        self, situation: str, glance_observed: Observed
    ) -> None:
        """A statement for each row takes for ever in a large cloud."""
        sent: dict[tuple[str, str], list[str]] = {}
        for statement in glance_observed(situation).seen['statements']:
            for table in statement['tables']:
                key = statement['check'], table
                sent.setdefault(key, []).append(statement['text'])
        _none(
            '\n'.join((f'{check} reads {table} more than once:', *texts))
            for (check, table), texts in sent.items()
            if len(texts) > 1
        )

    @_ON_SERVERS
    def test_no_statement_reads_a_whole_table(
        self, situation: str, glance_observed: Observed
    ) -> None:
        """What no index answers belongs into the shared pass."""
        _none(
            f'{statement["check"]} reads all of {table}: {statement["text"]}'
            for statement in glance_observed(situation).seen['statements']
            for table in statement['scans']
        )


def _none(complaints: abc.Iterable[str]) -> None:
    """Fail with all complaints, which pytest would cut short."""
    listed = list(complaints)
    assert not listed, '\n'.join(listed)


def _built_in() -> set[str]:
    """Return the ids that a plug-in cannot take."""
    [entry] = [item for item in plugins.find()[0] if item.builtin]
    checks, _problems = plugins.load(entry)
    return {
        name
        for check in checks
        for name in (check.id, *(kind.id for kind in check.kinds))
    }
