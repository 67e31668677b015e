"""Secrets, one row for each family: shapes from the vendors' documents, random inside."""

import base64
import functools
import json
import textwrap
import uuid
import zlib

from . import shapes
from .doc import Doc, Fact, Mark
from .shapes import B62, B64U, DIGITS, HEX, LOWER, UPPER, token

UP_DIGITS = UPPER + DIGITS
AWS = UPPER + "234567"


def compact(value):
    """JSON as programs write it inside tokens."""
    return json.dumps(value, separators=(",", ":"))


def made_uuid(rng):
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def prefixed(prefix, alphabet, low, high=None):
    """A prefix and random letters."""
    return lambda rng: prefix + token(rng, alphabet, low, high)


def checked(prefix):
    """GitHub's and npm's: 30 letters and their CRC."""

    def draw(rng):
        body = token(rng, B62, 30)
        return prefix + body + shapes.crc_base62(body)

    return draw


def openai_project(rng):
    size = rng.choice((74, 58))
    kind = rng.choice(("proj", "svcacct", "admin"))
    return f"sk-{kind}-{token(rng, B64U, size)}T3BlbkFJ{token(rng, B64U, size)}"


def grafana_service(rng):
    body = "glsa_" + token(rng, B62, 32)
    return f"{body}_{shapes.crc_hex_little(body)}"


def atlassian(rng):
    body = "ATATT3xFfGF0" + token(rng, B64U, 171)
    return f"{body}={zlib.crc32(body.encode()):08X}"


def slack_bot(rng):
    return f"xoxb-{token(rng, DIGITS, 11)}-{token(rng, DIGITS, 12)}-{token(rng, B62, 24)}"


def slack_user(rng):
    return f"xoxp-{token(rng, DIGITS, 11)}-{token(rng, DIGITS, 11)}-{token(rng, DIGITS, 12)}-{token(rng, HEX, 32)}"


def slack_app(rng):
    return f"xapp-1-A{token(rng, UP_DIGITS, 10)}-{token(rng, DIGITS, 13)}-{token(rng, HEX, 64)}"


def slack_webhook(rng):
    return f"https://hooks.slack.com/services/T{token(rng, UP_DIGITS, 8)}/B{token(rng, UP_DIGITS, 10)}/{token(rng, B62, 24)}"


def jwt(rng):
    header = shapes.b64u(compact({"alg": rng.choice(("HS256", "RS256", "ES256")), "typ": "JWT"}).encode())
    claims = shapes.b64u(compact({"sub": token(rng, DIGITS, 10), "iat": 1760000000 + rng.randrange(10**7)}).encode())
    return f"{header}.{claims}.{shapes.b64u(shapes.random_bytes(rng, rng.choice((32, 64))))}"


def pem(rng):
    kind = rng.choice(("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"))
    body = base64.b64encode(shapes.random_bytes(rng, rng.choice((118, 240)))).decode()
    return f"-----BEGIN {kind}-----\n" + "\n".join(textwrap.wrap(body, 64)) + f"\n-----END {kind}-----"


def pem_one_line(rng):
    return pem(rng).replace("\n", "\\n")


def telegram(rng):
    return f"{token(rng, '123456789', 1)}{token(rng, DIGITS, 9)}:A{token(rng, B64U, 34)}"


def discord_bot(rng):
    return f"{base64.b64encode(token(rng, DIGITS, 18).encode()).decode()}.{token(rng, B64U, 6)}.{token(rng, B64U, 27)}"


def discord_webhook(rng):
    return f"https://discord.com/api/webhooks/{token(rng, DIGITS, 18)}/{token(rng, B64U, 68)}"


def sentry_org(rng):
    claims = compact(
        {
            "iat": 1700000000 + rng.randrange(10**7),
            "url": "https://sentry.io",
            "region_url": "https://us.sentry.io",
            "org": "acme",
        }
    )
    return f"sntrys_{base64.b64encode(claims.encode()).decode()}_{token(rng, B62, 43)}"


