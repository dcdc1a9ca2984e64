"""Migrations: semicolons inside statements, files for one database, errors with their place."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import plugin_server.auth
from plugin_server import Connection
from plugin_server.storage import Database, DatabaseUnavailable, connect

# After each statement that may hold semicolons comes another one.
TRIGGERS = {
    "0001_notes.sql": """
        -- What is noted; who noted it is told elsewhere.
        CREATE TABLE notes (text TEXT); CREATE TABLE log (text TEXT);
        INSERT INTO log VALUES ('a; b'); -- one; value
        /* nothing; at all */
        INSERT INTO log VALUES ('it''s "one";
        value');
    """,
    "0002_log.sqlite.sql": """
        CREATE TRIGGER noted AFTER INSERT ON notes WHEN new.text <> ''
        BEGIN
            INSERT INTO log VALUES (CASE new.text WHEN 'a' THEN 'first; END' ELSE new.text END);
            UPDATE log SET text = text || ';' WHERE text = new.text;
        END;
        INSERT INTO notes VALUES ('b');
        CREATE TRIGGER unneeded AFTER DELETE ON notes BEGIN SELECT 1; SELECT 2; END;
        INSERT INTO notes VALUES ('c')
    """,
    "0002_log.postgresql.sql": """
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            INSERT INTO log VALUES (new.text || ';'); -- don't; $$ is no end
            RETURN new;
        END;
        $body$;
        CREATE TRIGGER noted AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION note();
        CREATE OR REPLACE PROCEDURE tidy() LANGUAGE SQL
        BEGIN ATOMIC
            DELETE FROM log WHERE text = CASE WHEN TRUE THEN 'none' END;
            DELETE FROM log WHERE text = '';
        END;
        INSERT INTO notes VALUES ('b');
        DO $$ BEGIN PERFORM 1; PERFORM 2; END $$;
        INSERT INTO notes VALUES ('c')
    """,
}


@pytest.fixture(name="database")
def fixture_database(database_url: str) -> Iterator[Database]:
    database = connect(database_url)
    yield database
    database.close()


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes/migrations"
    folder.mkdir(parents=True)
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


def column(connection: Connection, sql: str) -> list[Any]:
    return [value for (value,) in connection.execute(sql).fetchall()]


async def applied(database: Database) -> list[str]:
    names: list[str] = await database.read(column, "SELECT name FROM migrations ORDER BY name")
    return names


async def test_a_statement_may_have_semicolons_inside(database: Database, folder: Path) -> None:
    write(folder, TRIGGERS)
    database.migrate(folder)
    logged = [text.split("\n")[0] for text in await database.read(column, "SELECT text FROM log")]
    assert logged == ["a; b", 'it\'s "one";', "b;", "c;"]
    # Both files of the second one are the same migration.
    assert await applied(database) == ["notes/0001_notes.sql", "notes/0002_log.sql"]


async def test_names_that_look_like_a_body_are_names(database: Database, folder: Path) -> None:
    statements = 'CREATE TABLE t ("begin" TEXT, "end" TEXT, amount$ TEXT, b$ TEXT);'
    write(folder, {"0001_t.sql": f"{statements}\nCREATE TABLE u (trigger_begin TEXT);"})
    database.migrate(folder)
    assert await database.read(column, "SELECT count(*) FROM u") == [0]


@pytest.mark.parametrize("script", ["", "\n -- nothing yet; really\n", ";;\n/* nothing */;"])
async def test_a_file_may_say_nothing(database: Database, folder: Path, script: str) -> None:
    write(folder, {"0001_nothing.sql": script})
    database.migrate(folder)
    assert await applied(database) == ["notes/0001_nothing.sql"]


async def test_an_error_names_file_and_statement_and_leaves_nothing(
    database: Database, folder: Path
) -> None:
    sound = "CREATE TABLE notes (text TEXT);"
    write(
        folder,
        {
            "0001_notes.sql": sound,
            "0002_more.sql": "CREATE TABLE more (text TEXT);\n\n"
            "INSERT INTO more\n  SELECT text FROM nowhere WHERE text <> 'a text that is long';\n",
        },
    )
    with pytest.raises(DatabaseUnavailable) as caught:
        database.migrate(folder)
    begin = "INSERT INTO more SELECT text FROM nowhere WHERE text <> 'a t"
    place = f"notes/0002_more.sql, statement 2 ({begin} …): "
    assert str(caught.value).startswith(place)
    assert "nowhere" in str(caught.value).removeprefix(place)
    assert "\n" not in str(caught.value)
    assert await applied(database) == ["notes/0001_notes.sql"]
    write(folder, {"0002_more.sql": "CREATE TABLE more (text TEXT);"})
    database.migrate(folder)
    assert await database.read(column, "SELECT text FROM more") == []


async def test_a_statement_after_a_trigger_is_named_alone(database: Database, folder: Path) -> None:
    trigger = "FOR EACH ROW EXECUTE FUNCTION f();"
    write(
        folder,
        {
            "0001_notes.sql": "CREATE TABLE notes (text TEXT);",
            "0002_log.sqlite.sql": "CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END;\n"
            "SELECT 1;\n-- What is not there.\nSELECT nothing;",
            "0002_log.postgresql.sql": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RETURN new; END $$;\nCREATE TRIGGER t AFTER INSERT ON notes {trigger}\n"
            "SELECT nothing;",
        },
    )
    place = r"^notes/0002_log\.\w+\.sql, statement 3 \(SELECT nothing …\): .*nothing"
    with pytest.raises(DatabaseUnavailable, match=place):
        database.migrate(folder)


async def test_a_text_that_does_not_end_is_an_error_with_its_place(
    database: Database, folder: Path
) -> None:
    write(folder, {"0001_notes.sql": "CREATE TABLE notes (text TEXT);\nSELECT 'a; b;\n"})
    with pytest.raises(DatabaseUnavailable, match=r"^notes/0001_notes\.sql, statement 2 \(SELECT"):
        database.migrate(folder)


async def test_a_file_for_the_other_database_is_not_looked_at(
    database: Database, database_url: str, folder: Path
) -> None:
    other = "postgresql" if database_url.startswith("sqlite") else "sqlite"
    write(folder, {f"0001_notes.{other}.sql": "no SQL at all;", "0002_log.sql": "SELECT 1;"})
    database.migrate(folder)
    assert await applied(database) == ["notes/0002_log.sql"]


async def test_two_folders_may_have_files_of_one_name(database: Database, tmp_path: Path) -> None:
    folders = [tmp_path / "notes/migrations", tmp_path / "lists/migrations"]
    for folder in folders:
        folder.mkdir(parents=True)
        write(folder, {"0001_first.sql": f"CREATE TABLE {folder.parent.name} (text TEXT);"})
    database.migrate(*folders)
    database.migrate(*folders)
    assert await applied(database) == ["lists/0001_first.sql", "notes/0001_first.sql"]


def migrate(url: str) -> None:
    database = connect(url, guest=True)
    database.migrate(Path(plugin_server.auth.__file__).parent / "migrations")
    database.close()


def test_processes_may_migrate_at_once(database_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=migrate, args=(database_url,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
