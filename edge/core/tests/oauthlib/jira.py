"""A Jira whose OAuth 1.0a is oauthlib's: it answers one JSON object a line, until its input ends."""

import json
import sys
import types
from urllib.parse import urlencode, urlsplit

from oauthlib.oauth1 import SIGNATURE_RSA, AccessTokenEndpoint, RequestTokenEndpoint, RequestValidator, ResourceEndpoint
from oauthlib.oauth1.rfc5849 import signature
from oauthlib.oauth1.rfc5849.endpoints import base

clock = types.SimpleNamespace(now=0)
# oauthlib compares timestamps with this.
base.time = types.SimpleNamespace(time=lambda: clock.now)


class ApplicationLinks(RequestValidator):
    """Who may come in, with what, and what came before."""

    allowed_signature_methods = (SIGNATURE_RSA,)
    timestamp_lifetime = 300
    # A signature must be checked whoever comes, lest the time taken tell who is known.
    dummy_client = "nobody"
    dummy_request_token = "no-token"
    dummy_access_token = "no-token"

    def __init__(self):
        super().__init__()
        self.public_keys = {}
        self.nonces = set()
        self.callbacks = {}
        self.verifiers = {}
        self.access_tokens = {}
        self.last = None

    def check_client_key(self, client_key):
        return 1 <= len(client_key) <= 255

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        # Spent once the call is accepted, so that a call that was tampered with does not hide why it is refused.
        self.last = (client_key, timestamp, nonce)
        request.validator_log["nonce"] = self.last not in self.nonces
        return request.validator_log["nonce"]

    def validate_client_key(self, client_key, request):
        return client_key in self.public_keys

    def get_rsa_key(self, client_key, request):
        return self.public_keys.get(client_key) or next(iter(self.public_keys.values()))

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == "oob" or redirect_uri.startswith("https://causeway.example.com/")

    def save_request_token(self, token, request):
        self.callbacks[token["oauth_token"]] = request.redirect_uri

    def validate_request_token(self, client_key, token, request):
        return token in self.callbacks

    def validate_verifier(self, client_key, token, verifier, request):
        return verifier == self.verifiers.get(token)

    def invalidate_request_token(self, client_key, request_token, request):
        del self.callbacks[request_token]

    def save_access_token(self, token, request):
        self.access_tokens[token["oauth_token"]] = request.client_key

    def validate_access_token(self, client_key, token, request):
        return self.access_tokens.get(token) == client_key


links = ApplicationLinks()


class Watched:
    """An endpoint that remembers what it made of a request."""

    def _create_request(self, *arguments):
        self.request = None
        self.request = super()._create_request(*arguments)
        return self.request

    def faults(self):
        return [name for name, good in self.request.validator_log.items() if not good] if self.request else []


class RequestToken(Watched, RequestTokenEndpoint):
    def answer(self, *call):
        _, body, status = self.create_request_token_response(*call)
        return status, body


class AccessToken(Watched, AccessTokenEndpoint):
    def answer(self, *call):
        lives = {"oauth_expires_in": 157680000, "oauth_session_handle": "session-1"}
        _, body, status = self.create_access_token_response(*call, credentials=lives)
        return status, body


class Resource(Watched, ResourceEndpoint):
    def answer(self, *call):
        accepted, _ = self.validate_protected_resource_request(*call)
        return (200, "{}") if accepted else (401, "")


STEPS = {"request-token": RequestToken(links), "access-token": AccessToken(links)}
RESOURCE = Resource(links)


def call(asked):
    endpoint = STEPS.get(urlsplit(asked["url"]).path.rsplit("/", 1)[-1], RESOURCE)
    status, body = endpoint.answer(asked["url"], asked["method"], "", asked["headers"])
    if status == 200:
        links.nonces.add(links.last)
    return {"status": status, "body": body or "", "faults": endpoint.faults()}


def base_string(asked):
    query = urlsplit(asked["url"]).query
    parameters = signature.collect_parameters(uri_query=query, body=asked["form"])
    parameters += [tuple(pair) for pair in asked["protocol"]]
    normalized = signature.normalize_parameters(parameters)
    return {"base_string": signature.signature_base_string(asked["method"], signature.base_string_uri(asked["url"]), normalized)}


def link(asked):
    links.public_keys[asked["consumer_key"]] = asked["public_key"]
    return {}


def approve(asked):
    verifier = links.verifiers[asked["token"]] = f"code{len(links.verifiers):020}"
    return {"callback": links.callbacks[asked["token"]], "query": urlencode({"oauth_token": asked["token"], "oauth_verifier": verifier})}


def set_clock(asked):
    clock.now = asked["seconds"]
    return {}


DEEDS = {"call": call, "base_string": base_string, "link": link, "approve": approve, "clock": set_clock}

for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(DEEDS[asked["do"]](asked)), flush=True)
