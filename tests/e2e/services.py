"""What services publish of the messages they take, as checks of a body.

Each check takes the parsed body, and raises AssertionError with what is
wrong.  Unknown members are wrong too: some services refuse them.
"""
import datetime
import json
import re

TEXT = (str,)
NUMBER = (int, float)


def units(text):
    """Characters as JavaScript counts them: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def members(what, required, optional=()):
    """An object with these members; returns it."""
    assert isinstance(what, dict), "no object: %r" % (what,)
    missing = set(required) - set(what)
    more = set(what) - set(required) - set(optional)
    assert not missing and not more, "without %s, with %s" % (missing, more)
    return what


def text(what, most, least=1):
    assert isinstance(what, str), "no text: %r" % (what,)
    assert least <= units(what) <= most, "%d characters: %.80r" % (
        units(what), what)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e"
                         "\u2066-\u2069\u2028\u2029\ufeff]", what), repr(what)
    return what


def moment(what):
    """RFC 3339, as strict readers want it."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"
                        r"(Z|[+-]\d\d:\d\d)", what), what
    datetime.datetime.fromisoformat(what.replace("Z", "+00:00"))


def link(what):
    assert re.fullmatch(
        r"https://[a-z0-9-]+\.console\.(aws\.amazon\.com|amazonaws\.cn|"
        r"amazonaws-us-gov\.com)/cloudtrailv2/home\?region=[a-z0-9-]+"
        r"#/events/[0-9a-f-]+", what), what


# github.com/falcosecurity/falcosidekick: types.FalcoPayload, and the checks
# of newFalcoPayload/checkpayload in handlers.go.

PRIORITIES = ("Emergency", "Alert", "Critical", "Error", "Warning", "Notice",
              "Informational", "Debug")


def falcosidekick(body):
    members(body, ("priority", "rule", "time", "output_fields", "output",
                   "source", "hostname", "tags"), ("uuid",))
    assert body["priority"] in PRIORITIES
    text(body["rule"], 512)
    text(body["output"], 512)
    text(body["source"], 512)
    text(body["hostname"], 512, 0)
    moment(body["time"])
    for tag in body["tags"]:
        text(tag, 512)
    assert body["output_fields"], "no output_fields"
    for key, value in body["output_fields"].items():
        text(key, 512)
        assert isinstance(value, TEXT + NUMBER), key
        text(value, 512)
    # Otherwise falcosidekick counts the event for a namespace or a pod.
    assert not {"k8s.ns.name", "k8s.pod.name"} & set(body["output_fields"])


# docs.slack.dev/reference/block-kit: blocks, composition objects.

def slack_text(what, most, kinds=("mrkdwn", "plain_text")):
    members(what, ("type", "text"), ("emoji", "verbatim"))
    assert what["type"] in kinds
    assert what["type"] == "plain_text" or "emoji" not in what
    text(what["text"], most)
    if what["type"] == "mrkdwn":
        slack_markup(what["text"])


def slack_markup(what):
    """Every & is an entity, every <...> a link of ours."""
    rest = re.sub(r"<(https://[^|>]+)\|[^<>]+>", "", what)
    for found in re.findall(r"<(https://[^|>]+)\|", what):
        link(found)
    rest = re.sub("&(amp|lt|gt);", "", rest)
    assert not re.search("[&<>]", rest), "not escaped: %r" % what
    assert what.count("`") % 2 == 0, "open code: %r" % what


def slack_header(block):
    members(block, ("type", "text"), ("block_id",))
    slack_text(block["text"], 150, ("plain_text",))


def slack_section(block):
    members(block, ("type",), ("text", "fields", "block_id"))
    assert "text" in block or "fields" in block
    if "text" in block:
        slack_text(block["text"], 3000)
    if "fields" in block:
        assert 1 <= len(block["fields"]) <= 10
        for field in block["fields"]:
            slack_text(field, 2000)


def slack_context(block):
    members(block, ("type", "elements"), ("block_id",))
    assert 1 <= len(block["elements"]) <= 10
    for element in block["elements"]:
        slack_text(element, 2000)


SLACK = {"header": slack_header, "section": slack_section,
         "context": slack_context}


def slack(body):
    members(body, ("text", "blocks"))
    text(body["text"], 4000)
    slack_markup(re.sub("`", "", body["text"]))
    assert 1 <= len(body["blocks"]) <= 50
    for block in body["blocks"]:
        SLACK[block["type"]](block)


