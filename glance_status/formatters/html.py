# SPDX-License-Identifier: Apache-2.0
"""The report as one HTML page that loads nothing."""

import pathlib

import jinja2
import markupsafe

from glance_status import formatters, results, wording

_SIGNS = {
    results.SUCCESS: '\N{CHECK MARK}',
    results.WARNING: '!',
    results.FAILURE: '\N{MULTIPLICATION X}',
    results.ERROR: '?',
}


def render(report: results.Report, _style: formatters.Style) -> str:
    """Return the report as HTML in ASCII, which every locale can carry."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters['with_code'] = _with_code
    path = pathlib.Path(__file__).with_name('html.jinja')
    template = environment.from_string(path.read_text('utf-8'))
    text = template.render(
        report=wording.plain(report),
        wording=wording,
        signs=_SIGNS,
        outcomes=results.OUTCOMES,
    )
    return text.encode('ascii', 'xmlcharrefreplace').decode('ascii')


def _with_code(text: str) -> markupsafe.Markup:
    """Return text with its commands as code, and its lines as lines."""
    parts = wording.COMMAND.split(text)
    marked = [
        markupsafe.Markup('<code>{}</code>' if odd % 2 else '{}').format(part)
        for odd, part in enumerate(parts)
    ]
    return markupsafe.Markup('').join(marked)
