#!/usr/bin/env python3
"""Pushes the findings of a file to Causeway, and prints what changed.

    export CAUSEWAY_URL=https://causeway.example CAUSEWAY_PROJECT=prj_…
    export CAUSEWAY_KEY=cw_…              # with the permissions to see tasks and to push them
    ./push.py findings.json

Causeway makes a Jira issue of each finding and keeps both statuses in step. Push as often as you like: what did not change
moves nothing. Statuses that people changed in Jira are printed too, since the last run; the place is kept beside the file.
Needs Python 3.9 or newer, and nothing else.
"""
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

AT_ONCE = 100  # the most tasks of one request


def call(method, path, body=None):
    """Calls Causeway, and waits as long as it is told to while too much is waiting for Jira."""
    request = urllib.request.Request(
        f"{os.environ['CAUSEWAY_URL'].rstrip('/')}/api/v1/projects/{os.environ['CAUSEWAY_PROJECT']}/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {os.environ['CAUSEWAY_KEY']}", "Content-Type": "application/json"},
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code in (429, 503) and "Retry-After" in refused.headers:
                time.sleep(int(refused.headers["Retry-After"]))
                continue
            is_problem = "json" in refused.headers.get("Content-Type", "")
            problem = json.load(refused) if is_problem else {"detail": str(refused)}
            sys.exit(f"{problem.get('detail')} {problem.get('remedy', '')}")


def push(findings):
    """Pushes the findings, and returns whether all were taken."""
    tasks = [{"external_id": f["external_id"], "task": {k: v for k, v in f.items() if k != "external_id"}} for f in findings]
    taken = True
    for first in range(0, len(tasks), AT_ONCE):
        for result in call("POST", "tasks", {"tasks": tasks[first : first + AT_ONCE]})["results"]:
            if result["refused"]:
                taken = False
                print(f"{result['external_id']}: refused. {result['refused']['detail']}")
            else:
                tell(result["task"])
    return taken


def tell(task):
    issue, blocked = task["issue"], task["blocked"]
    where = issue["key"] if issue else "no issue yet"
    print(f"{task['external_id']}: {task['status']}, {task['state']} ({where})")
    if blocked:
        print(f"    {blocked['sentence']} {blocked['remedy']}")


def changes(place):
    """Prints what changed since the last run."""
    after = place.read_text().strip() if place.exists() else ""
    while True:
        page = call("GET", f"changes?after={after}" if after else "changes")
        for change in page["items"]:
            if change["resync"]:
                print(f"{change['at']} {change['resync']}: {change['event']}")
                continue
            where = change["issue_key"] or "no issue"
            print(f"{change['at']} {change['external_id']}: {change['event']}, now {change['status']} ({where})")
            if change["comment"]:
                print(f"    {change['comment']['author']}: {change['comment']['text']}")
        after = page["next_after"]
        place.write_text(after)
        if not page["more"]:
            return


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    file = Path(sys.argv[1])
    all_taken = push(json.loads(file.read_text()))
    changes(file.with_suffix(".after"))
    sys.exit(0 if all_taken else 1)
