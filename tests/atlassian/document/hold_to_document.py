#!/usr/bin/env python3
"""Holds recorded answers of the model to Atlassian's OpenAPI document of Jira Cloud, version 3.

usage: hold_to_document.py DOCUMENT ANSWERS

DOCUMENT is https://developer.atlassian.com/cloud/jira/platform/swagger-v3.v3.json, which is Atlassian's and no part of
this project. ANSWERS is what tests record when they are run with ATLASSIAN_MODEL_ANSWERS=FILE in the environment:

    ATLASSIAN_MODEL_ANSWERS=/tmp/answers.jsonl cargo test -p atlassian
    pip install openapi-schema-validator
    tests/atlassian/document/hold_to_document.py swagger-v3.v3.json /tmp/answers.jsonl

For every answer of an operation the status must be documented, and a body in JSON must satisfy the schema of that status.
Members that the document does not name are let pass, because Jira itself sends some. Operations of the model's own table
that were never asked are named. Exit status 1 unless all answers hold and at most one operation in twenty was not asked.
"""
import collections
import json
import pathlib
import re
import sys

from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

if len(sys.argv) != 3:
    sys.exit(__doc__)


def absolute(node):
    """The same with references into the document, and open to further members."""
    if isinstance(node, list):
        return [absolute(element) for element in node]
    if not isinstance(node, dict):
        return node
    kept = {name: value for name, value in node.items() if not (name == "additionalProperties" and value is False)}
    return {
        name: "urn:document" + value if name == "$ref" and isinstance(value, str) and value.startswith("#") else absolute(value)
        for name, value in kept.items()
    }


with open(sys.argv[1], encoding="utf-8") as file:
    document = absolute(json.load(file))
registry = Registry().with_resource("urn:document", Resource.from_contents(document, default_specification=DRAFT4))
operations = {
    operation["operationId"]: operation
    for path in document["paths"].values()
    for method, operation in path.items()
    if method in ("get", "put", "post", "delete", "patch")
}
# These refuse with a status that the document does not list, as Jira does for every operation.
EVERYWHERE = {401, 403, 404, 410, 429}
# Where the document errs: it describes one link where Jira answers a list of them.
LISTS = {"getRemoteIssueLinks"}
validators, wrong, held, unknown = {}, collections.OrderedDict(), collections.Counter(), collections.Counter()


def complaint(answer):
    """What is wrong with an answer; nothing if it holds."""
    status, body = answer["status"], answer["body"]
    documented = operations[answer["operation"]]["responses"].get(str(status))
    if documented is None:
        return None if status in EVERYWHERE else f"status {status} is not documented"
    schema = documented.get("content", {}).get("application/json", {}).get("schema")
    if schema is None or answer["version"] != "3":
        return None
    key = (answer["operation"], status)
    validator = validators.setdefault(key, OAS30Validator(schema, registry=registry))
    if answer["operation"] in LISTS and isinstance(body, list):
        return next(filter(None, (complaint({**answer, "body": element}) for element in body)), None)
    error = next(iter(sorted(validator.iter_errors(body), key=lambda one: list(map(str, one.path)))), None)
    return error and f"status {status}, body at {'/'.join(map(str, error.path)) or '.'}: {error.message[:160]}"


with open(sys.argv[2], encoding="utf-8") as file:
    for line in file:
        answer = json.loads(line)
        # The document is of Cloud.
        if answer["version"] == "data-center":
            continue
        if answer["operation"] not in operations:
            unknown[answer["operation"]] += 1
            continue
        said = complaint(answer)
        if said:
            wrong.setdefault((answer["operation"], said), answer["path"])
        else:
            held[answer["operation"]] += 1

for (operation, said), path in wrong.items():
    print(f"{operation} at {path}: {said}")
for operation, count in unknown.items():
    print(f"{operation}: {count} answers of an operation that the document does not have")
table = (pathlib.Path(__file__).parent / "../src/jira/operations/table.rs").read_text(encoding="utf-8")
# The method, the template and the name of each operation that Cloud has.
own = {name for _, _, name in re.findall(r'\b(?:both|cloud)\(\s*"(\w+)",\s*"([^"]+)",\s*"(\w+)"', table)}
asked = own & set(held)
for operation in sorted(own - asked):
    print(f"{operation}: never asked with an answer that holds")
print(
    f"{sum(held.values())} answers of {len(held)} operations hold; {len(wrong)} complaints; {len(asked)} of the model's "
    f"{len(own)} operations were asked; the document has {len(operations)}"
)
sys.exit(1 if wrong or unknown or len(asked) < 0.95 * len(own) else 0)
