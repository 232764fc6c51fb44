# SPDX-License-Identifier: Apache-2.0
"""Ask an installed Glance for all that it knows, and print it as JSON.

Run by the interpreter that Glance is installed for, from 3.6 on, and with
nothing else installed. The answers of the releases are folded together by
``tools/lifecycle.py``.
"""

import configparser
import glob
import importlib
import json
import logging
import os
import pkgutil
import socket
import sys
import warnings

try:
    from importlib import metadata
except ImportError:
    metadata = None

# Modules of Glance that are no part of the API, or do something at import.
LEFT_OUT = ('.tests', '.cmd.', '.hacking', '.wsgi.', '.migration')

GROUPS = (
    'glance.common.image_location_strategy.modules',
    'glance.flows',
    'glance.image_import.internal_plugins',
    'glance.image_import.plugins',
    'glance_store.drivers',
    'keystoneauth1.plugin',
    'oslo.config.driver',
    'oslo.config.opts',
    'oslo.messaging.drivers',
    'oslo.messaging.notify.drivers',
    'oslo.middleware.healthcheck',
)


def main():
    """Print one JSON document."""
    warnings.simplefilter('ignore')
    logging.disable(logging.CRITICAL)
    # What looks at the command line shall see Glance's.
    sys.argv = ['glance-api']
    answer = {
        'python': '.'.join(map(str, sys.version_info[:2])),
        'entry_points': entry_points(),
        'sample_namespaces': sample_namespaces(),
        'options': list(listed()),
        'backends': backends(),
        'registered': list(registered()),
        'auth': auth_plugins(),
        'session': session(),
        'policies': policies(),
        'paste': paste(),
    }
    text = json.dumps(answer, indent=1, sort_keys=True, default=str)
    sys.stdout.write(text + '\n')


# What is installed


def entry_points():
    """Return {group: {name: target}}."""
    found = {group: {} for group in GROUPS}
    for group, name, target in _entry_points():
        if group in found and '.tests.' not in target:
            found[group][name] = target
    return found


def _entry_points():
    if metadata:
        for distribution in metadata.distributions():
            for point in distribution.entry_points:
                yield point.group, point.name, point.value
        return
    import pkg_resources

    for distribution in pkg_resources.working_set:
        for group, points in distribution.get_entry_map().items():
            for name, point in points.items():
                yield group, name, str(point).partition(' = ')[2]


# Options


def sample_namespaces():
    """Return the namespaces that the shipped sample of the API names."""
    path = os.path.join(sys.prefix, 'etc', 'glance', 'glance-api.conf')
    with open(path, encoding='utf-8') as stream:
        return sorted(
            {
                line[len('# From ') :].strip()
                for line in stream
                if line.startswith('# From ')
            }
        )


def listed():
    """Yield each option that a namespace lists, one after the other."""
    from oslo_config import generator

    names = sorted(
        name
        for name in entry_points()['oslo.config.opts']
        if '.tests.' not in name
    )
    seen = set()
    for namespace in names:
        try:
            answers = generator._list_opts([namespace])
        except Exception as error:
            yield {'namespace': namespace, 'error': repr(error)}
            continue
        for _name, groups in answers:
            for group, opts in groups:
                group = getattr(group, 'name', group) or 'DEFAULT'
                for opt in opts:
                    key = (namespace, group, opt.dest)
                    if key not in seen:
                        seen.add(key)
                        yield dict(
                            described(opt), namespace=namespace, group=group
                        )


def backends():
    """Return {driver: [option]} of the groups of named backends."""
    try:
        from glance_store import driver, multi_backend
    except ImportError:
        return {}
    # Registered for each named backend when its store is made.
    more = getattr(driver.Store, 'MULTI_BACKEND_OPTIONS', None) or []
    return {
        name: [described(opt) for opt in (*opts, *more)]
        for name, opts in multi_backend._list_driver_opts().items()
        if name != 'no_conf'
    }


def registered():
    """Yield what the modules of Glance register without listing it."""
    import glance
    from oslo_config import cfg

    for module in pkgutil.walk_packages(
        glance.__path__, 'glance.', onerror=lambda name: None
    ):
        if not any(word in module.name + '.' for word in LEFT_OUT):
            try:
                importlib.import_module(module.name)
            except BaseException:
                continue
    conf = cfg.CONF
    for item in conf._opts.values():
        yield dict(described(item['opt']), group='DEFAULT')
    for name, group in conf._groups.items():
        for item in group._opts.values():
            yield dict(described(item['opt']), group=name)


def auth_plugins():
    """Return {plug-in of keystoneauth: [option]}."""
    from keystoneauth1 import loading

    found = {}
    for name in sorted(loading.get_available_plugin_names()):
        if name not in entry_points()['keystoneauth1.plugin']:
            continue
        try:
            opts = loading.get_plugin_loader(name).get_options()
        except Exception:
            continue
        found[name] = [described(opt._to_oslo_opt()) for opt in opts]
    return found


