"""An identity provider: a key, the key set that functions fetch, and tokens for whoever asks."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from .clock import Clock

ISSUER = "https://identity.example"
AUDIENCE = "muster"
LIFE = 3600


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class IdentityProvider:
    """Signs with ES256. Serves its key set at `url`, and at `/token` tokens with the claims that are posted to it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.key = ec.generate_private_key(ec.SECP256R1())
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply(provider.key_set())

            def do_POST(self) -> None:
                claims = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self.reply({"access_token": provider.token(claims)})

            def reply(self, body: dict) -> None:
                text = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"

    def key_set(self) -> dict:
        numbers = self.key.public_key().public_numbers()
        key = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "1"}
        return {"keys": [key | {axis: encoded(getattr(numbers, axis).to_bytes(32, "big")) for axis in ("x", "y")}]}

    def token(self, claims: dict) -> str:
        now = self.clock.seconds()
        whole = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + LIFE} | claims
        parts = [{"alg": "ES256", "typ": "JWT", "kid": "1"}, whole]
        signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        r, s = utils.decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"{signed}.{signature}"


DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def user_id(subject: str) -> str:
    """The id that Muster gives to a user of this provider, before it has heard of them."""
    hashed = hashlib.sha256(b"muster/user/v1")
    for part in (ISSUER.encode(), subject.encode()):
        hashed.update(len(part).to_bytes(8, "big") + part)
    number, digits = int.from_bytes(hashed.digest()[:16], "big"), ""
    for _ in range(22):
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return f"usr_{digits}"
