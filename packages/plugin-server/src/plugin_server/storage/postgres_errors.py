"""What PostgreSQL's errors mean for who asked.

By code: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

import psycopg

from . import Busy, Full, ReadOnly, Unavailable

MEANINGS: dict[str | None, type[Unavailable]] = {
    # It met another transaction, and was undone whole.
    "40001": Busy,  # serialization_failure
    "40P01": Busy,  # deadlock_detected
    "55P03": Busy,  # lock_not_available
    "53100": Full,  # disk_full
    "53400": Full,  # configuration_limit_exceeded
    "25006": ReadOnly,  # read_only_sql_transaction
    # What the driver does not count among the errors of operation.
    "0A000": Unavailable,  # feature_not_supported: a column's type has changed under the session
    "25P03": Unavailable,  # idle_in_transaction_session_timeout
    "25P04": Unavailable,  # transaction_timeout
    "3F000": Unavailable,  # invalid_schema_name
    "42501": Unavailable,  # insufficient_privilege
    "42P01": Unavailable,  # undefined_table: also what a role may not see
    "XX000": Unavailable,  # internal_error
    "XX001": Unavailable,  # data_corrupted
    "XX002": Unavailable,  # index_corrupted
}
# Another session may find another server where the address has moved, the role where it was made
# anew, another search path.
OF_THE_SESSION = {"0A000", "25006", "3F000", "42501", "42P01"}


def meaning(error: psycopg.Error) -> type[Unavailable] | None:
    """None for what is the operation's own mistake."""
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return MEANINGS.get(error.sqlstate, Unavailable)
    return MEANINGS.get(error.sqlstate)


def reason(error: Exception) -> str:
    """What is wrong; not the statement, which PostgreSQL tells in further lines."""
    return str(error).strip().partition("\n")[0]
