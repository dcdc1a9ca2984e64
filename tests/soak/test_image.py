"""The container image: built by scripts/image.sh, run, stopped and measured.

With docker or podman the engine runs it. With buildah alone `unshare` and `chroot` do: the server
is process 1 of a process namespace, as under an engine, but shares the network of this machine.
Either way the root file system is read-only, and only the volume can be written.
"""

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

PROJECT = Path(__file__).parents[2]
NOTHING_CAN_BUILD = 69
LARGEST_APPLICATION_MB = 110
TOOLS = ["as", "cc", "g++", "gcc", "ld", "make", "pip", "pip3", "uv"]
CHROOT = """
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
mount --bind "$2" "$1/data"
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
root=$1 user=$3 directory=$4; shift 4
exec chroot --userspec="$user" --groups= "$root" env -i --chdir="$directory" "$@"
"""
FIND = """import importlib.util, shutil, sys
print([name for name in sys.argv[1:] if shutil.which(name) or importlib.util.find_spec(name)])"""


@dataclass(frozen=True)
class Image:
    engine: list[str]
    name: str
    config: dict[str, Any]
    layers: list[bytes]
    root: str | None  # where its file system is mounted, if buildah built it


class Container:
    """The image, started over a volume. `environment` holds PORT, the same inside and outside."""

    def __init__(self, image: Image, volume: str, environment: Mapping[str, str], log: IO[str]):
        self._image = image
        self._port = environment["PORT"]
        self._name = f"{image.name}-{self._port}"
        self._variables = [f"{name}={value}" for name, value in environment.items()]
        self._log = log
        self.process = subprocess.Popen(self._start(volume), stdout=log, stderr=subprocess.STDOUT)

    def _start(self, volume: str) -> list[str]:
        image, config = self._image, self._image.config
        if image.root is None:
            options = ["--rm", "--read-only", f"--name={self._name}", f"--volume={volume}:/data"]
            published = f"--publish=127.0.0.1:{self._port}:{self._port}"
            variables = [f"--env={variable}" for variable in self._variables]
            return [*image.engine, "run", *options, published, *variables, image.name]
        command = [*config["Env"], *self._variables, *config["Entrypoint"], *config["Cmd"]]
        place = [image.root, volume, config["User"], config["WorkingDir"]]
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        return [*namespaces, "sh", "-ec", CHROOT, "sh", *place, *command]

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        image, config = self._image, self._image.config
        if image.root is None:
            return run(*image.engine, "exec", self._name, *command)
        user, group = config["User"].split(":")
        options = [f"--target={self._server()}", "--mount", "--pid", "--root", "--wd"]
        options += [f"--setuid={user}", f"--setgid={group}", "env", "-i"]
        return run("nsenter", *options, *config["Env"], *self._variables, *command)

    def call(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self._port}{path}"
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + 30
        while (check := self.execute(*health_check(self._image))).returncode:
            alive = self.process.poll() is None and time.monotonic() < deadline
            assert alive, self.logs() + check.stderr
            time.sleep(0.2)

    def terminate(self) -> int:
        """Send SIGTERM to process 1 and return its exit status."""
        self.execute("sh", "-c", "kill -TERM 1")
        return self.process.wait(timeout=30)

    def logs(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def _server(self) -> str:
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().strip()

    def remove(self) -> None:
        if self._image.root is not None and self.process.poll() is None:
            # The server's change of user has freed it from --kill-child.
            run("kill", "-KILL", self._server())
        self.process.kill()
        self.process.wait()
        if self._image.root is None:
            run(*self._image.engine, "rm", "--force", self._name)


def run(*command: str, limit: int = 120) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=limit)


def output(*command: str) -> str:
    finished = run(*command)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def health_check(image: Image) -> list[str]:
    form, *command = map(str, image.config["Healthcheck"]["Test"])
    assert form == "CMD"
    return command


def read_archive(path: Path) -> tuple[dict[str, Any], list[bytes]]:
    """The configuration and the layers, from the format that docker, podman and buildah share."""
    with tarfile.open(path) as archive:

        def read(name: str) -> bytes:
            member = archive.extractfile(name)
            assert member is not None
            return member.read()

        (manifest,) = json.loads(read("manifest.json"))
        return json.loads(read(manifest["Config"]))["config"], [*map(read, manifest["Layers"])]


