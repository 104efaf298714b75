"""Events made from a state's own values: the calls that set every mapped
attribute of a resource to what the state says it is. None of them is drift.

Bindings are dicts as the reference judge's map reader yields them: types, id
[(attribute, path, transform)], attr [(attribute, path | None, transform |
literal, guard)], each, role, rolepath, when. The same value is written in as
many spellings as CloudTrail has (numbers as text, sets in another order,
policies laid out otherwise, tags in three shapes), so that the judge has to
see through them.
"""
import base64
import collections
import json
import re
import zlib

STEP = re.compile(r"([^.\[\]]+)((?:\[[^\]]*\])?)(?:\.|$)")
AGENT = "aws-cli/2.15.30 Python/3.11.8"
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


# event; address and type of the resource it sets; how it was made, if known
Made = collections.namedtuple("Made", "event address type maker")


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


def record(source, name, request, number, response=None):
    return {
        "eventVersion": "1.09", "eventSource": source, "eventName": name,
        "awsRegion": "eu-west-1", "eventTime": "2025-03-04T05:06:07Z",
        "userAgent": AGENT, "sourceIPAddress": "198.51.100.7",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/ana",
            "accountId": "111122223333", "userName": "ana"},
        "readOnly": False, "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
        "eventID": "%08x-0000-4000-8000-000000000000" % number,
        "requestParameters": request, "responseElements": response or None}


class Maker:
    """Builds one event of one binding for one instance."""

    def __init__(self, source, name, binding, attributes):
        self.source, self.name, self.b = source, name, binding
        self.at = attributes
        self.request, self.response = {}, {}
        self.marks = []       # (attribute, concrete path, request path, at)

    def write(self, path, value, at=()):
        path = path.split("|")[0] if "[" not in path.split("|")[0] or \
            "]" in path.split("|")[0] else path
        if path.startswith("@"):
            raise Clash(path)
        root = self.request
        if path.startswith(">"):
            root, path = self.response, path[1:]
        if path.startswith("."):
            rest = path[1:]
            path = self.b["each"] + ("." + rest if rest else "")
        put(root, path, value, at)

    def ids(self):
        for spec, path, transform in self.b["id"]:
            choices = spec.split("|")
            paths = path.split("|") if len(path.split("|")) == \
                len(choices) else [path] * len(choices)
            for one, where in zip(choices, paths):
                value = self.id_value(one)
                if value is not None:
                    break
            else:
                raise Clash(spec)
            self.write(where, encode(transform, value, ""))

    def id_value(self, spec):
        """The first value of an id attribute, or of a part of it."""
        name, _, part = spec.rstrip("~").partition("#")
        for _, _, v in leaves(self.at, name.split(".")):
            if empty(v) or isinstance(v, (list, dict)):
                continue
            if name == spec:
                return v
            if not part.isdigit() and not spec.endswith("~"):
                return None
            for sep in "/:,|_;":
                parts = str(v).split(sep)
                if len(parts) > int(part or 0) and len(parts) > 1:
                    return parts[int(part or 0)]
        return None

    def conditions(self):
        for when in self.b["when"]:
            path, _, want = [x.strip() for x in when.partition("=")]
            if not path.startswith("!") and want:
                self.write(path, want)

    def attribute(self, attribute, path, transform):
        kind = transform.split()[0]
        if kind in SKIPPED or path[0] in "@>":
            return
        if "/*]" in path:
            return
        found = [x for x in leaves(self.at, attribute.split("."))
                 if not empty(x[2]) and not HIDDEN.search(str(x[2]))]
        if kind == "tags-all" and self.at.get("tags_all"):
            found = [((), attribute, self.at["tags_all"])]
        if kind == "merge":
            return self.blocks(attribute, path, transform)
        if kind == "kv" and "=" in transform:
            name, _, want = transform[3:].partition("=")
            if self.marks or name in self.request:
                return              # such an event names one attribute
            self.write(name, want)
        wide = len(found) > 1
        for at, concrete, value in found:
            v = encode(transform, value, self.name + concrete)
            if v is None or isinstance(v, list) and wide:
                continue
            self.write(path, v, at)
            self.marks.append((attribute, concrete, path, at))

    def blocks(self, attribute, path, transform):
        members = [x.split("=") for x in transform.split()[1:]]
        items = [{there: b[here] for here, there in members
                  if not empty(b.get(here))}
                 for b in self.at.get(attribute) or []]
        if items and not path.startswith("."):
            self.write(path, items)
            self.marks.append((attribute, attribute, path, ()))

    def event(self, number):
        if OWN_WAY.search(self.name):
            raise Clash("made its own way")
        self.ids()
        self.conditions()
        if self.b["role"] == "delete":
            return self.record(number)
        for attribute, path, transform, guard in self.b["attr"]:
            if path is None:
                self.literal(attribute, transform, guard)
        for attribute, path, transform, guard in self.b["attr"]:
            if path is not None:
                try:
                    self.attribute(attribute, path, transform)
                except Clash:
                    if transform.split()[0] != "none":
                        raise
        if self.b["role"] != "create" and not self.marks:
            raise Clash("nothing to set")
        return self.record(number)

    def record(self, number):
        return record(self.source, self.name, self.request, number,
                      self.response)

    def literal(self, attribute, value, guard):
        """A literal line makes the event a no-op only if it is so."""
        if guard:
            return
        found = [v for _, _, v in leaves(self.at, attribute.split("."))]
        want = None if value == "null" else value
        for v in found or [None]:
            text = json.dumps(v).strip('"') if not empty(v) else None
            if value == "?" or text != want:
                raise Clash(attribute)


