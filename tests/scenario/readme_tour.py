"""The five-minute tour of README.md, block by block, as a newcomer pastes it."""
import os
import re
import subprocess

import bm

EXPECTED = ('"number":"JV-', '"accepted_qty":"95"', '"grand_total":"5027.40"', '"allocated":"5027.40"',
            '"code":"finance.payment.beyond_outstanding"', "1120 Bank: 94972.60", "1140 Stock in hand: 4750.00",
            "2110 Payables: 0.00", "5120 Purchase price variance: 38.00", " Total: 0.00", " 0 do not")


def tour(source):
    """The sh blocks between the tour's heading and the next one."""
    with open(os.path.join(source, "README.md"), encoding="utf-8") as file:
        text = file.read()
    section = text.split("## Five-minute tour\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.M | re.S)


def walk(host, blocks):
    """One shell for all blocks, in a folder where the program is where the README says."""
    folder = os.path.join(host.state, "house")
    os.makedirs(os.path.join(folder, "build", "host"), exist_ok=True)
    link = os.path.join(folder, "build", "host", "business-m")
    if not os.path.lexists(link):
        os.symlink(host.binary, link)
    environment = host.environment(BM=f"http://127.0.0.1:{host.port}", PASSWORD=bm.PASSWORD)
    run = subprocess.run(["sh", "-eu"], input="".join(blocks), capture_output=True, text=True, timeout=300, cwd=folder,
                         env=environment, check=False)
    return run.returncode, run.stdout, run.stderr


def run(host, checks):
    source = os.environ.get("BM_SOURCE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    blocks = tour(source)
    checks.ok(len(blocks) >= 8, f"the tour has {len(blocks)} blocks")
    code, out, err = walk(host, blocks)
    checks.equal(code, 0, f"the tour ends well: {out[-1500:]}{err[-500:]}")
    checks.equal(err, "", "nothing on standard error")
    for text in EXPECTED:
        checks.ok(text in out, f"the tour shows {text}")
    checks.equal(out.count('"error"'), 1, "one refusal, the one that is meant")
    numbers = re.findall(r'"number":"(PAY-[0-9-]+)"', out)
    checks.equal(len(numbers), 2, "two answers to the payment")
    checks.equal(len(set(numbers)), 1, "that are the same")
    client = bm.Client(host).sign_in()
    checks.equal(len(client.all("finance/payments")), 1, "and one payment")


if __name__ == "__main__":
    bm.scenario(run, M_ADMIN_EMAIL="admin@example.com")
