"""A state with one resource of every type the map knows, whose values are
invented from the names of the attributes."""
import json
import re

from noop_values import pick

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
    names = sorted({n for n in names if not n.startswith("tags_all.")} |
                   {"id"})
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
    specs = {spec for _, _, b in bindings for spec, _, _ in b["id"]}
    if any(x.startswith("id#") for x in specs) and "id" not in specs:
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