def own_way(block, one):
    """[(source, name, request)]: rules and routes set to what they are."""
    at, out = one["attributes"], []
    kind = block["type"]
    if kind in ("aws_security_group", "aws_default_security_group"):
        for way in ("ingress", "egress"):
            rules = [permission(b, at["id"]) for b in at.get(way) or []]
            if rules:
                out.append(("AuthorizeSecurityGroup" + way.title(), {
                    "groupId": at["id"],
                    "ipPermissions": {"items": rules}}))
    if kind in ("aws_route_table", "aws_default_route_table"):
        out += [("CreateRoute", {"routeTableId": at["id"], **renamed(r)})
                for r in at.get("route") or []]
    if kind in ("aws_network_acl", "aws_default_network_acl"):
        for way in ("ingress", "egress"):
            out += [] if block["name"] == "invented" else [("CreateNetworkAclEntry", acl_entry(e, at["id"], way))
                    for e in at.get(way) or []]
    return [("ec2.amazonaws.com", name, r) for name, r in out]


def permission(block, group):
    def items(key, name):
        return {"items": [{key: v} for v in block.get(name) or []]}
    groups = items("groupId", "security_groups")
    if block.get("self"):
        groups["items"].append({"groupId": group})
    return {"ipProtocol": block.get("protocol"),
            "fromPort": block.get("from_port"),
            "toPort": block.get("to_port"), "groups": groups,
            "ipRanges": items("cidrIp", "cidr_blocks"),
            "ipv6Ranges": items("cidrIpv6", "ipv6_cidr_blocks"),
            "prefixListIds": items("prefixListId", "prefix_list_ids")}


def renamed(route):
    """Terraform's members of a route under the names of the call."""
    names = {"cidr_block": "destinationCidrBlock",
             "ipv6_cidr_block": "destinationIpv6CidrBlock",
             "destination_prefix_list_id": "destinationPrefixListId",
             "egress_only_gateway_id": "egressOnlyInternetGatewayId"}
    return {names.get(k) or k.split("_")[0] + "".join(
        w.title() for w in k.split("_")[1:]): v
        for k, v in route.items() if not empty(v)}


