"""Goods receipts of ten lines, both books, against hand-written SQL that does the same."""
import json
import time

LINES = 10
PATH = ["/api/v1/wms/goods-receipts?action=submit"]


def masters(host, tag):
    unit = host.call("GET", "/api/v1/core/units?code=Nos")["items"][0]["id"]
    center = host.call("GET", "/api/v1/finance/cost-centers?limit=200")["items"]
    leaf = next(c["id"] for c in center if not c.get("is_group"))
    supplier = host.call("POST", "/api/v1/core/suppliers", {"code": tag, "name": "Bench supplier"})
    for action in ("verify",):
        try:
            host.call("POST", f"/api/v1/core/suppliers/{supplier['id']}/{action}", {})
        except SystemExit:
            pass
    warehouse = host.call("POST", "/api/v1/wms/warehouses",
                          {"code": tag, "name": "Bench depot", "kind": "depot", "cost_center": leaf})
    items = [host.call("POST", "/api/v1/core/items",
                       {"code": f"{tag}-{n}", "name": f"Bench item {n}", "stock_unit": unit})["id"]
             for n in range(LINES)]
    return supplier["id"], warehouse["id"], items


def receipt_bodies(host, orders, tag="BENCH"):
    """Bodies of receipts of the tag's own orders, each of one piece of ten items."""
    supplier, warehouse, items = masters(host, tag)
    bodies = []
    for _ in range(orders):
        order = host.call("POST", "/api/v1/wms/purchase-orders?action=submit",
                          {"supplier": supplier, "warehouse": warehouse,
                           "lines": [{"item": i, "qty": "10000000", "rate": "1.25"} for i in items]})
        bodies.append(json.dumps({"purchase_order": order["id"], "posting_date": time.strftime("%Y-%m-%d"),
                                  "lines": [{"order_line": line["id"], "received_qty": "1", "accepted_qty": "1"}
                                            for line in order["lines"]]}))
    return bodies


def limit_schema(host):
    policy = "tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
    tables = {
        "receipt": "tenant_id uuid, id uuid, number text, posting_date date, PRIMARY KEY (tenant_id, id)",
        "receipt_line": "tenant_id uuid, parent uuid, line_no int, item int, qty numeric(18,6), value numeric(18,6), "
                        "PRIMARY KEY (tenant_id, parent, line_no)",
        "order_line": "tenant_id uuid, id int, received numeric(18,6), PRIMARY KEY (tenant_id, id)",
        "inv_event": "tenant_id uuid, seq bigint, event_id uuid, payload text, hash bytea, PRIMARY KEY (tenant_id, seq)",
        "stock_entry": "tenant_id uuid, seq bigint, line_no int, posting_date date, item int, qty numeric(18,6), "
                       "value numeric(18,6), balance_qty numeric(18,6), balance_value numeric(18,6), "
                       "PRIMARY KEY (tenant_id, seq, line_no)",
        "stock_bin": "tenant_id uuid, item int, qty numeric(18,6), value numeric(18,6), PRIMARY KEY (tenant_id, item)",
    }
    text = ""
    for name, columns in tables.items():
        text += (f"DROP TABLE IF EXISTS bench.{name}; CREATE TABLE bench.{name} ({columns});"
                 f"ALTER TABLE bench.{name} ENABLE ROW LEVEL SECURITY; ALTER TABLE bench.{name} FORCE ROW LEVEL SECURITY;"
                 f"CREATE POLICY p ON bench.{name} USING ({policy}) WITH CHECK ({policy});"
                 f"GRANT SELECT, INSERT, UPDATE ON bench.{name} TO bm_app;")
    text += "CREATE INDEX ON bench.stock_entry (tenant_id, item, posting_date);"
    host.sql(text, "bm_owner")
    tenant = host.sql("SELECT id FROM core.tenant LIMIT 1")
    rows = "".join(f"INSERT INTO bench.stock_bin VALUES ('{tenant}', {n}, 0, 0);"
                   f"INSERT INTO bench.order_line VALUES ('{tenant}', {n}, 0);" for n in range(1, LINES + 1))
    host.sql(f"BEGIN; SELECT set_config('app.tenant_id', '{tenant}', true); INSERT INTO bench.series VALUES "
             f"('{tenant}', 'GRN', 0), ('{tenant}', 'INV', 0) ON CONFLICT DO NOTHING; {rows} COMMIT;")
    return tenant