def azure_secret(rng):
    return token(rng, B62, 3) + rng.choice(DIGITS) + "Q~" + token(rng, B62 + "_~.-", 31, 33) + rng.choice(B62)


def azure_storage(rng):
    return base64.b64encode(shapes.random_bytes(rng, 64)).decode()


def age_key(rng):
    return shapes.bech32("age-secret-key-", shapes.five_bits(shapes.random_bytes(rng, 32)), 1).upper()


def ops_token(rng):
    body = compact(
        {
            "email": "svc@acme.io",
            "muk": {"alg": "A256GCM", "k": token(rng, B64U, 43)},
            "secretKey": "A3-" + token(rng, UP_DIGITS, 30),
            "deviceUuid": token(rng, LOWER, 26),
        }
    )
    return "ops_" + base64.b64encode(body.encode()).decode().rstrip("=")


# Shown by themselves: (draw, key).
SELF_PROVING = {
    "openai_legacy": (lambda rng: f"sk-{token(rng, B62, 20)}T3BlbkFJ{token(rng, B62, 20)}", "openai_api_key"),
    "openai_project": (openai_project, "openai_api_key"),
    "anthropic_api": (lambda rng: f"sk-ant-api03-{token(rng, B64U, 93)}AA", "anthropic_api_key"),
    "anthropic_admin": (lambda rng: f"sk-ant-admin01-{token(rng, B64U, 93)}AA", "anthropic_admin_key"),
    "openrouter": (prefixed("sk-or-v1-", HEX, 64), "openrouter_api_key"),
    "google_api": (prefixed("AIza", B64U, 35), "google_api_key"),
    "google_oauth": (prefixed("ya29.", B64U, 120, 200), "access_token"),
    "google_client_secret": (prefixed("GOCSPX-", B64U, 28), "client_secret"),
    "groq": (prefixed("gsk_", B62, 52), "groq_api_key"),
    "xai": (prefixed("xai-", B62, 80), "xai_api_key"),
    "perplexity": (prefixed("pplx-", B62, 48), "perplexity_api_key"),
    "huggingface": (prefixed("hf_", UPPER + LOWER, 34), "hf_token"),
    "replicate": (prefixed("r8_", B62, 37), "replicate_api_token"),
    "nvidia": (prefixed("nvapi-", B64U, 64), "nvidia_api_key"),
    "pinecone": (lambda rng: f"pcsk_{token(rng, B62, 5, 6)}_{token(rng, B62, 63)}", "pinecone_api_key"),
    "elevenlabs": (prefixed("sk_", HEX, 48), "elevenlabs_api_key"),
    "langsmith": (lambda rng: f"lsv2_{rng.choice(('pt', 'sk'))}_{token(rng, HEX, 32)}_{token(rng, HEX, 10)}", "langsmith_api_key"),
    "langfuse": (lambda rng: f"sk-lf-{made_uuid(rng)}", "langfuse_secret_key"),
    "aws_access_key": (lambda rng: rng.choice(("AKIA", "ASIA")) + token(rng, AWS, 16), "aws_access_key_id"),
    "aws_bedrock": (prefixed("ABSK", B62, 110, 130), "aws_bearer_token_bedrock"),
    "aws_session": (prefixed("IQoJ", B62 + "+/", 200, 300), "aws_session_token"),
    "azure_ad_secret": (azure_secret, "azure_client_secret"),
    "github_pat": (checked("ghp_"), "github_token"),
    "github_oauth": (checked("gho_"), "github_token"),
    "github_server": (checked("ghs_"), "github_token"),
    "github_fine_grained": (lambda rng: f"github_pat_{token(rng, B62, 22)}_{token(rng, B62, 59)}", "github_token"),
    "gitlab_pat": (prefixed("glpat-", B64U, 20), "gitlab_token"),
    "gitlab_deploy": (prefixed("gldt-", B64U, 20), "gitlab_deploy_token"),
    "gitlab_runner": (prefixed("glrt-", B64U, 20), "runner_token"),
    "slack_bot": (slack_bot, "slack_bot_token"),
    "slack_user": (slack_user, "slack_token"),
    "slack_app": (slack_app, "slack_app_token"),
    "slack_webhook": (slack_webhook, "webhook"),
    "stripe": (lambda rng: f"{rng.choice(('sk', 'rk'))}_{rng.choice(('live', 'test'))}_{token(rng, B62, 24, 99)}", "stripe_key"),
    "stripe_webhook": (prefixed("whsec_", B62, 32), "webhook_secret"),
    "square": (prefixed("sq0atp-", B64U, 22), "square_token"),
    "twilio": (prefixed("SK", HEX, 32), "twilio_api_key"),
    "sendgrid": (lambda rng: f"SG.{token(rng, B64U, 22)}.{token(rng, B64U, 43)}", "sendgrid_api_key"),
    "mailgun": (prefixed("key-", LOWER + DIGITS, 32), "mailgun_api_key"),
    "mailchimp": (lambda rng: f"{token(rng, HEX, 32)}-us{rng.randint(10, 21)}", "mailchimp_api_key"),
    "npm": (checked("npm_"), "npm_token"),
    "pypi": (prefixed("pypi-AgEIcHlwaS5vcmc", B64U, 100, 160), "pypi_token"),
    "rubygems": (prefixed("rubygems_", HEX, 48), "rubygems_api_key"),
    "crates_io": (prefixed("cio", B62, 32), "cargo_registry_token"),
    "dockerhub": (prefixed("dckr_pat_", B64U, 27), "docker_token"),
    "databricks": (prefixed("dapi", HEX, 32), "databricks_token"),
    "digitalocean": (lambda rng: f"{rng.choice(('dop', 'doo', 'dor'))}_v1_{token(rng, HEX, 64)}", "digitalocean_token"),
    "heroku": (prefixed("HRKU-AA", B64U, 58), "heroku_api_key"),
    "terraform": (lambda rng: f"{token(rng, B62, 14)}.atlasv1.{token(rng, B64U, 60, 70)}", "tfe_token"),
    "vault_service": (prefixed("hvs.", B64U, 90, 120), "vault_token"),
    "vault_batch": (prefixed("hvb.", B64U, 138, 200), "vault_token"),
    "doppler": (prefixed("dp.pt.", B62, 43), "doppler_token"),
    "pulumi": (prefixed("pul-", HEX, 40), "pulumi_access_token"),
    "shopify": (lambda rng: f"shp{rng.choice(('at', 'ca', 'pa', 'ss'))}_{token(rng, HEX, 32)}", "shopify_token"),
    "grafana_service_account": (grafana_service, "grafana_token"),
    "grafana_cloud": (prefixed("glc_eyJvIjoi", B62, 80, 120), "grafana_cloud_token"),
    "sentry_user": (prefixed("sntryu_", HEX, 64), "sentry_auth_token"),
    "sentry_org": (sentry_org, "sentry_auth_token"),
    "newrelic": (prefixed("NRAK-", UP_DIGITS, 27), "new_relic_api_key"),
    "dynatrace": (lambda rng: f"dt0c01.{token(rng, UP_DIGITS, 24)}.{token(rng, UP_DIGITS, 64)}", "dynatrace_token"),
    "notion": (lambda rng: f"ntn_{token(rng, DIGITS, 11)}{token(rng, B62, 35)}", "notion_token"),
    "linear": (prefixed("lin_api_", B62, 40), "linear_api_key"),
    "figma": (prefixed("figd_", B64U, 40), "figma_token"),
    "airtable": (lambda rng: f"pat{token(rng, B62, 14)}.{token(rng, HEX, 64)}", "airtable_token"),
    "postman": (lambda rng: f"PMAK-{token(rng, HEX, 24)}-{token(rng, HEX, 34)}", "postman_api_key"),
    "atlassian": (atlassian, "jira_api_token"),
    "supabase": (prefixed("sbp_", HEX, 40), "supabase_token"),
    "planetscale": (prefixed("pscale_tkn_", B64U, 43), "planetscale_token"),
    "cloudflare_origin": (lambda rng: f"v1.0-{token(rng, HEX, 24)}-{token(rng, HEX, 146)}", "cloudflare_origin_key"),
    "flyio": (prefixed("fm2_", B62 + "+/", 120, 200), "fly_api_token"),
    "artifactory": (prefixed("AKCp", B62, 69), "artifactory_api_key"),
    "alibaba": (prefixed("LTAI", B62, 20), "alibaba_access_key_id"),
    "onepassword": (ops_token, "op_service_account_token"),
    "age": (age_key, "age_key"),
    "discord_webhook": (discord_webhook, "webhook_url"),
    "facebook": (prefixed("EAACEdEose0cBA", B62, 110, 150), "fb_access_token"),
    "twitter_bearer": (prefixed("A" * 22, B62, 80, 90), "twitter_bearer_token"),
    "plaid": (lambda rng: f"access-{rng.choice(('sandbox', 'production'))}-{made_uuid(rng)}", "plaid_access_token"),
    "jwt": (jwt, "id_token"),
    "pem": (pem, "private_key"),
    "pem_one_line": (pem_one_line, "private_key"),
}  # fmt: skip
# Told only by what they are called.
NAMED = {
    "aws_secret_key": (lambda rng: token(rng, B62 + "+/", 40), "aws_secret_access_key"),
    "azure_storage": (azure_storage, "azure_storage_account_key"),
    "azure_openai": (lambda rng: token(rng, HEX, 32), "azure_openai_api_key"),
    "deepseek": (lambda rng: f"sk-{token(rng, LOWER + DIGITS, 32)}", "deepseek_api_key"),
    "cohere": (lambda rng: token(rng, B62, 40), "cohere_api_key"),
    "mistral": (lambda rng: token(rng, B62, 32), "mistral_api_key"),
    "together": (lambda rng: token(rng, HEX, 64), "together_api_key"),
    "wandb": (lambda rng: token(rng, HEX, 40), "wandb_api_key"),
    "twilio_auth": (lambda rng: token(rng, HEX, 32), "twilio_auth_token"),
    "datadog": (lambda rng: token(rng, HEX, 32), "datadog_api_key"),
    "telegram": (telegram, "telegram_bot_token"),
    "discord_bot": (discord_bot, "discord_bot_token"),
    "okta": (lambda rng: "00" + token(rng, B64U, 40), "okta_api_token"),
    "cloudflare_api": (lambda rng: token(rng, B64U, 40), "cloudflare_api_token"),
    "generic_secret": (lambda rng: token(rng, B62, 20, 40), "client_secret"),
    "generic_token": (lambda rng: token(rng, B64U, 24, 48), "auth_token"),
}  # fmt: skip
# Not in one line, or with letters that these escape.
LONG = ("pem",)


def make(family, row, alone, rng):
    """A secret of a family; its type is SECRET with the family's name."""
    draw, key = row
    doc = Doc(((draw(rng), Mark("must", f"SECRET.{family}")),))
    words = key.replace("_", " ")
    not_in = ("url", "csv", "env", "log_line", "sql") if family in LONG else ()
    return Fact(doc, key, words, alone, {}, not_in)


def password_fact(rng):
    from .devices import password

    key = rng.choice(("password", "passwd", "db_password"))
    doc = Doc(((password(rng), Mark("must", "PASSWORD")),))
    return Fact(doc, key, "password", False, {"de": "Passwort", "fr": "mot de passe", "es": "contraseña"}, ("csv",))


MAKERS = {
    f"SECRET.{family}": ((functools.partial(make, family, row, True), 1),) for family, row in SELF_PROVING.items()
}
MAKERS |= {f"SECRET.{family}": ((functools.partial(make, family, row, False), 1),) for family, row in NAMED.items()}
MAKERS["PASSWORD"] = ((password_fact, 1),)
