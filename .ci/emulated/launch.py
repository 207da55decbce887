"""Starts the emulator, in a process of its own, with two things fixed.

Its queries read the expression of their keys anew for each item of a partition: seconds for some thousand people, which functions
do not wait. Here the expression is read once, in the forms that Muster's have.

Of a batch of the table's stream it takes each record as done, also those that the function names as failed. Here a batch with one
of these comes again, as a whole, which is harmless: what was done is not done again.
"""

import json
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from operator import eq, ge, gt, le, lt

from ministack import app
from ministack.services import dynamodb, lambda_svc

CLAUSE = re.compile(
    r"\s*(?:begins_with\(\s*(?P<beginning>[#\w]+)\s*,\s*(?P<with>:\w+)\s*\)"
    r"|(?P<between>[#\w]+)\s+BETWEEN\s+(?P<low>:\w+)\s+AND\s+(?P<high>:\w+)"
    r"|(?P<compared>[#\w]+)\s*(?P<sign><=|>=|=|<|>)\s*(?P<to>:\w+))\s*(?:AND|$)"
)
SIGNS = {"=": eq, "<": lt, ">": gt, "<=": le, ">=": ge}
slowly = dynamodb._evaluate_condition
execute = lambda_svc._execute_function


@lru_cache(100)
def compiled(expression: str, values: tuple, names: tuple) -> Callable[[dict], bool] | None:
    """Whether an item's keys fit; none for a form that is not known here. All of Muster's keys are texts."""
    value, name, tests, at = dict(values), dict(names), [], 0
    while at < len(expression):
        clause = CLAUSE.match(expression, at)
        if not clause:
            return None
        at, part = clause.end(), clause.groupdict()
        of = next(part[kind] for kind in ("beginning", "between", "compared") if part[kind])
        of = name.get(of, of)
        if part["beginning"]:
            tests.append((of, lambda text, begin=value[part["with"]]: text.startswith(begin)))
        elif part["between"]:
            tests.append((of, lambda text, low=value[part["low"]], high=value[part["high"]]: low <= text <= high))
        else:
            tests.append((of, lambda text, sign=SIGNS[part["sign"]], to=value[part["to"]]: sign(text, to)))
    return lambda item: all(of in item and test(item[of]["S"]) for of, test in tests)


def evaluate(expression: str, item: dict, values: dict, names: dict, slot: str = "ConditionExpression") -> bool:
    if slot == "KeyConditionExpression":
        texts = tuple((name, value["S"]) for name, value in values.items() if "S" in value)
        fits = compiled(expression, texts, tuple((names or {}).items()))
        if fits:
            return fits(item)
    return slowly(expression, item, values, names, slot)


def execute_and_look(function: dict, event: dict, *more: object, **named: object) -> dict:
    result = execute(function, event, *more, **named)
    records = event.get("Records") if isinstance(event, dict) else None
    if records and records[0].get("eventSource") == "aws:dynamodb" and not result.get("error"):
        answer = result.get("body") or {}
        answer = answer if isinstance(answer, dict) else json.loads(answer)
        if answer.get("batchItemFailures"):
            told = {"errorType": "BatchItemFailures", "errorMessage": json.dumps(answer)}
            return result | {"error": True, "body": told}
    return result


if __name__ == "__main__":
    lambda_svc._execute_function = execute_and_look
    dynamodb._evaluate_condition = evaluate
    sys.exit(app.main())
