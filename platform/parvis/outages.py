"""Tell a part of the machine that is down for a while from a bug."""

import errno

import psycopg


FULL = {errno.ENOSPC, errno.EDQUOT}
# By the beginning of their codes, what PostgreSQL says when it is down, full, ended by somebody,
# or still a standby: https://www.postgresql.org/docs/current/errcodes-appendix.html
DOWN = ("08", "25006", "53", "57P", "58")


def is_outage(fault: BaseException | None) -> bool:
    """Tell whether a fault ends without anybody changing the product, once a machine is mended."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in FULL:
            return True
        if isinstance(fault, psycopg.Error):
            return _is_down(fault)
        fault = fault.__cause__
    return False


def _is_down(fault: psycopg.Error) -> bool:
    """Read the code of PostgreSQL; a connection that broke, or never was, has none."""
    if fault.sqlstate is None:
        return isinstance(fault, psycopg.OperationalError)
    return fault.sqlstate.startswith(DOWN)
