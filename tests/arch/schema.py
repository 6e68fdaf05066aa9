"""The generated schema (tests/golden/schema.txt) keeps the rules of tenancy and of ledgers: row level security forced
with both conditions on every table and partition, keys that start with the tenant, no foreign keys, ledgers without
the right to change and with one check that keeps NaN out (the server works on every check for every statement)."""
import re

import arch

NO_TENANT = {"m.migration", "core.tenant"}
APPEND_ONLY = ("m.audit", "finance.acc_event", "finance.gl_entry", "wms.inv_event", "wms.stock_entry")
LEDGERS = ("finance.gl_entry", "finance.account_balance", "finance.account_day", "wms.stock_entry", "wms.stock_bin",
           "wms.stock_layer")
CONDITION = r"\(tenant_id = \(SELECT nullif\(current_setting\('app\.tenant_id', true\), ''\)::uuid\)\)"


def name(quoted):
    return quoted.replace('"', "")


def main():
    options = arch.arguments()
    report = arch.Report()
    sql = arch.text(options.source, "tests/golden/schema.txt")
    tables = {name(t): body for t, body in re.findall(r'^CREATE TABLE (\S+) \((.*?)^\)', sql, re.M | re.S)}
    partitions = {name(p): name(parent) for p, parent in re.findall(r"^CREATE TABLE (\S+) PARTITION OF (\S+) ", sql, re.M)}
    forced = {name(t) for t in re.findall(r"^ALTER TABLE (\S+) ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;", sql, re.M)}
    policies = {name(t) for t in re.findall(
        rf"^CREATE POLICY tenant ON (\S+) USING {CONDITION} WITH CHECK {CONDITION};", sql, re.M)}
    report.check(len(tables) > 30 and len(partitions) > 80, f"{len(tables)} tables: is the pattern still right?")
    for table, body in tables.items():
        if table in NO_TENANT:
            continue
        report.check('"tenant_id" uuid NOT NULL' in body, f"{table}: no tenant")
        for key in re.findall(r"(?:PRIMARY KEY|UNIQUE) \((\S+?)[,)]", body):
            report.check(key == "tenant_id", f"{table}: a key that starts with {key}")
        report.check("REFERENCES" not in body, f"{table}: a foreign key")
        checks = re.findall(r'CONSTRAINT "\w+_numbers_check" CHECK \([^\n]* <> \'NaN\'\)', body)
        report.check(body.count("CHECK") == len(checks) <= 1, f"{table}: other checks than the one for NaN")
        report.check(table not in LEDGERS or checks, f"{table} takes NaN")
    for table in [*tables, *partitions]:
        if table not in NO_TENANT:
            report.check(table in forced, f"{table}: row level security is not forced")
            report.check(table in policies, f"{table}: no policy with both conditions")
    for table, column in re.findall(r'^CREATE (?:UNIQUE )?INDEX \S+ ON (\S+) \("?(\w+)', sql, re.M):
        report.check(column == "tenant_id" or name(table) in NO_TENANT, f"{table}: an index that starts with {column}")
    grants = re.findall(r"^GRANT (\S+) ON TABLE (\S+) TO ([\w, ]+);", sql, re.M)
    for rights, table, role in grants:
        report.check(not set(rights.split(",")) & {"ALL", "TRUNCATE", "TRIGGER", "REFERENCES"}, f"{role}: {rights} on {table}")
        report.check(name(table) not in partitions, f"{role}: a right on the partition {table}")
        if name(table).startswith(APPEND_ONLY):
            report.check(set(rights.split(",")) <= {"INSERT", "SELECT"}, f"{role}: {rights} on {table}, which only grows")
    for table in APPEND_ONLY:
        report.check(table in tables, f"{table} is not there")
    for word in ("SECURITY DEFINER", "BYPASSRLS", "NOTIFY"):
        report.check(word not in sql, f"the schema has {word}")
    report.finish()


main()