def limit_script(tenant):
    payload = json.dumps({"moves": [{"item": "0" * 26, "qty": "1", "value": "1.25"}] * LINES})
    numbers = range(1, LINES + 1)
    receipt_lines = ", ".join(f"('{tenant}', :rid::uuid, {n}, {n}, 1, 1.25)" for n in numbers)
    return ("BEGIN;\n"
            f"SELECT set_config('app.tenant_id', '{tenant}', true);\n"
            f"UPDATE bench.series SET last = last + 1 WHERE tenant_id = '{tenant}' AND series = 'GRN' RETURNING last "
            "AS grn, gen_random_uuid() AS rid \\gset\n"
            f"UPDATE bench.series SET last = last + 1 WHERE tenant_id = '{tenant}' AND series = 'INV' RETURNING last AS "
            "inv \\gset\n"
            f"UPDATE bench.series SET last = last + 1 WHERE tenant_id = '{tenant}' AND series = 'JV' RETURNING last AS "
            "seq \\gset\n"
            f"UPDATE bench.order_line SET received = received + 1 WHERE tenant_id = '{tenant}' AND id BETWEEN 1 AND "
            f"{LINES};\n"
            f"INSERT INTO bench.receipt VALUES ('{tenant}', :rid::uuid, 'GRN-' || :grn, current_date);\n"
            f"INSERT INTO bench.receipt_line VALUES {receipt_lines};\n"
            f"UPDATE bench.stock_bin SET qty = qty + 1, value = value + 1.25 WHERE tenant_id = '{tenant}' AND item "
            f"BETWEEN 1 AND {LINES};\n"
            f"INSERT INTO bench.inv_event VALUES ('{tenant}', :inv, :rid::uuid, '{payload}', sha256('{payload}'));\n"
            f"INSERT INTO bench.stock_entry SELECT tenant_id, :inv, item, current_date, item, 1, 1.25, qty, value FROM "
            f"bench.stock_bin WHERE tenant_id = '{tenant}' AND item BETWEEN 1 AND {LINES};\n"
            f"INSERT INTO bench.acc_event (tenant_id, seq, voucher_id, payload, hash) VALUES ('{tenant}', :seq, :rid::uuid, "
            f"'{payload}', sha256('{payload}'));\n"
            "INSERT INTO bench.gl_entry (tenant_id, seq, line_no, posting_date, account, debit, credit) SELECT "
            f"'{tenant}', :seq, n, current_date, id, CASE n WHEN 1 THEN 12.5 ELSE 0 END, CASE n WHEN 1 THEN 0 ELSE 12.5 "
            "END FROM bench.account WHERE n <= 2;\n"
            "INSERT INTO bench.account_balance (tenant_id, account, month, debit, credit) SELECT "
            f"'{tenant}', id, date_trunc('month', current_date), CASE n WHEN 1 THEN 12.5 ELSE 0 END, CASE n WHEN 1 THEN 0 "
            "ELSE 12.5 END FROM bench.account WHERE n <= 2 ON CONFLICT (tenant_id, account, month) DO UPDATE SET debit = "
            "bench.account_balance.debit + excluded.debit, credit = bench.account_balance.credit + excluded.credit;\n"
            f"INSERT INTO bench.outbox (tenant_id, id, type, payload) VALUES ('{tenant}', gen_random_uuid(), "
            f"'wms.goods_receipt.submitted', '{payload}');\n"
            f"INSERT INTO bench.audit (tenant_id, id, document, action, changes) VALUES ('{tenant}', gen_random_uuid(), "
            f":rid::uuid, 'create,submit', '{payload}');\n"
            "COMMIT;\n")


def bench_receipt(host, seconds, rounds, compare):
    bodies = receipt_bodies(host, 40)
    limit = limit_script(limit_schema(host))
    for clients in (1, 8, 64):
        compare(host, "goods receipt, 10 lines", clients, seconds, rounds,
                lambda c, s: host.run_load(c, s, "POST", PATH, bodies),
                limit, ">= 0.25")
