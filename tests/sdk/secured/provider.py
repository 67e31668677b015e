"""An OpenID Connect provider of Authlib behind TLS: provider.py PORT CERTIFICATE KEY.

Gives tokens to the client `collector` with the secret `c0llector-secret` by the client credentials grant, for whom the
request names in `audience`, as JWTs that its key set verifies.
"""

import sys
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "collector", "c0llector-secret"
LIFE_SECONDS = 300


class Client(ClientMixin):
    """The only client."""

    client_id = CLIENT

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return False

    def check_client_secret(self, client_secret):
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type):
        return False

    def check_grant_type(self, grant_type):
        return grant_type == "client_credentials"


class Grant(grants.ClientCredentialsGrant):
    """With the secret as a header or in the body."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


def application(issuer):
    """The provider as a web application."""
    app = Flask(__name__)
    key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})

    def token(*_, **__):
        claims = {
            "iss": issuer, "sub": "frodo", "aud": request.form.get("audience", "nobody"),
            "exp": int(time.time()) + LIFE_SECONDS,
        }  # fmt: skip
        made = jwt.encode({"alg": "ES256", "kid": "one"}, claims, key)
        return {"token_type": "Bearer", "access_token": made, "expires_in": LIFE_SECONDS}

    server = AuthorizationServer(app, lambda given: Client() if given == CLIENT else None, lambda *_: None)
    server.register_token_generator("default", token)
    server.register_grant(Grant)

    @app.get("/.well-known/openid-configuration")
    def discovery():
        return jsonify(issuer=issuer, jwks_uri=f"{issuer}/keys", token_endpoint=f"{issuer}/token")

    @app.get("/keys")
    def keys():
        return jsonify(keys=[key.as_dict(private=False)])

    @app.post("/token")
    def grant():
        return server.create_token_response()

    return app


def main(port, certificate, key):
    """Serves until it is killed."""
    application(f"https://localhost:{port}").run("localhost", int(port), ssl_context=(certificate, key), threaded=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
