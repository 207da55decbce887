"""Checks infra/redrive against a stand-in for the AWS CLI: what it gives to which function, and what it leaves."""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

REDRIVE = Path(__file__).parent.parent / "infra" / "redrive"

# Answers from files in $WORLD, and writes down each call. A message that was received is hidden until it is shown again.
STAND_IN = '''#!{python}
import json, os, sys
from pathlib import Path
world = Path(os.environ["WORLD"])
call = sys.argv[1:]
with (world / "calls").open("a") as calls: calls.write(json.dumps(call) + "\\n")
option = lambda name: call[call.index(name) + 1]
state = json.loads((world / "state").read_text())
match call[0], call[1]:
    case "cloudformation", "describe-stacks":
        reply = {{"Stacks": [{{"Outputs": [{{"OutputKey": n, "OutputValue": "https://sqs.example/" + n}} for n in ("UndeliveredMailUrl", "UnfinishedWorkUrl", "UnnotedFeedbackUrl")]}}]}}
    case "cloudformation", "describe-stack-resource":
        reply = {{"StackResourceDetail": {{"PhysicalResourceId": "muster-" + option("--logical-resource-id")}}}}
    case "sqs", "receive-message":
        reply = {{"Messages": state["messages"]}} if state["messages"] else {{}}
        (world / "state").write_text(json.dumps(state | {{"messages": [], "received": state["messages"] + state["received"]}}))
    case "sqs", "get-queue-attributes":
        reply = {{"Attributes": {{"ApproximateNumberOfMessagesNotVisible": str(len(state["received"]))}}}}
    case "sqs", ("change-message-visibility" | "delete-message") as verb:
        done = [m for m in state["received"] if m["ReceiptHandle"] == option("--receipt-handle")]
        state["received"] = [m for m in state["received"] if m not in done]
        if verb == "change-message-visibility": state["messages"] += done
        (world / "state").write_text(json.dumps(state))
        reply = {{}}
    case "dynamodbstreams", "get-shard-iterator":
        if state.get("trimmed"): sys.exit("TrimmedDataAccessException")
        reply = {{"ShardIterator": option("--sequence-number")}}
    case "dynamodbstreams", "get-records" if len((world / "calls").read_text().split("get-records")) - 1 <= state.get("held_back", 0):
        sys.exit("An error occurred (LimitExceededException) when calling the GetRecords operation")
    case "dynamodbstreams", "get-records" if "gaps" in state:
        # A record a page, and so many empty pages before each.
        place, _, seen = option("--shard-iterator").partition("/")
        rest = [r for r in state["records"] if int(r["dynamodb"]["SequenceNumber"]) >= int(place)]
        if int(seen or 0) < state["gaps"] or not rest:
            reply = {{"Records": [], "NextShardIterator": place + "/" + str(int(seen or 0) + 1)}}
        else:
            reply = {{"Records": rest[:1], "NextShardIterator": str(int(rest[0]["dynamodb"]["SequenceNumber"]) + 1)}}
    case "dynamodbstreams", "get-records":
        reply = {{"Records": [r for r in state["records"] if int(r["dynamodb"]["SequenceNumber"]) >= int(option("--shard-iterator"))]}}
    case "lambda", "invoke":
        given = json.loads(Path(option("--payload").removeprefix("file://")).read_text())
        given = given.get("Records", [given])
        with (world / "event").open("a") as event: event.write("".join(json.dumps(r) + "\\n" for r in given))
        Path(call[-3]).write_text(json.dumps(state.get("answer", {{"batchItemFailures": []}})))
        reply = {{"StatusCode": 200}} | state.get("invoked", {{}})
print(json.dumps(reply))
'''


def record(number: int, kind: str, key: str) -> dict:
    keys = {"PK": {"S": "ORG#o"}, "SK": {"S": key}}
    return {"dynamodb": {"Keys": keys, "NewImage": {"kind": {"S": kind}}, "SequenceNumber": str(number)}}


