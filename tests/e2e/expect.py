"""Compares what a verdict line says with what a row or a case wants.

Values are compared as a Terraform user reads them, not by their spelling:
true and "true", 10 and "10", null and "" are the same value here. What is
strict is everything a person acts on: verdict, addresses, actions, the set of
changed paths, and which side is old and which is new.
"""
import json
import urllib.parse

SG_LISTS = (("cidr", "cidr_blocks"), ("cidr6", "ipv6_cidr_blocks"),
            ("prefix", "prefix_list_ids"), ("group", "security_groups"))
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6",
             "all": "-1"}


def empty(v):
    return v is None or v == "" or v == [] or v == {}


def scalar(v):
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, float) and v == int(v):
        return str(int(v))
    return str(v)


def document(v):
    """The parsed value of a text that holds a JSON object or list, be it
    URL-encoded."""
    if isinstance(v, str) and v[:1] in ("{", "[", "%"):
        try:
            return json.loads(urllib.parse.unquote(v) if v[0] == "%" else v)
        except ValueError:
            pass
    return v


def same(a, b, ordered=False):
    a, b = document(a), document(b)
    if empty(a) or empty(b):
        return empty(a) and empty(b)
    if isinstance(a, dict) and isinstance(b, dict):
        return all(same(a.get(k), b.get(k)) for k in set(a) | set(b))
    if isinstance(a, list) and isinstance(b, list):
        if ordered:
            return len(a) == len(b) and all(map(same, a, b))
        left = list(b)
        for x in a:
            for i, y in enumerate(left):
                if same(x, y):
                    del left[i]
                    break
            else:
                return False
        return not left
    if isinstance(a, (dict, list)) or isinstance(b, (dict, list)):
        return False
    return scalar(a) == scalar(b)


def ports(block):
    proto = str(block.get("protocol", block.get("ip_protocol", "-1"))).lower()
    proto = PROTOCOLS.get(proto, proto)
    if proto == "-1":
        return proto, 0, 0
    return proto, int(block.get("from_port") or 0), \
        int(block.get("to_port") or 0)


def sg_rules(blocks):
    """One tuple for each rule AWS knows: per CIDR, per group, per list."""
    out = set()
    for b in blocks or []:
        for kind, name in SG_LISTS:
            for v in b.get(name) or []:
                out.add((*ports(b), kind, v))
        if b.get("self"):
            out.add((*ports(b), "self", ""))
    return out


def lacking(block, want):
    """A block may carry more members than the row names, all of them unset."""
    return {k: v for k, v in block.items()
            if k in want or not (empty(v) or v is False or v == 0)}


def same_blocks(got, want):
    if not isinstance(got, list) or len(got) != len(want):
        return False
    if want and not isinstance(want[0], dict):
        return same(got, want)
    return all(any(same(lacking(g, w), w) for g in got) for w in want)


def same_pair(path, got, want, how):
    """how: one of "blocks" ([[removed], [added]]), "rules" (of a security
    group), "list" (order counts), "dns", "any", or None."""
    if not isinstance(got, list) or len(got) != 2:
        return False
    if path in ("ingress", "egress") and how == "rules":
        return all(sg_rules(got[i]) == sg_rules(want[i]) for i in (0, 1))
    if how == "any":                     # that it differs says enough
        return same(got[0], want[0]) and not same(got[1], got[0])
    if how == "dns":
        return all(str(g).rstrip(".") == str(w).rstrip(".")
                   for g, w in zip(got, want))
    if how == "blocks":
        return all(same_blocks(got[i], want[i]) for i in (0, 1))
    return all(same(got[i], want[i], how == "list") for i in (0, 1))


def drifts(verdict):
    """{address: record} of a verdict line; several records are an error."""
    out = {}
    for rec in verdict["records"]:
        if rec["kind"] == "drift":
            assert rec["address"] not in out, "two records for one address"
            out[rec["address"]] = rec
    return out


def changes_faults(where, got, want, how=None, optional=()):
    """Texts that say what is wrong with a record's changes."""
    out = []
    for path in want:
        if path not in got:
            out.append("%s lacks %s (has %s)" % (where, path, sorted(got)))
        elif not same_pair(path, got[path], want[path],
                           (how or {}).get(path)):
            out.append("%s %s is %s, want %s" % (
                where, path, json.dumps(got[path]), json.dumps(want[path])))
    for path in got:
        if path not in want and path not in optional:
            out.append("%s has %s %s too" % (where, path,
                                             json.dumps(got[path])))
    return out
