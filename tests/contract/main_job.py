"""What a program does with the client that openapi-python-client makes from openapi.json.

With an API key it finds connections and tests them; with a session it reads what happened and makes another key. mypy
checks it first.
"""

import json
import os

from causeway_client import AuthenticatedClient, Client
from causeway_client.api.api_keys import create_api_key, revoke_api_key
from causeway_client.api.connections import (
    check_connection,
    edit_connection,
    get_connection,
    get_timeline,
    list_connections,
)
from causeway_client.api.session import get_session
from causeway_client.models import (
    Connection,
    ConnectionEdit,
    ConnectionPage,
    CreatedApiKey,
    KeyScope,
    ListOfTimelineEntry,
    NewApiKey,
    Problem,
    ProblemCode,
    State,
)

URL = os.environ["CAUSEWAY_URL"]
KEY = AuthenticatedClient(base_url=URL, token=os.environ["CAUSEWAY_KEY"])
# A session shows with every change that it comes from Causeway's own pages.
SESSION = AuthenticatedClient(
    base_url=URL,
    token=os.environ["CAUSEWAY_COOKIE"],
    auth_header_name="cookie",
    prefix="",
    headers={"origin": URL, "x-causeway": "1"},
)


def with_key() -> Connection:
    """Finds a connection, and tests it."""
    page = list_connections.sync(client=KEY, status=State.AUTHORIZED, limit=1)
    assert isinstance(page, ConnectionPage), page
    first = page.items[0]

    one = get_connection.sync(first.id, client=KEY)
    assert isinstance(one, Connection) and one.name == first.name, one

    checkup = check_connection.sync(first.id, client=KEY)
    assert isinstance(checkup, str), checkup
    verdict = json.loads(checkup.strip().split("\n")[-1])
    assert verdict["line"] == "verdict" and verdict["status"]["state"] == "authorized", verdict
    return one


def with_session(connection: Connection) -> None:
    """Finds in the timeline that the connection was made, makes a key, renames the connection once, and revokes the key."""
    timeline = get_timeline.sync(connection.id, client=SESSION)
    assert isinstance(timeline, ListOfTimelineEntry), timeline
    assert "created" in [entry.event for entry in timeline.items], timeline

    new = NewApiKey(name="Made by a generated client", scopes=[KeyScope.CONNECTIONSREAD], connections=[connection.id])
    made = create_api_key.sync(client=SESSION, body=new)
    assert isinstance(made, CreatedApiKey) and made.key.startswith("cw_"), made

    tag = f'"{connection.version}"'
    edit = ConnectionEdit(name="Renamed by a generated client for Python")
    saved = edit_connection.sync(connection.id, client=SESSION, body=edit, if_match=tag)
    assert isinstance(saved, Connection) and saved.version == connection.version + 1, saved
    stale = edit_connection.sync(connection.id, client=SESSION, body=edit, if_match=tag)
    assert not isinstance(stale, Connection) and stale is not None, stale
    assert stale.code == "edit_conflict", stale

    assert revoke_api_key.sync_detailed(made.id, client=SESSION).status_code == 204


def refused() -> None:
    """Nobody is told by a word of the contract that they are nobody."""
    answer = get_session.sync_detailed(client=Client(base_url=URL))  # type: ignore[arg-type]
    problem = Problem.from_dict(json.loads(answer.content))
    assert answer.status_code == 401 and problem.code == ProblemCode.NOT_SIGNED_IN, problem


with_session(with_key())
refused()
print("the main job is done")
