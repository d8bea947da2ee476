"""Servers of this process that hold one file each, as a lab's stores do."""

import contextlib
import functools
import http.server
import io
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

USER, PASSWORD = "agathonike", "Zs3cr3tQ"
FOLDER, NAME = "study", "n1.txt"


@dataclass(frozen=True)
class Store:
    """A server, and the address of its only file."""

    address: str
    secret: str

    def other(self, name: str) -> str:
        """Return an address beside that of the file."""
        return self.address.replace(NAME, name)


@contextlib.contextmanager
def web_store(content: bytes, folder: Path) -> Iterator[Store]:
    """Serve a file over HTTP, signed as stores sign what they share."""
    pytest.importorskip("aiohttp")
    (folder / FOLDER).mkdir(parents=True)
    (folder / FOLDER / NAME).write_bytes(content)

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def list_directory(self, _: object) -> None:
            self.send_error(http.HTTPStatus.NOT_FOUND)

    handler = functools.partial(Silent, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        signature = f"?X-Amz-Credential=a/2026/b&X-Amz-Signature={PASSWORD}"
        port = server.server_address[1]
        address = f"http://127.0.0.1:{port}/{FOLDER}/{NAME}{signature}"
        yield Store(address, PASSWORD)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def sftp_store(content: bytes, _: Path) -> Iterator[Store]:
    """Serve a file over SFTP to one user with one password."""
    paramiko = pytest.importorskip("paramiko")
    files = {f"/{FOLDER}/{NAME}": content}

    class Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
        def stat(self, path: str) -> Any:
            found = paramiko.SFTPAttributes()
            found.st_uid = found.st_gid = 0
            found.st_atime = found.st_mtime = 1_500_000_000
            if path in files:
                found.st_mode, found.st_size = 0o100644, len(files[path])
            elif any(file.startswith(f"{path.rstrip('/')}/") for file in files):
                found.st_mode, found.st_size = 0o40755, 0
            else:
                return paramiko.SFTP_NO_SUCH_FILE
            return found

        lstat = stat

        def open(self, path: str, flags: int, _: object) -> Any:
            if path not in files:
                return paramiko.SFTP_NO_SUCH_FILE
            handle = paramiko.SFTPHandle(flags)
            handle.readfile = io.BytesIO(files[path])
            handle.stat = lambda: self.stat(path)
            return handle

    class Door(paramiko.ServerInterface):  # type: ignore[misc]
        def get_allowed_auths(self, _: str) -> str:
            return "password"

        def check_auth_password(self, user: str, password: str) -> Any:
            if (user, password) == (USER, PASSWORD):
                return paramiko.AUTH_SUCCESSFUL
            return paramiko.AUTH_FAILED

        def check_channel_request(self, *_: object) -> Any:
            return paramiko.OPEN_SUCCEEDED

    key = paramiko.RSAKey.generate(2048)
    door = socket.create_server(("127.0.0.1", 0))
    opened: list[Any] = []

    def serve() -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            transport = paramiko.Transport(caller)
            opened.append(transport)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
            with contextlib.suppress(paramiko.SSHException, EOFError):
                transport.start_server(server=Door())

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        host = f"127.0.0.1:{door.getsockname()[1]}"
        yield Store(f"sftp://{USER}:{PASSWORD}@{host}/{FOLDER}/{NAME}", PASSWORD)
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join()
        for transport in opened:
            transport.close()


@contextlib.contextmanager
def s3_store(content: bytes, _: Path) -> Iterator[Store]:
    """Serve a file as S3 does; the key stands in the environment, as it should."""
    pytest.importorskip("s3fs")
    server_of = pytest.importorskip("moto.server").ThreadedMotoServer
    import boto3

    server = server_of(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": USER,
        "AWS_SECRET_ACCESS_KEY": PASSWORD,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setitem(os.environ, name, value)
        client = boto3.client("s3")
        client.create_bucket(Bucket="lab")
        client.put_object(Bucket="lab", Key=f"{FOLDER}/{NAME}", Body=content)
        try:
            yield Store(f"s3://lab/{FOLDER}/{NAME}", PASSWORD)
        finally:
            server.stop()


STORES = {"web": web_store, "sftp": sftp_store, "s3": s3_store}
