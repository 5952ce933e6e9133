"""A push service on this machine: it keeps what it is given and answers as it is told."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


class PushService:
    """Answers ``status`` to every notification; ``received`` holds their headers and bodies."""

    def __init__(self):
        self.status, self.received, self.endpoint = 201, [], ""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                service.received.append((headers, body))
                self.send_response(service.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words):
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_fault):
        self._server.shutdown()
        self._server.server_close()
