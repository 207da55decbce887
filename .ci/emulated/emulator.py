"""The emulator's process, the deployment into it with the SAM CLI, and what is done for it that AWS does by itself."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import uuid
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import requests
import yaml

from .clock import Clock
from .identity import AUDIENCE, ISSUER, IdentityProvider

REPOSITORY = Path(__file__).parent.parent.parent
STACK = "muster-dev"
SENDER = "no-reply@muster.example"
APP = "https://app.example"
# What a deployment has to name, beside what the dev stage of samconfig.toml has.
PARAMETERS = {
    "MailsPerSecond": "1000",
    "AppUrl": APP,
    "AllowedOrigins": APP,
    "MailIdentity": SENDER,
    "MailFrom": SENDER,
    "Issuer": ISSUER,
    "Audience": AUDIENCE,
    "JwksUrl": f"{ISSUER}/jwks.json",
    # With the function of the team page, whose routes are made below as those of all functions.
    "PageClientId": "team-page",
}
# What a new account has, all functions together.
CONCURRENCY = 10


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Emulator:
    """A running emulator, which ends with the `with` statement."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.clock = clock
        self.log = folder / "ministack.log"
        # Unpacked functions, a few MB each, go with it.
        self.scratch = TemporaryDirectory(prefix="tmp-", dir=folder)
        # Whoever runs this may have credentials of an account: none of it gets there.
        foreign = ("AWS_", "GATEWAY_", "LAMBDA_", "MINISTACK_", "LOCALSTACK_")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.environment = own | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0",
        }
        settings = {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "localhost",
            "LAMBDA_ACCOUNT_CONCURRENCY": str(CONCURRENCY),
            "TMPDIR": self.scratch.name,
            # Listeners that nobody needs here, on ports that somebody may.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "emulated.launch"],
            env=self.environment | settings | clock.environment(),
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self) -> "Emulator":
        until = time.monotonic() + 60
        while True:
            try:
                if requests.get(f"{self.url}/_ministack/health", timeout=5).ok:
                    return self
            except requests.ConnectionError:
                pass
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise RuntimeError(f"the emulator did not start: {self.log.read_text()}")
            time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        # With all that it started: functions are processes of its own group.
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        finally:
            self.scratch.cleanup()

    def client(self, service: str) -> object:
        return boto3.client(
            service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )

    def deploy(self, sam: Path, architecture: str, identity: IdentityProvider) -> "Deployment":
        """Deploys the template as it is, and makes up for what the emulator leaves out."""
        # The option replaces all that the file has.
        stages = tomllib.loads((REPOSITORY / "samconfig.toml").read_text(encoding="utf-8"))
        given = list(stages["dev"]["deploy"]["parameters"]["parameter_overrides"])
        # A new account sends a mail a second, and the thousand of the large export would take an hour.
        given = [text for text in given if not text.startswith("MailsPerSecond=")]
        given += [f"{name}={value}" for name, value in (PARAMETERS | {"Architecture": architecture}).items()]
        command = [sam, "deploy", "--config-env", "dev", "--no-confirm-changeset", "--parameter-overrides", *given]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"sam deploy failed:\n{done.stdout}")
        stack = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        deployment = Deployment(self, outputs, identity)
        deployment.tell_key_set()
        deployment.make_routes()
        return deployment


