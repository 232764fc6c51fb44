# SPDX-License-Identifier: Apache-2.0
"""Policies that something is wrong with."""

from tests.proof.corpus.change import Change, default, merged, option

OPEN = '"get_images": "@"\n'
CLOSED = '"get_images": "!"\n'
# What operators want who close a door: nobody gets through it.
SHUT = {'list': '403', 'list as a stranger': '403'}
OPENED = {'list as a stranger': '200'}
NAMED = option('oslo_policy', 'policy_file', 'mine.yaml')
PROTECTED = default(property_protection_file='{path}/protections.conf')

HAZARDS = (
    Change(
        'rules in policy.json',
        ('policy-json-implicit',),
        files={'policy.json': '{"get_images": "!"}'},
        intended=SHUT,
    ),
    Change(
        'rules in policy.json, by its name',
        ('policy-json-explicit',),
        sections=option('oslo_policy', 'policy_file', 'policy.json'),
        files={'policy.json': '{"get_images": "!"}'},
        intended=SHUT,
    ),
    Change(
        'policy.json with tabs, by its name',
        ('policy-json-explicit',),
        sections=option('oslo_policy', 'policy_file', 'policy.json'),
        files={'policy.json': '{\n\t"get_images": "@"\n}'},
        intended=OPENED,
    ),
    Change(
        'an empty policy.json',
        files={'policy.json': '{}'},
    ),
    Change(
        'policy.json beside policy.yaml',
        files={'policy.json': '{"get_images": "!"}', 'policy.yaml': OPEN},
        intended=OPENED,
    ),
    Change(
        'a policy file under [DEFAULT]',
        ('policy-file-alias',),
        sections=default(policy_file='mine.yaml'),
        files={'mine.yaml': CLOSED},
        intended=SHUT,
    ),
    Change(
        'a policy file that is not there',
        ('policy-file-missing',),
        sections=NAMED,
    ),
    Change(
        'a directory of policies that is a file',
        ('policy-dirs-file',),
        sections=option('oslo_policy', 'policy_dirs', '{path}/mine'),
        files={'mine': OPEN},
        intended=OPENED,
    ),
    Change(
        'a policy of a list',
        ('policy-syntax',),
        files={'policy.yaml': '- get_images\n'},
    ),
    Change(
        'a policy of a word',
        ('policy-syntax',),
        files={'policy.yaml': 'get_images\n'},
    ),
    Change(
        'a policy that is no YAML',
        ('policy-syntax',),
        files={'policy.yaml': '"get_images": "@\n'},
    ),
    Change(
        'a rule of a number',
        ('policy-syntax',),
        files={'policy.yaml': 'unused: 5\n'},
    ),
    Change(
        'a rule of nothing',
        files={'policy.yaml': '"get_images":\n'},
        intended=OPENED,
    ),
    Change(
        'an empty policy',
        files={'policy.yaml': ''},
    ),
    Change(
        'a rule that cannot be parsed',
        ('policy-rule-broken',),
        files={'policy.yaml': '"get_images": "role:admin or or"\n'},
        intended={},
    ),
    Change(
        'a rule of an unknown kind',
        ('policy-rule-broken',),
        files={'policy.yaml': '"get_images": "nonsense"\n'},
    ),
    Change(
        'a rule of a misspelt kind',
        ('policy-rule-broken',),
        files={'policy.yaml': '"get_images": "rules:default"\n'},
        intended={},
    ),
    Change(
        'a rule of ! without quotation marks',
        ('policy-rule-broken',),
        files={'policy.yaml': '"get_images": !\n'},
        intended=SHUT,
    ),
    *(
        Change(
            f'the policies {text}',
            (finding,),
            files={'policy.yaml': text},
            intended=SHUT,
        )
        for finding, text in (
            ('policy-rule-broken', '{"get_images": ! }'),
            ('policy-syntax', '{get_images: !, get_image: "@"}'),
            ('policy-syntax', '{get_images: !}'),
            (
                'policy-rule-broken',
                'get_images: ! role:reader or role:stranger',
            ),
            ('policy-rule-broken', 'get_images: "not rules:nobody"'),
            (
                'policy-rule-broken',
                'get_images: "not (Role:nobody or role:nobody)"',
            ),
        )
    ),
    *(
        Change(
            f'the policies {text}',
            files={'policy.yaml': text},
            intended=OPENED,
        )
        for text in (
            'get_images: !!str "@"',
            'get_images: "not roles:nobody"',
            '{get_images: "not !"}',
        )
    ),
    *(
        Change(
            f'the rule {rule}',
            ('policy-rule-broken',),
            files={'policy.yaml': f'"get_images": "{rule}"\n'},
            intended={},
        )
        for rule in (
            '!role:nobody',
            'role:100%',
            'project_id:%(project_id)d',
            '%(project_id)s:project_id',
        )
    ),
    Change(
        'rules in a circle',
        ('policy-cycle',),
        files={
            'policy.yaml': '"get_images": "rule:a"\n"a": "rule:get_images"'
        },
    ),
    Change(
        'a rule that is not defined',
        ('policy-undefined-rule',),
        files={'policy.yaml': '"get_images": "rule:no_such_rule"\n'},
        intended={},
    ),
    Change(
        'rules that nothing reads',
        ('policy-dead-rules',),
        files={'policy.yaml': '"copy_from": "role:admin"\n'},
    ),
    Change(
        'rules without "default"',
        ('policy-default',),
        files={'policy.yaml': '"add_member": "role:admin"\n'},
    ),
    Change(
        'rules of the location API',
        ('policy-service',),
        files={'policy.yaml': '"fetch_image_location": "role:admin"\n'},
    ),
    Change(
        'rules of metadata definitions',
        ('policy-metadef',),
        files={'policy.yaml': '"modify_metadef_namespace": "@"\n'},
    ),
    Change(
        'scopes are not enforced',
        ('policy-scope',),
        sections=option('oslo_policy', 'enforce_scope', 'false'),
    ),
    Change(
        'the new defaults are off',
        ('policy-new-defaults',),
        sections=option('oslo_policy', 'enforce_new_defaults', 'false'),
        intended=OPENED,
    ),
    Change(
        'enforce_secure_rbac',
        ('policy-secure-rbac', 'policy-rbac-mismatch'),
        sections=default(enforce_secure_rbac='true'),
    ),
    Change(
        'the new defaults are on',
        ('policy-rbac-mismatch',),
        sections=option('oslo_policy', 'enforce_new_defaults', 'true'),
    ),
    Change(
        'protections that are not there',
        ('prop-protect',),
        sections=PROTECTED,
    ),
    Change(
        'protections without operations',
        ('prop-protect',),
        sections=PROTECTED,
        files={'protections.conf': '[x]\nread = a\n'},
    ),
    Change(
        'protections that are no INI',
        ('prop-protect',),
        sections=PROTECTED,
        files={'protections.conf': 'read = a\n'},
    ),
    Change(
        'protections by a pattern that is none',
        ('prop-protect',),
        sections=PROTECTED,
        files={
            'protections.conf': '[x(]\ncreate = a\nread = a\n'
            'update = a\ndelete = a\n'
        },
    ),
    Change(
        'protections by policies that are not there',
        ('prop-protect',),
        sections=merged(
            PROTECTED, default(property_protection_rule_format='policies')
        ),
        files={
            'protections.conf': '[x]\ncreate = nobody\nread = nobody\n'
            'update = nobody\ndelete = nobody\n'
        },
    ),
)