def acl_entry(entry, acl, way):
    number = {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}
    proto = str(entry.get("protocol"))
    return {"networkAclId": acl, "egress": way == "egress",
            "ruleNumber": entry.get("rule_no"),
            "aclProtocol": number.get(proto, proto),
            "ruleAction": entry.get("action"),
            **({"cidrBlock": entry["cidr_block"]}
               if entry.get("cidr_block") else {}),
            **({"ipv6CidrBlock": entry["ipv6_cidr_block"]}
               if entry.get("ipv6_cidr_block") else {}),
            **({"portRange": {"from": entry["from_port"],
                              "to": entry["to_port"]}}
               if entry.get("from_port") else {})}


def bindings_by_type(sections, roles=("update", "upsert")):
    """{type: [(source, event, binding)]} of what has one of these roles."""
    out = {}
    for (source, name), types in sections.items():
        for t, bindings in types.items():
            for b in bindings:
                if b["role"] in roles and not b["rolepath"] and b["id"]:
                    out.setdefault(t, []).append((source, name, b))
    return out


def instances(state):
    """[(resource block, instance)] of what the state manages."""
    for block in state.get("resources", []):
        if block.get("mode") == "managed":
            for one in block.get("instances", []):
                if not one.get("deposed") and one.get("attributes"):
                    yield block, one


BOOL = re.compile(r"(^|_)(enabled?|enable_.*|is_.*|encrypted|protection)$")
NUMBER = re.compile(r"(_(count|size|seconds|days|capacity|period|limit|port)"
                    r"|timeout|port|iops|priority|weight)$")
POLICY = ('{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Allow",'
          '"Action":["x:A","x:B"],"Resource":"%s"}]}')


def invented(attribute, transform, seed):
    """A value such as an attribute of that name might hold."""
    kind = transform.split()[0] if transform else "none"
    name = attribute.rsplit(".", 1)[-1]
    if kind in ("tags", "tagkeys", "tags-all", "map") or \
            attribute in ("tags", "tags_all"):
        return {"Env": "prod", "Nr": seed}
    if kind in ("set", "add", "del"):
        return ["a-" + seed, "b-" + seed]
    if kind == "merge":
        return [{x.split("=")[0]: "m%s-%d" % (seed, i) for x in
                 transform.split()[1:]} for i in (1, 2)]
    if kind == "policy" or name.endswith("policy"):
        return POLICY % seed
    if kind in ("bool", "not") or BOOL.search(name):
        return True
    if kind == "int" or NUMBER.search(name):
        return 7 + pick(seed + attribute, 90)
    if kind == "enum":
        return transform.split()[1].partition("=")[2]
    return "%s-%s" % (name.replace("_", "-"), seed)


