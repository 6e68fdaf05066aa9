"""What lies under host/deploy, held against the program, against itself and against the tools that are here: systemd-analyze for
the units, nats-server for the broker's configuration, promtool for the alerts. A tool that is not installed is named and its part
is left out; the rest does not need it. Python standard library, and yaml of Debian (python3-yaml)."""
import argparse
import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

try:
    import yaml
except ImportError:
    print("SKIP: python3-yaml is not installed")
    sys.exit(77)

DOMAINS = ("core", "finance", "wms", "people")
EXPOSED = 2.0  # systemd's own measure of what a service could do: 0 nothing, 10 everything


class Checks:
    def __init__(self):
        self.count = self.failures = 0

    def ok(self, good, what):
        self.count += 1
        if not good:
            self.failures += 1
            print(f"FAILED: {what}")
        return good


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)


def tool(name, package):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        print(f"NOT RUN: {name} is not installed (Debian: {package})")
    return found


def settings(binary):
    """Names of all settings of the program."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("M_", "FRAMEWORK_"))}
    return set(re.findall(r"^(M_\w+)", run(binary, "config", env={**kept, "M_STATE_DIR": "/tmp"}).stdout, re.M))


def settings_are_known(checks, root, known):
    checks.ok(len(known) > 20, "the program tells its settings")
    for path in glob.glob(root + "/host/deploy/**/*", recursive=True):
        if os.path.isfile(path):
            for name in set(re.findall(r"\bM_[A-Z_]+\b", read(path))):
                checks.ok(name in known or name == "M_", f"{path}: there is no setting {name}")


# ---- systemd ----

def units(checks, root, binary):
    analyze = tool("systemd-analyze", "systemd")
    if not analyze:
        return
    with tempfile.TemporaryDirectory() as folder:
        for path in glob.glob(root + "/host/deploy/systemd/business-m*"):
            if path.endswith((".service", ".target")):
                text = read(path).replace("/usr/bin/business-m", binary)
                if not shutil.which("/usr/sbin/nats-server"):
                    text = text.replace("/usr/sbin/nats-server", "/bin/true")
                name = os.path.basename(path).replace("@.", "@wms.")
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(re.sub(r"^(EnvironmentFile=)", r"\1-", text, flags=re.M))
        for name in sorted(os.listdir(folder)):
            made = run(analyze, "verify", "--man=no", os.path.join(folder, name), cwd=folder,
                       env={**os.environ, "SYSTEMD_UNIT_PATH": folder + ":/usr/lib/systemd/system"})
            said = [line for line in (made.stdout + made.stderr).splitlines() if "business-m" in line]
            checks.ok(not said, f"{name}: {said}")
            if name.endswith(".service"):
                exposure(checks, analyze, folder, name)


def exposure(checks, analyze, folder, name):
    made = run(analyze, "security", "--offline=true", "--no-pager", os.path.join(folder, name))
    found = re.search(r"exposure level for \S+: ([\d.]+)", made.stdout)
    if not found:
        print(f"NOT RUN: systemd-analyze security does not work here: {made.stderr.strip()[:200]}")
        return
    checks.ok(float(found[1]) <= EXPOSED, f"{name}: exposure {found[1]}, at most {EXPOSED}")


# ---- the broker ----

def broker(checks, binary):
    server = tool("nats-server", "nats-server")
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "M_STATE_DIR": folder}
        keys = os.path.join(folder, "b")
        made = run(binary, "broker", "prepare", keys, "--listen", "0.0.0.0:4222", "--monitor", "127.0.0.1:8222", "--store", "/data",
                   env=environment)
        checks.ok(made.returncode == 0, f"broker prepare: {made.stderr}")
        wanted = {"nats.conf", "call.keys", "command.nk", "deploy.nk"} | {f"{d}.nk" for d in DOMAINS}
        checks.ok(set(os.listdir(keys)) == wanted, f"files of the broker: {os.listdir(keys)}")
        checks.ok(all(os.stat(os.path.join(keys, n)).st_mode & 0o77 == 0 for n in wanted), "nobody else can read them")
        before = read(keys, "nats.conf")
        checks.ok(run(binary, "broker", "prepare", keys, "--listen", "0.0.0.0:4222", "--monitor", "127.0.0.1:8222", "--store",
                      "/data", env=environment).returncode == 0 and read(keys, "nats.conf") == before, "keys that are there stay")
        if server:
            made = run(server, "-t", "-c", os.path.join(keys, "nats.conf"))
            checks.ok(made.returncode == 0, f"nats-server -t: {made.stderr}")


def certificates(openssl, folder):
    """A CA with a certificate for 127.0.0.1, and another CA."""
    def ask(*command):
        made = run(openssl, *command, cwd=folder)
        if made.returncode:
            raise SystemExit(f"openssl {command[0]}: {made.stderr}")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    with open(os.path.join(folder, "server.ext"), "w", encoding="utf-8") as file:
        file.write("subjectAltName=IP:127.0.0.1\n")
    for name in ("ca", "other"):
        ask("req", "-x509", *key, "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    ask("req", *key, "-subj", "/CN=broker", "-keyout", "server.key", "-out", "server.csr")
    ask("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile",
        "server.ext", "-out", "server.pem")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def streams_over_tls(checks, binary):
    """The deployer comes in with the broker's CA, not with another one, and not without TLS."""
    server, openssl = tool("nats-server", "nats-server"), tool("openssl", "openssl")
    if not server or not openssl:
        return
    with tempfile.TemporaryDirectory() as folder:
        certificates(openssl, folder)
        keys, port = os.path.join(folder, "b"), free_port()
        environment = {**os.environ, "M_STATE_DIR": folder}
        run(binary, "broker", "prepare", keys, "--listen", f"127.0.0.1:{port}", "--tls-cert", folder + "/server.pem", "--tls-key",
            folder + "/server.key", env=environment)
        with subprocess.Popen([server, "-c", keys + "/nats.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                def deploy(scheme, **more):
                    return run(binary, "broker", "deploy", keys, env={**environment, "M_NATS_URL": f"{scheme}://127.0.0.1:{port}", **more})
                good = {"M_NATS_CA_FILE": folder + "/ca.pem"}
                made, deadline = deploy("tls", **good), time.monotonic() + 60
                while made.returncode and time.monotonic() < deadline:
                    made = deploy("tls", **good)
                checks.ok(made.returncode == 0, f"with the broker's CA: {made.stderr}")
                checks.ok(deploy("tls", **good).returncode == 0, "again and again is fine")
                checks.ok(deploy("tls", M_NATS_CA_FILE=folder + "/other.pem").returncode != 0, "not with another CA")
                checks.ok(deploy("nats").returncode != 0, "not without TLS")
            finally:
                process.terminate()


# ---- alerts ----

def families(root):
    return set(re.findall(r"^# TYPE (\S+)", read(root, "tests/golden/metrics.txt"), re.M))


def alerts(checks, root):
    path = root + "/host/deploy/prometheus/rules.yml"
    manual = read(root, "host/deploy/README.md")
    entries = {re.sub(r"[^a-z ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^### (.*)", manual, re.M)}
    known, named = families(root), set()
    for rule in (r for group in yaml.safe_load(read(path))["groups"] for r in group["rules"]):
        name = rule["alert"]
        for metric in re.findall(r"\bbusiness_m_\w+", rule["expr"]):
            checks.ok(metric in known, f"{name}: /metrics has no {metric}")
        target, _, anchor = rule["annotations"]["runbook"].partition("#")
        checks.ok(os.path.exists(os.path.join(root, target)) and anchor in entries, f"{name}: no runbook entry {anchor}")
        checks.ok(anchor not in named, f"{name}: another alert has that entry")
        checks.ok(rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["summary"], f"{name}: whom it wakes")
        named.add(anchor)
    checks.ok(named == entries, f"entries without an alert: {sorted(entries - named)}")
    promtool = tool("promtool", "prometheus")
    if promtool:
        made = run(promtool, "check", "rules", path)
        checks.ok(made.returncode == 0, f"promtool: {made.stdout}{made.stderr}")
        made = run(promtool, "check", "config", "--syntax-only", root + "/host/deploy/prometheus/scrape.yml")
        checks.ok(made.returncode == 0, f"promtool: {made.stdout}{made.stderr}")
        made = run(promtool, "check", "metrics", input=read(root, "tests/golden/metrics.txt"))
        said = (made.stdout + made.stderr).splitlines()  # it takes the m in our name for a unit
        serious = [line for line in said if "abbreviated units" not in line]
        checks.ok(not serious, f"promtool check metrics: {serious}")


# ---- Kubernetes ----

VERSIONS = {"Namespace": "v1", "ConfigMap": "v1", "Service": "v1", "PersistentVolumeClaim": "v1", "NetworkPolicy": "networking.k8s.io/v1",
            "Deployment": "apps/v1", "StatefulSet": "apps/v1", "Job": "batch/v1", "PodDisruptionBudget": "policy/v1",
            "IngressRoute": "traefik.io/v1alpha1", "TLSOption": "traefik.io/v1alpha1", "Middleware": "traefik.io/v1alpha1",
            "ServiceMonitor": "monitoring.coreos.com/v1"}
MEMBERS = {  # what may stand in the objects that are easy to misspell
    "container": {"name", "image", "args", "env", "envFrom", "ports", "startupProbe", "livenessProbe", "readinessProbe", "resources",
                  "securityContext", "volumeMounts"},
    "pod": {"automountServiceAccountToken", "terminationGracePeriodSeconds", "securityContext", "containers", "volumes", "restartPolicy"},
    "Deployment": {"replicas", "strategy", "selector", "template"},
    "StatefulSet": {"serviceName", "replicas", "selector", "template", "volumeClaimTemplates"},
    "Job": {"backoffLimit", "ttlSecondsAfterFinished", "template"}}


class Once(yaml.SafeLoader):
    """A key that stands there twice is a fault, not the last one."""

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key, deep) for key, _ in node.value]
        if len(names) != len(set(map(str, names))):
            raise yaml.constructor.ConstructorError(None, None, f"a key twice among {names}", node.start_mark)
        return super().construct_mapping(node, deep)


