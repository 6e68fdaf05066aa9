"""A network of two namespaces with one wire between them, which can be pulled: what is sent then is lost, and nobody is told.
Needs the right to make namespaces: root, and a container that allows it."""
import ctypes
import os
import socket
import subprocess
import time

CLONE_NEWNET = 0x40000000


class Cannot(Exception):
    """Namespaces cannot be made here; why."""


def ip(*words, inside=None):
    enter = ["nsenter", "--target", str(inside), "--net"] if inside else []
    run = subprocess.run([*enter, "ip", *words], capture_output=True, text=True, check=False)
    if run.returncode:
        raise Cannot(f"ip {' '.join(words)}: {run.stderr.strip()}")


class Wire:
    """From our namespace to another one, which lives as long as this. set: pulled; clear: back in."""

    def __init__(self):
        name, net = f"bm{os.getpid()}", f"198.18.{os.getpid() % 250}"  # a range for tests, never routed
        try:
            self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stderr=subprocess.DEVNULL)
        except OSError as problem:
            raise Cannot(str(problem)) from problem
        try:
            self.await_namespace()
            self.far, self.address = f"{name}f", f"{net}.2"
            ip("link", "add", f"{name}n", "type", "veth", "peer", "name", self.far, "netns", str(self.holder.pid))
            ip("address", "add", f"{net}.1/30", "dev", f"{name}n")
            ip("link", "set", f"{name}n", "up")
            ip("address", "add", f"{self.address}/30", "dev", self.far, inside=self.holder.pid)
            ip("link", "set", self.far, "up", inside=self.holder.pid)
        except Cannot:
            self.close()
            raise

    def await_namespace(self):
        own, deadline = os.readlink("/proc/self/ns/net"), time.monotonic() + 10
        while self.holder.poll() is None and time.monotonic() < deadline:
            if os.readlink(f"/proc/{self.holder.pid}/ns/net") != own:
                return
            time.sleep(0.01)
        raise Cannot("unshare --net does not work")

    def listener(self):
        """A socket that listens at the far end: whoever connects to it goes through the wire."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/ns/net", "rb") as here, open(f"/proc/{self.holder.pid}/ns/net", "rb") as there:
            if libc.setns(there.fileno(), CLONE_NEWNET):
                raise Cannot(f"setns: {os.strerror(ctypes.get_errno())}")
            try:
                return socket.create_server((self.address, 0))
            finally:
                libc.setns(here.fileno(), CLONE_NEWNET)

    def set(self):
        ip("link", "set", self.far, "down", inside=self.holder.pid)

    def clear(self):
        ip("link", "set", self.far, "up", inside=self.holder.pid)

    def close(self):
        """The namespace goes with the last of its processes and sockets, and the wire with it."""
        self.holder.kill()
        self.holder.wait()