def application_layers(layers: list[bytes]) -> list[bytes]:
    """Everything from the layer that makes /data; what lies below it is the base."""
    for index, layer in enumerate(layers):
        with tarfile.open(fileobj=io.BytesIO(layer)) as files:
            if {"data", "data/"} & {*files.getnames()}:
                return layers[index:]
    raise LookupError("no layer makes /data")


@contextmanager
def started(image: Image, volume: str, **environment: str) -> Iterator[Container]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryFile("w+") as log:
        container = Container(image, volume, {"PORT": port, **environment}, log)
        try:
            yield container
        finally:
            container.remove()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    name = f"todo-plugin-soak-{os.getpid()}"
    build = run("env", f"IMAGE={name}", str(PROJECT / "scripts/image.sh"), limit=900)
    if build.returncode == NOTHING_CAN_BUILD:
        pytest.skip(build.stderr.strip())
    assert build.returncode == 0, build.stderr
    *engine, _ = build.stdout.split()
    archive = tmp_path_factory.mktemp("image") / "image.tar"
    if engine[0] == "buildah":
        output(*engine, "push", name, f"docker-archive:{archive}")
        working = output(*engine, "from", "--pull-never", name)
        yield Image(engine, name, *read_archive(archive), output(*engine, "mount", working))
        output(*engine, "rm", working)
    else:
        output(*engine, "save", "--output", str(archive), name)
        yield Image(engine, name, *read_archive(archive), None)
    output(*engine, "rmi", name)


@pytest.fixture
def volume(image: Image, tmp_path: Path) -> Iterator[str]:
    """A new volume: an engine gives it the owner that /data has in the image, and so do we."""
    if image.root is not None:
        output("cp", "--archive", f"{image.root}/data", str(tmp_path))
        yield str(tmp_path / "data")
        return
    name = output(*image.engine, "volume", "create")
    yield name
    output(*image.engine, "volume", "rm", name)


def test_the_container_passes_its_own_health_check(image: Image, volume: str) -> None:
    with started(image, volume, PLUGIN_AUTH="none") as container:
        container.wait_until_healthy()
        nobody_listens = container.execute("env", "PORT=1", *health_check(image))
        assert nobody_listens.returncode == 1


def test_the_server_is_process_1_and_not_root(image: Image, volume: str) -> None:
    with started(image, volume, PLUGIN_AUTH="none") as container:
        container.wait_until_healthy()
        assert container.execute("cat", "/proc/1/cmdline").stdout.startswith("python\0-m\0app\0")
        assert container.execute("stat", "--format=%u:%g", "/proc/1").stdout == "10001:10001\n"


def test_a_todo_survives_the_container(image: Image, volume: str) -> None:
    with started(image, volume, PLUGIN_AUTH="none") as container:
        container.wait_until_healthy()
        container.call("/todos/ada", {"todo": "Feed the fish"})
        assert container.terminate() == 0, container.logs()
    with started(image, volume, PLUGIN_AUTH="none") as container:
        container.wait_until_healthy()
        assert container.call("/todos/ada")["todos"] == ["Feed the fish"]


def test_it_does_not_start_before_somebody_chose_who_may_call(image: Image, volume: str) -> None:
    with started(image, volume) as container:
        assert container.process.wait(timeout=30) == 2
        assert "PLUGIN_AUTH" in container.logs()


def test_nothing_in_it_builds_or_installs(image: Image, volume: str) -> None:
    with started(image, volume, PLUGIN_AUTH="none") as container:
        container.wait_until_healthy()
        files = container.execute("ls", "/srv").stdout.split()
        assert files == ["ai-plugin.json", "app", "logo.png", "openapi.yaml", "plugin_server"]
        for python in ("python", "/usr/local/bin/python"):
            assert container.execute(python, "-c", FIND, *TOOLS).stdout == "[]\n"


def test_the_application_is_small(image: Image, capsys: pytest.CaptureFixture[str]) -> None:
    layers = application_layers(image.layers)
    size = sum(map(len, layers)) / 1e6
    download = sum(len(gzip.compress(layer, 6)) for layer in layers) / 1e6
    with capsys.disabled():
        sys.stdout.write(f"image: {size:.1f} MB on top of the base, {download:.1f} MB to pull\n")
    assert size < LARGEST_APPLICATION_MB