def pod(checks, where, kind, spec):
    checks.ok(set(spec) <= MEMBERS["pod"], f"{where}: {set(spec) - MEMBERS['pod']}")
    checks.ok(spec["securityContext"].get("runAsNonRoot") and spec["automountServiceAccountToken"] is False, f"{where}: rights of the pod")
    volumes = {v["name"] for v in spec["volumes"]} | ({"data"} if kind == "StatefulSet" else set())
    for one in spec["containers"]:
        checks.ok(set(one) <= MEMBERS["container"], f"{where}: {set(one) - MEMBERS['container']}")
        rights = one["securityContext"]
        checks.ok(rights["allowPrivilegeEscalation"] is False and rights["readOnlyRootFilesystem"] is True
                  and rights["capabilities"] == {"drop": ["ALL"]}, f"{where}: rights of the container")
        checks.ok({m["name"] for m in one["volumeMounts"]} == volumes, f"{where}: mounts and volumes")
        checks.ok(not one["image"].endswith(":latest") and ":" in one["image"], f"{where}: which version of {one['image']}?")
        checks.ok("memory" in one["resources"]["limits"], f"{where}: a limit of memory")
        ports = {p["name"] for p in one.get("ports", [])}
        for probe in (one[p] for p in one if p.endswith("Probe")):
            way = probe.get("httpGet") or probe["tcpSocket"]
            checks.ok(way["port"] in ports and way.get("path", "/health") in ("/health", "/ready"), f"{where}: a probe of {way}")
        mounted = tuple(m["mountPath"] for m in one["volumeMounts"])
        for path in re.findall(r"=(/etc/[\w/.-]+)", " ".join(e.get("value", "") for e in one.get("env", []))):
            checks.ok(path.startswith(mounted), f"{where}: nothing is mounted at {path}")