def session():
    """Return what keystoneauth reads in any group of a client."""
    from keystoneauth1 import loading

    opts = list(loading.get_session_conf_options())
    opts += loading.get_adapter_conf_options()
    opts += loading.get_auth_common_conf_options()
    return [described(opt) for opt in opts]


def described(opt):
    """Return an option as plain data."""
    answer = {
        # What stands in a file, whatever the option is called elsewhere.
        'name': opt.dest,
        'type': described_type(opt.type),
        'multi': bool(getattr(opt, 'multi', False)),
        'default': default_of(opt),
        'required': bool(opt.required),
        'secret': bool(opt.secret),
        'advanced': bool(getattr(opt, 'advanced', False)),
        'positional': bool(getattr(opt, 'positional', False)),
        'deprecated': bool(opt.deprecated_for_removal),
        'deprecated_since': text(getattr(opt, 'deprecated_since', None)),
        'reason': text(opt.deprecated_reason),
        'aliases': [
            [old.group, old.name or opt.dest]
            for old in opt.deprecated_opts
            if old.group or old.name
        ],
    }
    return {
        name: value
        for name, value in answer.items()
        if value or (name == 'default' and value is not None)
    }


def described_type(kind):
    """Return a type of oslo.config as plain data."""
    answer = {'name': getattr(kind, '__name__', type(kind).__name__)}
    for name in (
        'min',
        'max',
        'max_length',
        'quotes',
        'ignore_case',
        'bounds',
        'schemes',
        'version',
        'key_value_separator',
    ):
        value = getattr(kind, name, None)
        # A bound of 0 is one, though it equals False; a length of 0 is none.
        bound = name in ('min', 'max') and value is not None
        if bound or value not in (None, False, [], ()):
            answer[name] = value
    if answer.get('key_value_separator') == ':':
        del answer['key_value_separator']
    choices = getattr(kind, 'choices', None)
    if choices:
        answer['choices'] = list(choices)
    pattern = getattr(kind, 'regex', None)
    if pattern is not None:
        answer['regex'] = getattr(pattern, 'pattern', pattern)
    for name in ('item_type', 'value_type'):
        inner = getattr(kind, name, None)
        if inner is not None:
            answer[name] = described_type(inner)
    return answer


def default_of(opt):
    """Return a default; what depends on the host as the sample shows it."""
    sample = getattr(opt, 'sample_default', None)
    default = opt.default
    if sample is not None and (
        host_bound(str(default)) or str(sample).startswith('<')
    ):
        return plain(sample)
    if str(default) == socket.gethostname():
        return '<host>'
    return plain(default)


def host_bound(value):
    """Tell whether a text names this host or this environment."""
    return socket.gethostname() in value or sys.prefix in value


def plain(value):
    """Return what JSON can say."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value).replace(sys.prefix, '')


def text(value):
    """Return a text in one line."""
    return ' '.join(str(value).split()) if value else ''


# Policies


def policies():
    """Return {name: rule}: those in the code, or those of the policy.json."""
    try:
        from glance import policies as known
    except ImportError:
        return shipped_policies()
    return {rule.name: described_rule(rule) for rule in known.list_rules()}


def described_rule(rule):
    """Return a registered policy as plain data."""
    old = getattr(rule, 'deprecated_rule', None)
    answer = {
        'check': rule.check_str,
        'scope': sorted(getattr(rule, 'scope_types', None) or []),
        'deprecated': bool(getattr(rule, 'deprecated_for_removal', False)),
        'reason': text(getattr(rule, 'deprecated_reason', None)),
        'deprecated_since': text(getattr(rule, 'deprecated_since', None)),
    }
    if old:
        answer['old_name'] = old.name
        answer['old_check'] = old.check_str
        for name in ('reason', 'deprecated_since'):
            given = getattr(old, 'deprecated_' + name.split('_')[-1], None)
            answer[name] = answer[name] or text(given)
    return answer


def shipped_policies():
    """Return the rules of the policy file that is shipped."""
    path = os.path.join(sys.prefix, 'etc', 'glance', 'policy.json')
    with open(path, encoding='utf-8') as stream:
        rules = json.load(stream)
    return {name: {'check': check} for name, check in rules.items()}


# Paste files


def paste():
    """Return {file: {section: {key: value}}} of the shipped paste files."""
    found = {}
    pattern = os.path.join(sys.prefix, 'etc', 'glance', '*paste.ini')
    for path in sorted(glob.glob(pattern)):
        parser = configparser.RawConfigParser()
        parser.read(path, encoding='utf-8')
        found[os.path.basename(path)] = {
            name: dict(parser.items(name)) for name in parser.sections()
        }
    return found


if __name__ == '__main__':
    main()
