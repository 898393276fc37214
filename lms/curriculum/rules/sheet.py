"""What every author's file has in common: strict keys, and the few kinds of value they hold."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

ID = r"^[a-z][a-z0-9-]{0,59}$"


def _date(value: str) -> str:
    date.fromisoformat(value)
    return value


def _decimal(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, Field(pattern=ID)]
LineId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$")]
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_date)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")]
Minutes = Annotated[int, Field(ge=0, le=100_000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Number = Annotated[str, BeforeValidator(_decimal), Field(min_length=1)]
Weights = Annotated[dict[Id, Annotated[int, Field(ge=1, le=100)]], Field(min_length=1)]


class Sheet(BaseModel):
    """What every file has in common: no unknown keys, no guessing of types, never changed after reading."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class SourceIn(Sheet):
    """Where a fact comes from."""

    title: Words
    url: Url