@dataclass
class Deployment:
    """The stack in the emulator."""

    emulator: Emulator
    outputs: dict[str, str]
    identity: IdentityProvider
    # How many requests were repeated since their effect was not known.
    repeated: int = 0

    @property
    def clock(self) -> Clock:
        return self.emulator.clock

    @property
    def gateway(self) -> str:
        return self.emulator.url

    @property
    def host(self) -> str:
        """The name that the emulator knows this API by."""
        return self.outputs["ApiUrl"].removeprefix("http://")

    def client(self, service: str) -> object:
        return self.emulator.client(service)

    def _functions(self) -> dict[str, str]:
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        rows = [row for page in pages for row in page["StackResourceSummaries"]]
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in rows if r["ResourceType"] == "AWS::Lambda::Function"}

    def tell_key_set(self) -> None:
        functions = self.client("lambda")
        for name in self._functions().values():
            variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            assert variables["MUSTER_JWKS_URL"] == PARAMETERS["JwksUrl"], variables
            changed = variables | {"MUSTER_JWKS_URL": f"{self.identity.url}/jwks.json"}
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": changed})

    def make_routes(self) -> None:
        gateway, api = self.client("apigatewayv2"), self.host.split(".")[0]
        functions = self._functions()
        template = yaml.safe_load((REPOSITORY / "template.yaml").read_text(encoding="utf-8"))
        _, browsers, _ = template["Resources"]["Api"]["Properties"]["CorsConfiguration"]["Fn::If"]
        gateway.update_api(ApiId=api, CorsConfiguration=browsers | {"AllowOrigins": [APP]})
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] != "AWS::Serverless::Function":
                continue
            events = [event["Properties"] for event in resource["Properties"]["Events"].values() if event["Type"] == "HttpApi"]
            if not events:
                continue
            arn = f"arn:aws:lambda:us-east-1:000000000000:function:{functions[logical_id]}"
            made = gateway.create_integration(
                ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
            )
            for event in events:
                key = event["Path"] if event["Path"] == "$default" else f"{event['Method']} {event['Path']}"
                gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{made['IntegrationId']}")

    def mail(self) -> list[dict]:
        """All mail that SES was given, oldest first."""
        sent = requests.get(f"{self.gateway}/_ministack/ses/messages", timeout=30).json()["messages"]
        return [mail for of_account in sent.values() for mail in of_account]

    def items(self, partition: str, begins: str) -> list[dict]:
        """What lies in the table; for what no route tells."""
        query = self.client("dynamodb").get_paginator("query").paginate(
            TableName=self.outputs["TableName"],
            KeyConditionExpression="PK = :p AND begins_with(SK, :s)",
            ExpressionAttributeValues={":p": {"S": partition}, ":s": {"S": begins}},
        )
        return [item for page in query for item in page["Items"]]

    def tell_delivery(self, organization: str, mail: str, to: str) -> None:
        """Hands `note-feedback` what SES tells of a mail that was delivered, if the stack's rule lets it through."""
        at = self.clock.instant()
        sets = self.client("sesv2").list_configuration_sets()["ConfigurationSets"]
        tags = {"organization": [organization], "mail": [mail], "ses:configuration-set": sets}
        source = {"timestamp": at, "source": SENDER, "destination": [to], "tags": tags}
        delivery = {"timestamp": at, "recipients": [to], "smtpResponse": "250 OK"}
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Email Delivered",
            "source": "aws.ses",
            "account": "000000000000",
            "time": at,
            "region": "us-east-1",
            "resources": [],
            "detail": {"eventType": "Delivery", "mail": source, "delivery": delivery},
        }
        events, text = self.client("events"), json.dumps(event)
        [rule] = [rule for rule in events.list_rules()["Rules"] if "aws.ses" in rule.get("EventPattern", "")]
        assert events.test_event_pattern(EventPattern=rule["EventPattern"], Event=text)["Result"], rule
        [target] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        self.client("lambda").invoke(FunctionName=target["Arn"], InvocationType="Event", Payload=text)

    def left_over(self) -> dict[str, int]:
        """How many messages lie in each dead-letter queue."""
        queues = self.client("sqs")
        names = ("UndeliveredMailUrl", "UnfinishedWorkUrl", "UnnotedFeedbackUrl")

        def count(url: str) -> int:
            told = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            return int(told["Attributes"]["ApproximateNumberOfMessages"])

        return {name.removesuffix("Url"): count(self.outputs[name]) for name in names}
