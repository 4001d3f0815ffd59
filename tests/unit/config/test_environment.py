"""Settings from the environment."""

from pathlib import Path

import pytest

from monitor.config import SecretStr, variable
from monitor.config.environment import variables
from monitor.model.topics import Alias
from tests.unit.config.written import load_text, problems_of


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """Texts, numbers, durations and addresses all come from variables, relative to the same folder."""
    settings = load_text(
        tmp_path,
        '[store]\nurl = "sqlite:///a.db"\n[fetch]\nper_host = 1\ntimeout = "1s"\n',
        {
            "MONITOR_STORE__URL": "sqlite:///b.db",
            "MONITOR_FETCH__PER_HOST": "3",
            "MONITOR_FETCH__MAX_BYTES": "1MB",
            "MONITOR_PUBLIC_URL": "https://m.example.org",
            "MONITOR_WEB__LISTEN": "localhost:1",
            "HOME": "/nowhere",
            "MONITOR_CONFIG": "elsewhere.toml",
        },
    )
    assert settings.store.url == f"sqlite:///{tmp_path.resolve()}/b.db"
    assert (settings.fetch.per_host, settings.fetch.timeout.seconds, settings.fetch.max_bytes) == (
        3,
        1,
        1_000_000,
    )
    assert (settings.public_url, str(settings.web.listen)) == ("https://m.example.org", "localhost:1")
    assert settings.warnings == ()
    assert settings.origins["fetch.per_host"] == "MONITOR_FETCH__PER_HOST"
    assert settings.origins["fetch.timeout"] == str(tmp_path / "monitor.toml")


@pytest.mark.parametrize(
    "text", ['["127.0.0.0/8", "10.0.0.0/8"]', "127.0.0.0/8,10.0.0.0/8", " 127.0.0.0/8 , 10.0.0.0/8"]
)
def test_lists_are_json_or_separated_by_commas(tmp_path: Path, text: str) -> None:
    """Both ways of writing a list mean the same."""
    settings = load_text(tmp_path, "", {"MONITOR_FETCH__ALLOW_PRIVATE": text})
    assert settings.fetch.allow_private == ("127.0.0.0/8", "10.0.0.0/8")


def test_an_empty_variable_sets_nothing(tmp_path: Path) -> None:
    """Compose files pass variables on empty when nobody set them."""
    settings = load_text(tmp_path, "", {"MONITOR_PUBLIC_URL": "", "MONITOR_CHANNELS__EMAIL__PASSWORD": ""})
    assert settings.public_url is None
    assert settings.channels.email is None


def test_aliases_come_from_variables_too(tmp_path: Path) -> None:
    """A row of the alias table is a variable with a list."""
    assert load_text(tmp_path, "", {"MONITOR_ALIASES__KYIV": "Kyiv, Київ"}).aliases == {
        "kyiv": Alias(("Kyiv", "Київ"))
    }


def test_any_setting_comes_from_a_file_and_loses_its_last_line_break(tmp_path: Path) -> None:
    """Secrets are mounted as files; what else they end with belongs to them."""
    (tmp_path / "url").write_text("postgresql://me:pw@db/m\n")
    (tmp_path / "password").write_text("pass word \r\n")
    settings = load_text(
        tmp_path,
        '[web]\nusername = "me"\n',
        {"MONITOR_STORE__URL_FILE": str(tmp_path / "url"), "MONITOR_WEB__PASSWORD_FILE": "password"},
    )
    assert settings.store.url == "postgresql://me:pw@db/m"
    assert settings.web.password == SecretStr("pass word ")


@pytest.mark.parametrize("given", ['password = "old"', 'password_file = "absent"'])
def test_a_password_of_the_environment_replaces_one_of_the_file(tmp_path: Path, given: str) -> None:
    """Whichever of the two keys the file used, the environment wins."""
    (tmp_path / "new").write_text("new")
    for environ in ({"MONITOR_WEB__PASSWORD": "new"}, {"MONITOR_WEB__PASSWORD_FILE": str(tmp_path / "new")}):
        settings = load_text(tmp_path, f'[web]\nusername = "me"\n{given}\n', environ)
        assert settings.web.password == SecretStr("new")


def test_unknown_variables_are_warned_about_with_the_nearest_name(tmp_path: Path) -> None:
    """A typing mistake in the environment does not go unnoticed, and stops nobody."""
    settings = load_text(
        tmp_path, "", {"MONITOR_STORE_URL": "x", "MONITOR_QQQQ": "x", "MONITOR_INCLUDE": "x"}
    )
    assert (
        settings.warnings[2]
        == 'MONITOR_STORE_URL is set but is no setting (did you mean "MONITOR_STORE__URL"?)'
    )
    assert settings.warnings[1] == "MONITOR_QQQQ is set but is no setting"
    assert settings.warnings[0].startswith("MONITOR_INCLUDE is set but is no setting")


def test_wrong_variables_are_problems_named_by_variable(tmp_path: Path) -> None:
    """Numbers that are none, files that are not there and two sources for one setting are all said."""
    (tmp_path / "latin").write_bytes(b"\xe9")
    problems = problems_of(
        tmp_path,
        "",
        {
            "MONITOR_FETCH__PER_HOST": "many",
            "MONITOR_FETCH__TIMEOUT": "soon",
            "MONITOR_STORE__URL": "mysql://root:hush@db/m",
            "MONITOR_WEB__LISTEN_FILE": "/does/not/exist",
            "MONITOR_WEB__USERNAME_FILE": "latin",
            "MONITOR_LOGS__LEVEL": "info",
            "MONITOR_LOGS__LEVEL_FILE": "level",
        },
    )
    assert (
        "environment: MONITOR_FETCH__PER_HOST: is text, not a whole number (a whole number from 1 to 100)"
        in problems
    )
    assert any(
        line.startswith('environment: MONITOR_FETCH__TIMEOUT: "soon" is not a duration') for line in problems
    )
    assert any(
        "MONITOR_WEB__LISTEN_FILE: /does/not/exist cannot be read: No such file" in line for line in problems
    )
    assert any("MONITOR_WEB__USERNAME_FILE: latin is not text in UTF-8" in line for line in problems)
    assert any("MONITOR_LOGS__LEVEL_FILE: MONITOR_LOGS__LEVEL is set too" in line for line in problems)
    assert not any("hush" in line for line in problems)


def test_every_variable_is_named_by_its_section_and_key() -> None:
    """The names follow one rule, so that nobody has to look them up."""
    assert variable("", "public_url") == "MONITOR_PUBLIC_URL"
    assert variable("channels.email", "password") == "MONITOR_CHANNELS__EMAIL__PASSWORD"
    assert {"MONITOR_STORE__URL", "MONITOR_SUBSCRIPTIONS__OPML", "MONITOR_NEWS__MAX_AGE"} <= set(variables())