def document_of(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def same_source(bindings):
    """{attribute: first of those that one path of a request feeds}: an event
    that sets a name sets the id made of it."""
    first = {}
    for _, _, b in bindings:
        by_path = {}
        lines = [(p, a) for spec, p, _ in b["id"] for a in spec.split("|")]
        lines += [(p, a) for a, p, _, _ in b["attr"] if p is not None]
        for path, a in lines:
            for one in path.split("|"):
                other = by_path.setdefault(one, a)
                old, new = root_of(first, a), root_of(first, other)
                if old != new:
                    first[max(old, new)] = min(old, new)
    return {a: root_of(first, a) for a in first}


def root_of(first, a):
    while a in first:
        a = first[a]
    return a


def invent(kind, bindings, number):
    """Attributes of one instance of a type, from what the map knows of it:
    dotted attributes become blocks of one."""
    lines = [(a, t) for _, _, b in bindings
             for a, p, t, _ in b["attr"] if p is not None
             and not re.match("sg-?rule|route-entry", t)]
    lines += [(a, t) for _, _, b in bindings
              for spec, _, t in b["id"] for a in spec.split("|")]
    names = sorted({re.sub(r"(#\d+|~)$", "", a) for a, _ in lines})
    kinds = {a: t for a, t in reversed(lines)}
    kinds.update((a, t) for a, t in lines
                 if re.match("merge |tags|tagkeys", t))
    out = {"id": "%s-%d" % (kind.replace("_", "-"), number)}
    names = sorted(set(names) | {"id"})
    literals = {a: t for _, _, b in reversed(bindings)
                for a, p, t, _ in b["attr"] if p is None and t != "?"}
    alike = same_source(bindings)
    for a in names:
        if any(b.startswith(a + ".") for b in names):
            continue
        node, parts = out, a.split(".")
        for part in parts[:-1]:
            node = node.setdefault(part, [{}])[0]
        first = alike.get(a, a)
        node[parts[-1]] = invented(first, kinds.get(first), str(number))
    for a, text in literals.items():
        if a not in names and "." not in a:
            out[a] = None if text == "null" else document_of(text)
    if any("#" in spec for _, _, b in bindings for spec, _, _ in b["id"]):
        out["id"] = "p0-%d:p1-%d:p2-%d" % (number, number, number)
    for pair in (("tags", "tags_all"), ("tags_all", "tags")):
        if isinstance(out.get(pair[0]), dict):
            out.setdefault(pair[1], dict(out[pair[0]]))
    return out


def invented_state(table):
    """A state with one resource of every type the map knows."""
    resources = []
    for number, (kind, bindings) in enumerate(sorted(table.items())):
        resources.append({
            "mode": "managed", "type": kind, "name": "invented",
            "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{"schema_version": 0, "sensitive_attributes": [],
                           "attributes": invent(kind, bindings, number)}]})
    return {"version": 4, "terraform_version": "1.9.8", "serial": 1,
            "lineage": "5a1c86b2-11d1-4a34-8b0a-6c1a6c6d3c2f",
            "outputs": {}, "resources": resources, "check_results": None}


def address(block, one):
    key = one.get("index_key")
    tail = "" if key is None else \
        "[%d]" % key if isinstance(key, int) else "[%s]" % json.dumps(
            key, ensure_ascii=False)
    head = block["module"] + "." if block.get("module") else ""
    return "%s%s.%s%s" % (head, block["type"], block["name"], tail)


def make(state, table, seen, limit, number=1):
    """[Made] for one state; seen counts how often a (type, event) has been
    made, over all states."""
    out = []

    def wanted(kind, name):
        seen[(kind, name)] = seen.get((kind, name), 0) + 1
        return seen[(kind, name)] <= limit

    for block, one in instances(state):
        kind, where = block["type"], address(block, one)
        for source, name, request in own_way(block, one):
            if wanted(kind, name):
                out.append(Made(record(source, name, request,
                                       number + len(out)), where, kind, None))
        for source, name, b in table.get(kind, ()):
            if seen.get((kind, name), 0) >= limit:
                continue
            maker = Maker(source, name, b, one["attributes"])
            try:
                event = maker.event(number + len(out))
            except Clash:
                continue
            wanted(kind, name)
            out.append(Made(event, where, kind, maker))
    return out


# ------------------------------------------------------------ one change

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


def mutate(made, number):
    """(event with one value changed, {concrete path of the state}) or
    None: a plain value that no id line reads."""
    maker = made.maker
    if maker is None:
        return None
    ids = {p for _, path, _ in maker.b["id"] for p in path.split("|")}
    plain = {a: t for a, p, t, _ in maker.b["attr"] if p is not None
             and t.split()[0] in ("none", "bool", "int", "set", "not")}
    for attribute, concrete, path, at in rotated(maker.marks, number):
        if attribute not in plain or SPECIAL.search(attribute) \
                or path in ids or path.startswith(".") or "|" in path:
            continue
        event = json.loads(json.dumps(made.event))
        node, key = reach(event["requestParameters"], path, at)
        value = changed(node[key])
        if value is None:
            continue
        node[key] = value
        event["eventID"] = "%08x-0000-4000-9000-000000000000" % number
        return event, {c for _, c, p, i in maker.marks
                       if (p, i) == (path, at)}
    return None


def rotated(items, n):
    k = n % len(items) if items else 0
    return items[k:] + items[:k]
