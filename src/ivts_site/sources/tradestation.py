"""TradeStation bar charts: daily bars as JSON, for holders of an account.

Credentials come from the environment alone: `TRADESTATION_CLIENT_ID`, `TRADESTATION_CLIENT_SECRET` and
`TRADESTATION_REFRESH_TOKEN`; `TRADESTATION_TOKEN_FILE` may name a private file for a refresh token that the
vendor replaces.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ivts_site.errors import SourceFormatError
from ivts_site.sources.http import HttpClient
from ivts_site.sources.parsed import Cells, ParsedCloses, parse_cells
from ivts_site.sources.reply import Reply
from ivts_site.sources.request import Request, scrubbed
from ivts_site.sources.retry import CredentialsRefused
from ivts_site.sources.secret import Credential, Secret, Token
from ivts_site.sources.tradestation_token import NAME, current_token, known_secrets, new_token, refused

ABSENT = "absent"
# more than any daily history has, and below the 57,600 bars that the vendor gives in one answer
BARS_BACK = 25_000
NEW_YORK = ZoneInfo("America/New_York")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")


def path(symbol: str) -> str:
    """Return the path and query of the daily bars of a symbol."""
    return f"/v3/marketdata/barcharts/{quote(symbol, safe='')}?interval=1&unit=Daily&barsback={BARS_BACK}"


def ask(client: HttpClient, request: Request) -> Reply:
    """Ask for the bars with an access token, got anew where there is none or the vendor no longer takes it.

    Raises
    ------
    SourceUnavailable
        Where credentials are missing (it names the variables) or refused, or the vendor cannot be reached.
    SourceFormatError
        Where the token endpoint answers with something else.
    """
    token = current_token(client, request.vendor)
    try:
        reply = _with_token(client, request, token)
    except CredentialsRefused:
        token = new_token(client, request.vendor)
        try:
            reply = _with_token(client, request, token)
        except CredentialsRefused:
            raise refused(request.url, "a new access token is refused too (HTTP 401)") from None
    return scrubbed(reply, token.access, *known_secrets(token))


def parse_tradestation(text: str, symbol: str) -> ParsedCloses:  # noqa: ARG001 (the answer does not name it)
    """Read the closes of a bar chart; numbers are text.

    A bar belongs to the date of its `TimeStamp` in New York.

    Parameters
    ----------
    text : str
        The answer.
    symbol : str
        The symbol asked for; the answer does not repeat it.

    Returns
    -------
    ParsedCloses
        A close that is null, absent or blank is counted as missing, and so is a bar that the vendor calls
        open. The line of a bad row is its position in `Bars`, from 1.

    Raises
    ------
    SourceFormatError
        Where the vendor reports an error, the answer is no such JSON, or no bar has a time stamp and a close.
    """
    bars = _bars(text)
    return parse_cells(
        Cells(
            source=NAME,
            dates=[_date(bar.get("TimeStamp")) for bar in bars],
            values=[_close(bar) for bar in bars],
            lines=range(1, len(bars) + 1),
            texts=[f"{bar.get('TimeStamp')} {bar.get('Close')}" for bar in bars],
            missing=(ABSENT,),
        )
    )


def _with_token(client: HttpClient, request: Request, token: Token) -> Reply:
    bearer = Secret(f"Bearer {token.access.reveal()}")
    return request.send(client, Credential(headers={"Authorization": bearer}))


def _bars(text: str) -> list[dict[str, Any]]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceFormatError(NAME, "the body is not valid JSON", text) from error
    if isinstance(answer, dict) and "Error" in answer:
        said = f"{answer['Error']} {answer.get('Message') or ''}".strip()
        raise SourceFormatError(NAME, "the vendor reports an error", said)
    bars = answer.get("Bars") if isinstance(answer, dict) else None
    if not isinstance(bars, list) or not all(isinstance(bar, dict) for bar in bars):
        raise SourceFormatError(NAME, "no list of bars under 'Bars'", text)
    if bars and not any("TimeStamp" in bar and "Close" in bar for bar in bars):
        raise SourceFormatError(NAME, "bars lack 'TimeStamp' or 'Close'; found", ",".join(map(str, bars[0])))
    return bars


def _date(stamp: object) -> str:
    """Date in New York of an instant with a zone; empty where it is none."""
    if not isinstance(stamp, str) or not INSTANT.fullmatch(stamp.strip()):
        return ""
    try:
        return dt.datetime.fromisoformat(stamp.strip()).astimezone(NEW_YORK).date().isoformat()
    except (ValueError, OverflowError):
        return ""


def _close(bar: dict[str, Any]) -> str:
    value = bar.get("Close")
    text = "" if value is None else str(value).strip()
    return ABSENT if not text or bar.get("BarStatus") == "Open" else text