# Longer than a float is exact, as in AWS.
FIRST = 100000000000000000001
RECORDS = [
    record(FIRST - 1, "mail", "MAIL#before"),
    record(FIRST, "mail", "MAIL#a"),
    record(FIRST + 1, "job", "JOB#j"),
    record(FIRST + 1, "member", "TEAM#MEMBER#m"),
    record(FIRST + 1, "resource", "RESOURCE#r"),
    record(FIRST + 2, "mail", "MAIL#b"),
    record(FIRST + 3, "mail", "MAIL#after"),
]
PLACE = {
    "shardId": "shard", "streamArn": "arn", "approximateArrivalOfFirstRecord": "2026-11-21T10:00:00Z",
    "startSequenceNumber": str(FIRST), "endSequenceNumber": str(FIRST + 2), "batchSize": 3,
}  # fmt: skip
MESSAGE = {
    "MessageId": "m1", "ReceiptHandle": "handle",
    "Body": json.dumps({"requestContext": {"condition": "RetryAttemptsExhausted"}, "DDBStreamBatchInfo": PLACE}),
}  # fmt: skip


class Redrive(unittest.TestCase):
    def redrive(self, *arguments: str, times: int = 1, **state: object) -> tuple[int, list[list[str]], list[str]]:
        """The last exit code, the calls, and the sort keys that the function got."""
        with TemporaryDirectory() as folder:
            world = Path(folder)
            stand_in = world / "aws"
            stand_in.write_text(STAND_IN.format(python=sys.executable))
            stand_in.chmod(0o755)
            (world / "state").write_text(json.dumps({"messages": [MESSAGE], "received": [], "records": RECORDS} | state))
            environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "WORLD": folder}
            command = [sys.executable, str(REDRIVE), "muster", *arguments]
            for _ in range(times):
                code = subprocess.run(command, env=environment, capture_output=True, check=False).returncode
            calls = [json.loads(line) for line in (world / "calls").read_text().splitlines()]
            event = world / "event"
            given = [json.loads(line) for line in event.read_text().splitlines()] if event.exists() else []
        return code, calls, [r["dynamodb"]["Keys"]["SK"]["S"] if "dynamodb" in r else r["id"] for r in given]

    def made(self, calls: list[list[str]], verb: str) -> int:
        return sum(call[1] == verb for call in calls)

    def test_the_named_mail_and_no_other_is_given_to_its_function_and_the_message_goes(self) -> None:
        code, calls, given = self.redrive("mail")
        self.assertEqual((code, given, self.made(calls, "delete-message")), (0, ["MAIL#a", "MAIL#b"], 1))
        invoked = next(call for call in calls if call[1] == "invoke")
        self.assertIn("muster-DeliverMailFunction", invoked)

    def test_many_records_are_given_as_many_at_once_as_the_stream_gives(self) -> None:
        many = [record(FIRST + n, "mail", f"MAIL#{n}") for n in range(25)]
        place = PLACE | {"endSequenceNumber": str(FIRST + 24)}
        message = MESSAGE | {"Body": json.dumps({"requestContext": {"condition": "x"}, "DDBStreamBatchInfo": place})}
        code, calls, given = self.redrive("mail", messages=[message], records=many)
        self.assertEqual((code, len(given), self.made(calls, "invoke")), (0, 25, 3))

    def test_empty_pages_are_not_the_end_of_the_stream_but_a_row_of_them_is(self) -> None:
        mail = [record(FIRST, "mail", "MAIL#a"), record(FIRST + 2, "mail", "MAIL#b")]
        code, calls, given = self.redrive("mail", records=mail, gaps=3)
        self.assertEqual((code, given, self.made(calls, "get-records")), (0, ["MAIL#a", "MAIL#b"], 8))
        code, calls, given = self.redrive("mail", records=mail[:1], gaps=3)
        self.assertEqual((code, given, self.made(calls, "delete-message")), (1, [], 0))

    def test_a_stream_that_is_read_by_too_many_is_asked_again(self) -> None:
        code, calls, given = self.redrive("mail", held_back=2)
        self.assertEqual((code, given, self.made(calls, "get-records")), (0, ["MAIL#a", "MAIL#b"], 3))

    def test_work_is_given_to_the_function_of_work(self) -> None:
        code, calls, given = self.redrive("work")
        self.assertEqual((code, given), (0, ["JOB#j", "TEAM#MEMBER#m"]))
        invoked = next(call for call in calls if call[1] == "invoke")
        self.assertIn("muster-FinishWorkFunction", invoked)

    def test_what_ses_told_is_given_as_it_came_whoever_gave_it_up(self) -> None:
        event = {"id": "e1", "time": "2026-11-21T10:00:00Z", "detail-type": "Email Bounced"}
        event["detail"] = {"mail": {"tags": {"organization": ["org_1"], "mail": ["mail_1"]}}}
        of_lambda = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": event}
        for body in (event, of_lambda):
            messages = [MESSAGE | {"Body": json.dumps(body)}]
            code, calls, given = self.redrive("feedback", messages=messages, answer=None)
            self.assertEqual((code, given, self.made(calls, "delete-message")), (0, ["e1"], 1))
            invoked = next(call for call in calls if call[1] == "invoke")
            self.assertIn("muster-NoteFeedbackFunction", invoked)
            code, calls, given = self.redrive("feedback", "--look", messages=messages)
            self.assertEqual((code, given, self.made(calls, "delete-message")), (0, [], 0))
            code, calls, _ = self.redrive("feedback", messages=messages, invoked={"FunctionError": "Unhandled"})
            self.assertEqual((code, self.made(calls, "delete-message")), (1, 0))

    def test_looking_changes_nothing(self) -> None:
        code, calls, given = self.redrive("mail", "--look")
        self.assertEqual((code, given, self.made(calls, "invoke"), self.made(calls, "delete-message")), (0, [], 0, 0))

    def test_what_the_function_does_not_take_stays(self) -> None:
        refusals = [{"answer": {"batchItemFailures": [{"itemIdentifier": "1"}]}}, {"invoked": {"FunctionError": "Unhandled"}}]
        for refusal in refusals:
            code, calls, _ = self.redrive("mail", **refusal)
            self.assertEqual((code, self.made(calls, "delete-message")), (1, 0), refusal)

    def test_what_the_stream_does_not_hold_any_more_stays(self) -> None:
        for gone in ({"trimmed": True}, {"records": []}, {"records": RECORDS[:2]}):
            code, calls, _ = self.redrive("mail", **gone)
            self.assertEqual((code, self.made(calls, "invoke"), self.made(calls, "delete-message")), (1, 0, 0), gone)

    def test_a_message_that_nobody_knows_stays_and_those_behind_it_go(self) -> None:
        for body in ("{}", "no JSON", "[]", '{"detail": "text"}'):
            strange = MESSAGE | {"MessageId": "m0", "ReceiptHandle": "strange", "Body": body}
            code, calls, given = self.redrive("mail", messages=[strange, MESSAGE])
            self.assertEqual((code, given, self.made(calls, "delete-message")), (1, ["MAIL#a", "MAIL#b"], 1), body)

    def test_what_is_left_or_looked_at_is_there_for_whoever_looks_next(self) -> None:
        code, calls, _ = self.redrive("mail", times=2, trimmed=True)
        self.assertEqual((code, self.made(calls, "get-shard-iterator")), (1, 2))
        code, calls, _ = self.redrive("mail", "--look", times=2)
        self.assertEqual((code, self.made(calls, "get-shard-iterator")), (0, 2))

    def test_while_somebody_else_is_at_a_message_the_queue_is_not_called_empty(self) -> None:
        code, calls, given = self.redrive("mail", messages=[], received=[MESSAGE])
        self.assertEqual((code, given, self.made(calls, "delete-message")), (1, [], 0))

    def test_an_empty_queue_is_no_fault(self) -> None:
        code, calls, _ = self.redrive("mail", messages=[])
        self.assertEqual((code, self.made(calls, "invoke")), (0, 0))


if __name__ == "__main__":
    unittest.main()