# developer.pagerduty.com/docs/events-api-v2: Events API v2 overview, trigger
# events, PD-CEF.

def pagerduty(body):
    members(body, ("routing_key", "event_action", "dedup_key"),
            ("payload", "images", "links", "client", "client_url"))
    text(body["routing_key"], 32, 32)
    text(body["dedup_key"], 255)
    assert body["event_action"] in ("trigger", "acknowledge", "resolve")
    assert len(json.dumps(body)) < 512 * 1024
    if body["event_action"] != "trigger":
        return
    payload = members(body["payload"], ("summary", "source", "severity"),
                      ("timestamp", "component", "group", "class",
                       "custom_details"))
    text(payload["summary"], 1024)
    text(payload["source"], 255)
    assert payload["severity"] in ("critical", "error", "warning", "info")
    for key in ("component", "group", "class"):
        text(payload.get(key, "-"), 255)
    if "timestamp" in payload:
        moment(payload["timestamp"])
    assert isinstance(payload.get("custom_details", {}), dict)
    for entry in body.get("links", ()):
        members(entry, ("href",), ("text",))
        link(entry["href"])


# adaptivecards.io/explorer (schema 1.4), and what Teams takes around a card:
# learn.microsoft.com/power-automate, "Teams webhook request".

def teams_run(run):
    members(run, ("type", "text"), ("weight", "size", "fontType", "color"))
    assert run["type"] == "TextRun"
    assert run.get("weight", "default") in ("default", "lighter", "bolder")
    assert run.get("size", "default") in (
        "default", "small", "medium", "large", "extraLarge")
    assert run.get("fontType", "default") in ("default", "monospace")
    text(run["text"], 28 * 1024)


def teams_element(element):
    if element["type"] == "Container":
        members(element, ("type", "items"), ("style", "bleed"))
        assert element.get("style", "default") in (
            "default", "emphasis", "good", "attention", "warning", "accent")
        for inner in element["items"]:
            teams_element(inner)
        return
    members(element, ("type", "inlines"), ("spacing",))
    assert element["type"] == "RichTextBlock"
    for run in element["inlines"]:
        teams_run(run)


def teams(body):
    members(body, ("type", "attachments"))
    assert body["type"] == "message" and len(body["attachments"]) == 1
    assert len(json.dumps(body, ensure_ascii=False).encode()) <= 28 * 1024
    card = members(body["attachments"][0],
                   ("contentType", "content"), ("contentUrl",))
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = members(card["content"], ("$schema", "type", "version", "body"),
                   ("actions", "msteams"))
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    for element in card["body"]:
        teams_element(element)
    for action in card.get("actions", ()):
        members(action, ("type", "title", "url"))
        assert action["type"] == "Action.OpenUrl"
        link(action["url"])


# discord.com/developers/docs/resources: webhook (execute), message (embed
# limits, allowed mentions).

def discord_markup(what):
    """Outside of code, no character that means something stands alone."""
    rest = re.sub(r"(?<!\\)`[^`]*`", "", what)
    rest = re.sub(r"\\[^0-9A-Za-z\s]", "", rest)
    assert not re.search(r"[*_~`|<>@\[\]]", rest), "not escaped: %r" % what


def discord(body):
    members(body, ("embeds", "allowed_mentions"), ("username",))
    assert body["allowed_mentions"] == {"parse": []}
    text(body.get("username", "x"), 80)
    assert len(body["embeds"]) == 1
    embed = members(body["embeds"][0], ("title", "description"),
                    ("url", "timestamp", "color", "fields", "footer"))
    total = units(text(embed["title"], 256))
    total += units(text(embed["description"], 4096))
    discord_markup(embed["title"])
    discord_markup(embed["description"])
    assert 0 <= embed.get("color", 0) <= 0xffffff
    assert len(embed.get("fields", ())) <= 25
    for field in embed.get("fields", ()):
        members(field, ("name", "value"), ("inline",))
        total += units(text(field["name"], 256))
        total += units(text(field["value"], 1024))
        discord_markup(field["value"])
    total += units(text(embed.get("footer", {}).get("text", "x"), 2048))
    assert total <= 6000, "%d characters in all" % total
    if "timestamp" in embed:
        moment(embed["timestamp"])
    if "url" in embed:
        link(embed["url"])


CHECKS = {"falcosidekick": falcosidekick, "slack": slack,
          "pagerduty": pagerduty, "teams": teams, "discord": discord}
