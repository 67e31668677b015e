"""The families of text that telemetry carries, each written around facts."""

import textwrap

from .doc import Doc, fill, html_escaped, join, json_escaped, of, sql_escaped, url_escaped
from .speech import said

METHODS = ("GET", "POST", "PUT")
# Keys of facts that are the ends of a mail.
MAIL_ENDS = ("salutation", "signature")


def attribute(rng, facts, language):
    """One value under its own key."""
    fact = facts[0]
    prefix = "" if "." in fact.key else rng.choice(("", "app.", "customer."))
    return fact.doc, prefix + fact.key


def members(facts, lead='"', between='": "', tail='"'):
    """Members of a JSON object."""
    return [lead + of(fact.key) + between + json_escaped(fact.doc) + tail for fact in facts]


def chat(rng, facts, language):
    """What was said, as the conventions' messages."""
    turns, role = [], "user"
    for fact in facts:
        text = json_escaped(said(rng, fact, language))
        turns.append(
            fill('{{"role":"{role}","parts":[{{"type":"text","content":"{text}"}}]}}', role=of(role), text=text)
        )
        role = "assistant" if role == "user" else "user"
    return "[" + join(",", turns) + "]", rng.choice(("gen_ai.input.messages", "gen_ai.output.messages"))


def plain_chat(rng, facts, language):
    """What was said, as text."""
    turns = [
        of(who) + ": " + said(rng, fact, language) for who, fact in zip(("User", "Assistant") * 4, facts, strict=False)
    ]
    return join("\n", turns), rng.choice(("gen_ai.prompt", "llm.input_messages.0.message.content", "input.value"))


def tool_args(rng, facts, language):
    """The arguments of a call."""
    inner = join(", ", members(facts))
    name = rng.choice(("create_customer", "send_message", "update_profile", "lookup"))
    if rng.random() < 0.5:
        return "{" + inner + "}", "gen_ai.tool.call.arguments"
    return fill(
        '{{"name": "{name}", "arguments": {{{inner}, "dry_run": false}}}}', name=of(name), inner=inner
    ), "gen_ai.tool.call.arguments"


def escaped_json(rng, facts, language):
    """JSON inside a string inside JSON, up to three deep."""
    doc = "{" + join(",", members(facts, between='":"')) + "}"
    ascii_only = rng.random() < 0.3
    for key in ("arguments", "content", "body")[: rng.randint(1, 3)]:
        doc = fill('{{"type":"call","{key}":"{inner}"}}', key=of(key), inner=json_escaped(doc, ascii_only))
    return doc, rng.choice(("gen_ai.input.messages", "event.body"))


def sql(rng, facts, language):
    """A statement with its literals."""
    table = rng.choice(("customers", "accounts", "audit_log", "settings"))
    values = [sql_escaped(fact.doc) for fact in facts]
    columns = [fact.key.replace(".", "_") for fact in facts]
    kind = rng.randrange(3)
    if kind == 0:
        doc = (
            f"INSERT INTO {table} (id, {', '.join(columns)}) VALUES ({rng.randint(1, 9999)}, '"
            + join("', '", values)
            + "')"
        )
    elif kind == 1:
        sets = [f"{column} = '" + value + "'" for column, value in zip(columns, values, strict=True)]
        doc = f"UPDATE {table} SET " + join(", ", sets) + f" WHERE id = {rng.randint(1, 9999)}"
    else:
        where = [f"{column} = '" + value + "'" for column, value in zip(columns, values, strict=True)]
        doc = f"SELECT id, state FROM {table} WHERE " + join(" AND ", where) + " LIMIT 10"
    return of(doc), "db.query.text"


def stack_trace(rng, facts, language):
    """An exception that says too much."""
    line = rng.randint(10, 900)
    detail = join("; ", [f"{fact.words}=" + fact.doc for fact in facts])
    if rng.random() < 0.5:
        doc = (
            f'Traceback (most recent call last):\n  File "/srv/app/handlers.py", line {line}, in handle\n    save(record)\n'
            f'  File "/srv/app/store.py", line {line // 2}, in save\n    raise ValueError(message)\nValueError: invalid '
            + detail
            + "\n"
        )
    else:
        doc = (
            "java.lang.IllegalArgumentException: rejected "
            + detail
            + f"\n\tat io.acme.api.Handler.accept(Handler.java:{line})\n\tat io.acme.api.Router.lambda$run$0(Router.java:{line // 3})\n\t... 14 more"
        )
    return of(doc), "exception.stacktrace"


def env(rng, facts, language):
    """A dump of the environment."""
    noise = ["NODE_ENV=production", "PORT=8080", "LOG_LEVEL=info", "TZ=UTC", "LANG=C.UTF-8"]
    lines = [of(line) for line in rng.sample(noise, rng.randint(1, 3))]
    for fact in facts:
        quote = '"' if " " in fact.doc.text or rng.random() < 0.2 else ""
        name = fact.key.upper().replace(".", "_")
        lines.insert(rng.randint(0, len(lines)), f"{rng.choice(('', '', 'export '))}{name}={quote}" + fact.doc + quote)
    return join("\n", lines), "process.environment"


def http(rng, facts, language):
    """A request as it went over the wire."""
    headers = [fact.doc for fact in facts if fact.key == "headers"]
    others = [fact for fact in facts if fact.key != "headers"]
    is_form = rng.random() < 0.5
    head = f"{rng.choice(METHODS)} /v1/orders HTTP/1.1\r\nHost: api.acme.io\r\nUser-Agent: acme-sdk/4.2.0\r\nContent-Type: {'application/x-www-form-urlencoded' if is_form else 'application/json'}\r\n"
    doc = of(head) + join("", [header + "\r\n" for header in headers]) + "\r\n"
    if is_form:
        return doc + join("&", [f"{fact.key}=" + url_escaped(fact.doc) for fact in others]), "http.request.body"
    return doc + "{" + join(",", members(others, between='":"')) + "}", "http.request.body"


