"""The counts of all replicas, in Redis or Valkey."""

from limits.aio.storage import RedisStorage

from .policies import UnusableStorage

try:
    from redis.asyncio import ConnectionPool
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
except ModuleNotFoundError as error:
    raise UnusableStorage(
        "PLUGIN_RATE_LIMIT_STORAGE: needs the extra `redis`, which is not installed"
    ) from error


def connection_pool(url: str) -> ConnectionPool:
    """Connections to the server of the URL. Raises UnusableStorage for a URL that is none."""
    try:
        pool = ConnectionPool.from_url(
            url,
            # One more time: a server that was restarted has closed the connections that wait here.
            retry=Retry(NoBackoff(), 1),
        )
        # Nothing is connected yet; this is where an unknown option is noticed.
        pool.connection_class(**pool.connection_kwargs)
    except (TypeError, ValueError):
        # What is wrong with it is not told: that may show the password.
        raise UnusableStorage(
            "PLUGIN_RATE_LIMIT_STORAGE: must be such as redis://HOST:6379/0,"
            " with what is special in the password percent-encoded"
        ) from None
    return pool


def redis_storage(pool: ConnectionPool, program: str) -> RedisStorage:
    """The library's storage over these connections. Its keys expire two windows after a count."""
    return RedisStorage(
        "async+redis://",
        implementation="redispy",
        key_prefix=program,
        connection_pool=pool,  # type: ignore[arg-type] # it is passed on to redis-py
    )
