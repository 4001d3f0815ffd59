"""Secrets that do not show themselves."""

import re

_PASSWORD = re.compile(r"(://[^/\s:@?#]*):[^/\s@]*@")
_LOGIN = re.compile(r"(://)[^/\s@?#]*@")
MASK = "•••"


class SecretStr:
    """Text that prints as a mask; whoever needs it has to ask for it by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        """Return the text itself."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretStr) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


def without_password(text: str) -> str:
    """Return the text with the password of every address in it masked."""
    return _PASSWORD.sub(rf"\1:{MASK}@", text)


def without_login(text: str) -> str:
    """Return the text with the name and the password of every address in it taken out."""
    return _LOGIN.sub(r"\1", text)