def email_thread(rng, facts, language):
    """A mail and what it answers; who writes to whom where the facts say so."""
    ends = {fact.key: fact.doc for fact in facts if fact.key in MAIL_ENDS}
    texts = [said(rng, fact, language) for fact in facts if fact.key not in MAIL_ENDS]
    hello = ends.get("salutation", rng.choice(("Hello,", "Hi team,", "Dear customer,", "Dear Sir or Madam,")))
    bye = ends.get(
        "signature", rng.choice(("Best regards,\nThe Support Team", "Regards,\nCustomer Service", "Thanks!"))
    )
    old = textwrap.indent("Thanks for getting in touch. The ticket is open and we look into it this week.\n", "> ")
    doc = (
        "Subject: Re: your request\n\n"
        + of(hello)
        + "\n\n"
        + join("\n", texts)
        + "\n\n"
        + bye
        + "\n\nOn Tuesday they wrote:\n"
        + old
    )
    return of(doc), "messaging.message.body"


def code(rng, facts, language):
    """Source with literals."""
    lines = []
    for fact in facts:
        name = fact.key.replace(".", "_")
        value = json_escaped(fact.doc)
        form = rng.choice(
            (
                '{name} = "{value}"',
                'const {name} = "{value}";',
                'let {name} = "{value}".to_owned();',
                'config.{name} = "{value}"',
            )
        )
        lines.append(fill(form, name=of(name), value=value))
    return "def main():\n    " + join("\n    ", lines) + "\n    return run(config)\n", rng.choice(
        ("gen_ai.completion", "code.snippet")
    )


def yaml(rng, facts, language):
    """Settings."""
    lines = []
    for fact in facts:
        if "\n" in fact.doc.text:
            lines.append(f"  {fact.key}: |\n    " + fact.doc.map(lambda text: text.replace("\n", "\n    ")))
        else:
            quote = rng.choice(('"', '"', "")) if not set(fact.doc.text) & set(":#{[&*%@`'\\") else '"'
            value = json_escaped(fact.doc) if quote else fact.doc
            lines.append(f"  {fact.key}: {quote}" + value + quote)
    return f"{rng.choice(('service', 'profile', 'settings'))}:\n  replicas: {rng.randint(1, 9)}\n" + join(
        "\n", lines
    ) + "\n", "config"


def log_line(rng, facts, language):
    """A line of a log."""
    at = f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{rng.randint(0, 999):03}Z"
    parts = []
    for fact in facts:
        quote = '"' if set(fact.doc.text) & set(' ,"') else ""
        parts.append(f"{fact.key}={quote}" + fact.doc + quote)
    return (
        f"{at} {rng.choice(('INFO', 'WARN', 'ERROR'))} [http-nio-{rng.randint(1, 40)}] c.a.OrderService - handled in {rng.randint(1, 900)} ms "
        + join(" ", parts),
        "body",
    )


def url(rng, facts, language):
    """A request's address."""
    if facts[0].key in ("url", "database_url", "webhook", "webhook_url"):
        return facts[0].doc, "url.full"
    query = join("&", [f"{fact.key}=" + url_escaped(fact.doc) for fact in facts])
    return (
        f"https://shop.acme.io/{rng.choice(('search', 'account', 'v2/items'))}?" + query + f"&page={rng.randint(1, 9)}",
        "url.full",
    )


def csv(rng, facts, language):
    """A table; the name stands in its head, far from the value."""
    head = ",".join(["row", *(fact.key for fact in facts), "state"])
    cells = [('"' + fact.doc + '"') if set(fact.doc.text) & set(',"') else fact.doc for fact in facts]
    before = "".join(f"{row},{','.join('' for _ in facts)},empty\n" for row in range(1, rng.randint(2, 4)))
    doc = f"{head}\n{before}9," + join(",", [of(cell) for cell in cells]) + ",active\n"
    named = Doc(doc.pieces) if all(fact.alone for fact in facts) else doc.demoted()
    return named, "tool.result"


def markup(rng, facts, language):
    """XML."""
    inner = join("", [f"  <{fact.key}>" + html_escaped(fact.doc) + f"</{fact.key}>\n" for fact in facts])
    return f'<?xml version="1.0"?>\n<record id="{rng.randint(1, 999)}">\n' + inner + "</record>", "http.response.body"


def multilingual(rng, facts, language):
    """What people say in other languages."""
    language = rng.choice(("de", "fr", "es", "it", "pt", "nl", "pl"))
    return join(" ", [said(rng, fact, language) for fact in facts]), "gen_ai.prompt"


FAMILIES = {
    "attribute": attribute, "chat": chat, "plain_chat": plain_chat, "tool_args": tool_args, "escaped_json": escaped_json,
    "sql": sql, "stack_trace": stack_trace, "env": env, "http": http, "email_thread": email_thread, "code": code,
    "yaml": yaml, "log_line": log_line, "url": url, "csv": csv, "markup": markup, "multilingual": multilingual,
}  # fmt: skip


def render(rng, family, facts, language="en"):
    """(doc, key) of the family around the facts."""
    doc, key = FAMILIES[family](rng, facts, language)
    return of(doc), key
