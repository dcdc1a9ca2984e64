"""What PostgreSQL's errors mean for who asked.

By code: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import psycopg

from . import DatabaseBusy, DatabaseFull, DatabaseReadOnly, DatabaseUnavailable

MEANINGS: dict[str | None, type[DatabaseUnavailable]] = {
    # It met another transaction, and was undone whole.
    "40001": DatabaseBusy,  # serialization_failure
    "40P01": DatabaseBusy,  # deadlock_detected
    "55P03": DatabaseBusy,  # lock_not_available
    "53100": DatabaseFull,  # disk_full
    "53400": DatabaseFull,  # configuration_limit_exceeded
    "25006": DatabaseReadOnly,  # read_only_sql_transaction
    # What the driver does not count among the errors of operation.
    "0A000": DatabaseUnavailable,  # feature_not_supported: a column's type has changed
    "25P03": DatabaseUnavailable,  # idle_in_transaction_session_timeout
    "25P04": DatabaseUnavailable,  # transaction_timeout
    "3F000": DatabaseUnavailable,  # invalid_schema_name
    "42501": DatabaseUnavailable,  # insufficient_privilege
    "42P01": DatabaseUnavailable,  # undefined_table: also what a role may not see
    "XX000": DatabaseUnavailable,  # internal_error
    "XX001": DatabaseUnavailable,  # data_corrupted
    "XX002": DatabaseUnavailable,  # index_corrupted
}
# Another session may find another server where the address has moved, the role where it was made
# anew, another search path.
OF_THE_SESSION = {"0A000", "25006", "3F000", "42501", "42P01"}


def meaning(error: psycopg.Error) -> type[DatabaseUnavailable] | None:
    """None for what is the operation's own mistake."""
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return MEANINGS.get(error.sqlstate, DatabaseUnavailable)
    return MEANINGS.get(error.sqlstate)


def reason(error: Exception) -> str:
    """What is wrong; not the statement, which PostgreSQL tells in further lines."""
    return str(error).strip().partition("\n")[0]