def workload(checks, where, document):
    kind, spec = document["kind"], document["spec"]
    checks.ok(set(spec) <= MEMBERS[kind], f"{where}: {set(spec) - MEMBERS[kind]}")
    labels = spec["template"]["metadata"]["labels"]
    wanted = spec.get("selector", {}).get("matchLabels", {})
    checks.ok(wanted.items() <= labels.items(), f"{where}: its selector does not select its pods")
    pod(checks, where, kind, spec["template"]["spec"])
    return labels, {p["name"] for c in spec["template"]["spec"]["containers"] for p in c.get("ports", [])}


def manifests(checks, root):
    documents = []
    for path in sorted(glob.glob(root + "/host/deploy/kubernetes/*.yaml")):
        try:
            documents += [(os.path.basename(path), d) for d in yaml.load_all(read(path), Once)]  # a SafeLoader
        except yaml.YAMLError as problem:
            checks.ok(False, f"{path}: {problem}")
    pods, services = [], {}
    for where, d in documents:
        kind, name = d.get("kind"), d["metadata"].get("name") or d["metadata"].get("generateName")
        where = f"{where}: {kind} {name}"
        checks.ok(VERSIONS.get(kind) == d.get("apiVersion"), f"{where}: {d.get('apiVersion')}")
        checks.ok(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?-?", name or ""), f"{where}: its name")
        checks.ok(kind == "Namespace" or d["metadata"].get("namespace") == "business-m", f"{where}: its namespace")
        if kind in MEMBERS:
            pods.append(workload(checks, where, d))
        if kind == "Service":
            services[name] = d
    for name, service in services.items():
        chosen = [p for p in pods if service["spec"]["selector"].items() <= p[0].items()]
        checks.ok(len(chosen) == 1, f"service {name}: selects {len(chosen)} workloads")
        checks.ok(all(p["targetPort"] in chosen[0][1] for p in service["spec"]["ports"]) if chosen else False, f"service {name}: its ports")
    for domain in DOMAINS:
        checks.ok(f"business-m-{domain}" in services, f"the domain {domain} has a service")
    by_kind = {}
    for _, d in documents:
        by_kind.setdefault(d["kind"], {})[d["metadata"].get("name")] = d
    routes(checks, by_kind, services)


def routes(checks, by_kind, services):
    for route in by_kind["IngressRoute"]["business-m"]["spec"]["routes"]:
        checks.ok("!PathPrefix(`/metrics`)" in route["match"], "the figures are not for everybody")
        for middleware in route["middlewares"]:
            checks.ok(middleware["name"] in by_kind["Middleware"], f"no middleware {middleware['name']}")
        for target in route["services"]:
            ports = {p["name"] for p in services[target["name"]]["spec"]["ports"]}
            checks.ok(target["port"] in ports, f"{target['name']} has no port {target['port']}")
    monitor = by_kind["ServiceMonitor"]["business-m"]["spec"]
    key = monitor["selector"]["matchExpressions"][0]["key"]
    scraped = [s for s in services.values() if key in s["metadata"]["labels"]]
    checks.ok(len(scraped) == len(DOMAINS), f"{len(scraped)} services are scraped")
    label = "__meta_kubernetes_service_label_" + re.sub(r"\W", "_", key)
    checks.ok(monitor["endpoints"][0]["relabelings"][0]["sourceLabels"] == [label], f"the label {label}")


# ---- the image ----

def image(checks, root):
    text = read(root, "host/deploy/container/Containerfile")
    wanted = set(re.search(r'^build="(.*)"', read(root, "script/packages"), re.M)[1].split())
    stages = text.split("\nFROM ")
    checks.ok(len(stages) == 3, "it is built in one stage and run in another")
    checks.ok(wanted <= set(stages[1].replace("\\\n", " ").split()), f"to build: {wanted - set(stages[1].split())} is missing")
    checks.ok(not re.search(r"\b(gcc|meson|npm)\b", stages[2]), "what builds is not in the image")
    checks.ok(re.search(r"^USER \d+:\d+$", stages[2], re.M), "it does not run as root")
    dpkg = shutil.which("dpkg-query")
    for package in re.findall(r"\blib[a-z0-9.+-]+", stages[2].split("&&")[1]) if dpkg else []:
        made = run(dpkg, "-W", "-f=${Status}", package)
        checks.ok("installed" in made.stdout, f"the program of this machine does not use {package}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    parser.add_argument("--binary", required=True)
    options = parser.parse_args()
    binary, checks = os.path.abspath(options.binary), Checks()
    settings_are_known(checks, options.source, settings(binary))
    units(checks, options.source, binary)
    broker(checks, binary)
    streams_over_tls(checks, binary)
    alerts(checks, options.source)
    manifests(checks, options.source)
    image(checks, options.source)
    print(f"Checks: {checks.count}, Failures: {checks.failures}, Errors: 0")
    sys.exit(1 if checks.failures or not checks.count else 0)


main()
