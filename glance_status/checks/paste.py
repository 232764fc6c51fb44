# SPDX-License-Identifier: Apache-2.0
"""Whether there is a paste file, and the flavor in it."""

import os
import re

from glance_status import context, places, plugins, results
from glance_status.checks import pipeline, texts, values

NO_TRUSTED_AUTH = 23
WSGI_ALONE = 33
# What may end a pipeline, and is not the API.
_NO_API = re.compile(
    r'glance\.api(\.versions|\.v1\.router)?:|oslo_middleware[.:]'
    r'|egg:oslo\.middleware#'
)

MISSING = results.FindingKind(
    id='paste-file-missing',
    title='There is no paste file',
    looks_for='The file that [paste_deploy] config_file names, or, where it '
    'names none, glance-api-paste.ini in the directory of glance-api.conf, '
    '~/.glance, ~, /etc/glance and /etc. Beside a copy of the configuration '
    'it may be missing: that is a note.',
    matters='The API does not start: RuntimeError, "Unable to locate paste '
    'config file".',
    remediation='Install glance-api-paste.ini of the target beside '
    'glance-api.conf, and set [paste_deploy] config_file to its whole path '
    'or not at all.',
    reference=pipeline.REFERENCE,
)
RELATIVE = results.FindingKind(
    id='paste-file-relative',
    title='The path of the paste file is relative',
    looks_for='A [paste_deploy] config_file that is no absolute path.',
    matters='Glance looks for it in the working directory of its process, '
    'and nowhere else. Another web server or service unit may start it in '
    'another one, and then it does not start.',
    remediation='Set [paste_deploy] config_file to the whole path, or delete '
    'it: then glance-api-paste.ini beside glance-api.conf is taken.',
    reference=pipeline.REFERENCE,
)
BROKEN = results.FindingKind(
    id='paste-file-broken',
    title='The paste file does not load the API',
    looks_for='A paste file that is no INI file of UTF-8 text, or in which '
    'the sections of the configured flavor name others, or files, that are '
    'not there, or themselves, or have a % that refers to nothing; also the '
    'middleware of CORS without oslo_config_project, a pipeline with other '
    'options, an application with two factories, and a flavor that leads to '
    'nothing but the list of versions and the healthcheck.',
    matters='The API does not start, or answers no request for images.',
    remediation='Take glance-api-paste.ini of the target, and make your '
    'changes to it again.',
    reference=pipeline.REFERENCE,
)
FLAVOR = results.FindingKind(
    id='paste-flavor-missing',
    title='The paste file does not have the flavor',
    looks_for='A [paste_deploy] flavor for which the paste file has no '
    'pipeline or composite glance-api-FLAVOR. trusted-auth and '
    'trusted-auth+cachemanagement are gone from the paste file of 23.0.0 and '
    'later.',
    matters='The API does not start: RuntimeError, LookupError.',
    remediation='Set [paste_deploy] flavor to keystone, keystone+caching or '
    'keystone+cachemanagement.',
    since='23.0.0',
    reference=pipeline.REFERENCE,
)


def check_paste(checker: context.Checker) -> list[results.Finding]:
    """Look for the file and for the configured flavor in it."""
    loaded = pipeline.read(checker)
    findings = _relative(checker)
    if loaded is None:
        return findings + _missing(checker)
    if loaded.unread:
        return [*findings, _unread(loaded.unread)]
    if not loaded.known:
        findings.append(_no_flavor(checker, loaded))
    elif loaded.wrong:
        findings.append(
            BROKEN.failure(f'{loaded.path} cannot be loaded: {loaded.wrong}.')
        )
    elif loaded.ways and all(map(_has_no_api, loaded.ways)):
        findings.append(
            BROKEN.failure(
                f'{loaded.path}: the pipeline of {loaded.app} does not lead '
                'to the API: no request for images is answered.'
            )
        )
    elif _trusted_auth(checker) and checker.crosses(NO_TRUSTED_AUTH):
        findings.append(
            FLAVOR.warning(
                f'The flavor is {pipeline.flavor(checker)}'
                f'{values.place(checker, "paste_deploy", "flavor")}. '
                f'{loaded.path} has it; the paste file of {NO_TRUSTED_AUTH}'
                '.0.0 and later has not.'
            )
        )
    return findings


def _has_no_api(way: pipeline.Way) -> bool:
    return bool(_NO_API.match(way[-1].factory))


def _relative(checker: context.Checker) -> list[results.Finding]:
    named = values.text(checker, 'paste_deploy', 'config_file')
    if not named or os.path.isabs(named):
        return []
    where = values.place(checker, 'paste_deploy', 'config_file')
    message = (
        f'[paste_deploy] config_file is {named}{where}: Glance looks for it '
        'in its working directory.'
    )
    if checker.crosses(WSGI_ALONE):
        return [
            RELATIVE.warning(
                f'{message} {WSGI_ALONE}.0.0 is started by another server '
                'than before, where glance-api started it.'
            )
        ]
    return [RELATIVE.note(message)]


def _missing(checker: context.Checker) -> list[results.Finding]:
    named = values.text(checker, 'paste_deploy', 'config_file')
    flavor = pipeline.flavor(checker)
    findings = []
    if _trusted_auth(checker) and checker.target.major >= NO_TRUSTED_AUTH:
        findings.append(
            FLAVOR.failure(
                f'The flavor is {flavor}'
                f'{values.place(checker, "paste_deploy", "flavor")}, and the '
                f'paste file of {checker.target.title} does not have it.'
            )
        )
    if named and os.path.isabs(named):
        where = values.place(checker, 'paste_deploy', 'config_file')
        message = f'[paste_deploy] config_file names {named}{where}, and '
        return [*findings, MISSING.failure(f'{message}there is no such file.')]
    message = f'No {named or pipeline.NAME} is to be found'
    if _is_copy(checker):
        return [
            *findings,
            MISSING.note(
                f'{message} beside the configuration, so nothing was said of '
                'the middleware. The API needs the file where it runs.'
            ),
        ]
    return [*findings, MISSING.failure(f'{message}: the API does not start.')]


def _is_copy(checker: context.Checker) -> bool:
    """Tell whether the configuration may not be where the API reads it."""
    read = checker.run.configuration
    homes = {places.DEFAULT_DIRECTORY}
    return read.explicit and not any(
        os.path.dirname(os.path.realpath(file)) in homes for file in read.files
    )


def _unread(file: texts.Text) -> results.Finding:
    message = f'{file.path} cannot be read: {file.error}.'
    if file.denied:
        return BROKEN.warning(
            message,
            remediation='Run glance-status as the user that runs Glance, or '
            'as root.',
        )
    return BROKEN.failure(message)


def _no_flavor(
    checker: context.Checker, loaded: pipeline.Pipeline
) -> results.Finding:
    flavor = pipeline.flavor(checker) or 'not set'
    where = values.place(checker, 'paste_deploy', 'flavor')
    return FLAVOR.failure(
        f'[paste_deploy] flavor is {flavor}{where}, and {loaded.path} does '
        f'not have it: {loaded.wrong}.'
    )


def _trusted_auth(checker: context.Checker) -> bool:
    return pipeline.flavor(checker).startswith('trusted-auth')


CHECKS = (
    plugins.Check(
        id='paste-file',
        title='Paste file',
        function=check_paste,
        kinds=(MISSING, RELATIVE, BROKEN, FLAVOR),
        topic='middleware',
        reads=('configuration', 'files'),
        description='Whether the API finds its paste file, and the '
        'configured flavor in it.',
    ),
)
