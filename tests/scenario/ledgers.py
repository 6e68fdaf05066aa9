"""What the ledgers say at the end of a scenario, so that the same scenario can be compared between modes: every row of every
domain's tables with ids replaced by names (the code or number of the document, the number of the line), without the moments
at which and the order in which things were recorded; sorted. Two databases that hold the same company give the same texts."""
import collections
import hashlib
import json
import re

import bm

# What only one mode has, or what names a person's sessions and not the company's books.
LEFT_OUT = {"finance": {"pending_voucher", "held_line"}, "wms": set(), "people": set(),
            "core": {"app_user", "session", "sign_in", "api_key", "tenant"}}
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORD = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")  # the same in documents and events
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.]*(?:Z|[+-]\d\d(?::\d\d)?)?")


def uuid_of(word):
    value = 0
    for letter in word:
        value = value * 32 + LETTERS.index(letter)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def rows_of(host, schema):
    """table → its rows, of the domain's own database."""
    database = f"business_m_{schema}" if bm.ENTERPRISE else "business_m"
    names = bm.sql(host, "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p') "
                   f"AND NOT relispartition AND nspname = '{schema}'", database).split()
    found = {}
    for name in sorted(set(names) - LEFT_OUT[schema]):
        text = bm.sql(host, f"SELECT coalesce(json_agg(t), '[]') FROM {schema}.\"{name}\" t", database)
        found[f"{schema}.{name}"] = json.loads(text, parse_float=str, parse_int=str)
    return found


def names_of(tables):
    """id → how people call it. Lines are named after their document, in rounds: theirs may be a line's line."""
    names = {}
    for table, rows in tables.items():
        for row in rows:
            called = row.get("number") or row.get("code") or row.get("name") or row.get("label")
            if "id" in row and called:
                names[row["id"]] = f"{table}:{called}"
    for _ in range(3):
        for table, rows in tables.items():
            for row in rows:
                if row.get("id") and row["id"] not in names and row.get("parent_id") in names:
                    names[row["id"]] = f"{table}:{names[row['parent_id']]}:{row.get('line_no') or row.get('position')}"
    return names


def plain(value, names):
    """A row's text with names for ids; ids that have none, and moments, are all alike."""
    text = WORD.sub(lambda m: uuid_of(m.group()), json.dumps(value, sort_keys=True))
    text = UUID.sub(lambda m: names.get(m.group(), "?"), text)
    return MOMENT.sub("then", text)


ORDER = ("seq", "at_seq", "locked_seq", "hash", "previous", "epoch", "tenant_id")  # of recording, not of the books


def ledgers(host):
    """table → sorted texts of its rows."""
    tables = {}
    for schema in LEFT_OUT:
        tables.update(rows_of(host, schema))
    names = names_of(tables)
    said = {}
    for table, rows in tables.items():
        kept = [{k: v for k, v in row.items() if k not in ORDER} for row in rows]
        for row in kept:
            if isinstance(row.get("payload"), str):
                row["payload"] = {k: v for k, v in json.loads(row["payload"]).items() if k not in ORDER}
        said[table] = sorted(plain(row, names) for row in kept)
    return {table: rows for table, rows in said.items() if rows}


def digests(said):
    return {table: hashlib.sha256("\n".join(rows).encode()).hexdigest() for table, rows in said.items()}


def differences(one, other):
    """Lines for people: what only one of the two says, table by table."""
    found = []
    for table in sorted(set(one) | set(other)):
        here, there = collections.Counter(one.get(table, [])), collections.Counter(other.get(table, []))
        found += [f"{table} first only: {row}" for row in here - there] + [f"{table} second only: {row}" for row in there - here]
    return found
