"""A state's values as an event writes them: request paths, spellings,
transforms turned round, and other values of the same kind."""
import base64
import json
import re
import zlib

STEP = re.compile(r"([^.\[\]]+)((?:\[[^\]]*\])?)(?:\.|$)")
# Transforms whose values cannot be told from the state alone.
SKIPPED = {"refetch", "present", "sg-rule", "sg-rule-flat", "sg-rule-id",
           "sg-rule-modify", "sgrule", "route-entry", "redacted", "guard",
           "attr-name-form", "arn-basename", "name-value-list", "asg-tags"}
# Calls about one rule or route of many: made by their own functions below.
OWN_WAY = re.compile(r"(NetworkAclEntry|^[CRD][a-z]+Route|"
                     r"SecurityGroupRules|SecurityGroup(Ingress|Egress)|"
                     r"Descriptions(Ingress|Egress))$")
HIDDEN = re.compile(r"HIDDEN|REDACTED|\*{3}|OMITTED|emoved for security|"
                    r"sensitiveDataRemoved")
STRANGER = "not-there"
# The map does not tell lists from sets; these are sets in every schema.
UNORDERED = re.compile(r"(security_groups?|security_group_ids|subnet_ids|"
                       r"subnets|alarm_actions|ok_actions|addresses)$")


class Clash(Exception):
    """Two attributes want different values in one place of the request."""


def pick(text, n):
    """0..n-1, the same for the same text in every run."""
    return zlib.crc32(text.encode()) % n


def empty(v):
    return v is None or v == "" or v == [] or v == {}


def leaves(node, names, at=(), path=""):
    """[(indices of the lists passed, concrete path, value)]"""
    if isinstance(node, list) and names:
        out = []
        for i, x in enumerate(node):
            out += leaves(x, names, at + (i,), "%s[%d]" % (path, i))
        return out
    if not names:
        return [(at, path, node)]
    if isinstance(node, dict) and names[0] in node:
        return leaves(node[names[0]], names[1:], at,
                      (path + "." if path else "") + names[0])
    return []


def steps(path):
    """[(name, None | "" | filter)] of a request path."""
    return [(m.group(1), m.group(2)[1:-1] if m.group(2) else None)
            for m in STEP.finditer(path)]


def put(root, path, value, at):
    """Writes value under path; at gives the element of each list passed."""
    node, at = root, list(at)
    parts = steps(path)
    lists = sum(1 for _, f in parts[:-1] if f == "")
    at = at[len(at) - lists:] if len(at) >= lists else \
        [0] * (lists - len(at)) + at
    for i, (name, flt) in enumerate(parts):
        last = i == len(parts) - 1
        if last:
            if flt is not None:
                value = value if isinstance(value, list) else [value]
            if name in node and node[name] != value:
                raise Clash(path)
            node[name] = value
        elif flt is None:
            node = node.setdefault(name, {})
        else:
            node = element(node.setdefault(name, []), flt,
                           at.pop(0) if flt == "" else 0)
        if not last and not isinstance(node, dict):
            raise Clash(path)


def element(items, flt, index):
    if flt:
        key, _, want = flt.partition("=")
        for x in items:
            if x.get(key) == want:
                return x
        items.append({key: want})
        return items[-1]
    while len(items) <= index:
        items.append({})
    return items[index]


def respell(value, seed):
    """Another spelling of the same scalar."""
    way = pick(seed, 3)
    if isinstance(value, bool):
        return [value, str(value).lower(), value][way]
    if isinstance(value, (int, float)):
        return [value, json.dumps(value), value][way]
    return value


def document(value):
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return None
    return None


def spell_text(value, seed):
    """A JSON document inside a text, laid out otherwise."""
    doc = document(value)
    if doc is None:
        return value
    if isinstance(doc, dict) and pick(seed, 2):
        doc = dict(reversed(list(doc.items())))
    return json.dumps(doc, indent=[None, 2][pick(seed + "i", 2)])


def spell_tags(tags, seed):
    """A map of tags in one of the three usual shapes."""
    pairs = [(k, v) for k, v in tags.items() if not k.startswith("aws:")]
    way = pick(seed, 3)
    if way == 0:
        return [{"key": k, "value": v} for k, v in pairs]
    if way == 1:
        return [{"tagKey": k, "tagValue": v} for k, v in reversed(pairs)]
    return {"items": [{"key": k, "value": v} for k, v in pairs]}


def encode(transform, value, seed):
    """The event's form of a state's value; None where there is no way."""
    kind, _, rest = transform.partition(" ")
    table = dict(x.split("=", 1) for x in rest.split() if "=" in x)
    if kind == "not" and isinstance(value, bool):
        return respell(not value, seed)
    if kind == "enum":
        back = {v: k for k, v in table.items()}
        return back.get(json.dumps(value).strip('"'))
    if kind == "strip":
        return rest + value if isinstance(value, str) else None
    if kind == "dns":
        return value.rstrip(".") + "." if isinstance(value, str) else None
    if kind == "ip-protocol-number":
        return {"tcp": "6", "udp": "17", "icmp": "1"}.get(value, value)
    if kind == "b64":
        if not isinstance(value, str) or re.fullmatch("[0-9a-f]{40}", value):
            return None
        return base64.b64encode(value.encode()).decode()
    if kind == "tags":
        return spell_tags(value, seed) if isinstance(value, dict) else None
    if kind == "map":
        return [{"name": k, "value": v} for k, v in value.items()] \
            if isinstance(value, dict) else None
    if kind in ("tagkeys", "del", "drop"):
        return [STRANGER]       # taken off where it never was
    if kind == "tags-all":
        return [{"Key": k, "Value": v} for k, v in value.items()] \
            if isinstance(value, dict) else None
    if isinstance(value, dict):
        return None
    if isinstance(value, list):
        if any(isinstance(x, (dict, list)) for x in value):
            return None
        return value[::-1] if UNORDERED.search(seed) else value
    if isinstance(value, str):
        return spell_text(value, seed)
    return respell(value, seed)


SPECIAL = re.compile(r"version|(_time|_date|_until|identifier|name|kms_\w+|"
                     r"window)$")


def changed(value):
    """Another value of the same kind, or None."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, list) and value and \
            all(isinstance(x, str) for x in value):
        return value + ["added-by-hand"]
    if not isinstance(value, str) or document(value) is not None:
        return None
    if value in ("true", "false"):
        return "true" if value == "false" else "false"
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return value + "7"
    return value + "-changed"


def reach(root, path, at):
    """(object, key) that a request path leads to, as put() walked it."""
    node, at, parts = root, list(at), steps(path)
    lists = sum(1 for _, f in parts[:-1] if f == "")
    at = at[len(at) - lists:] if len(at) >= lists else \
        [0] * (lists - len(at)) + at
    for name, flt in parts[:-1]:
        node = node[name]
        if flt is not None:
            node = element(node, flt, at.pop(0) if flt == "" else 0)
    return node, parts[-1][0]
