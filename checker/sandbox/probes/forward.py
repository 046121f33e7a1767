"""Passes connections on the container's loopback on to the proxy's socket, until the container ends.

Started before a step that may load something: `forward.py SOCKET PORT`. It returns as soon as it listens, and
leaves a process of its own behind; exit code 1 where the socket does not answer.
"""

import os
import selectors
import socket
import sys

CHUNK = 256 * 1024


class Side(object):
    """One end of a connection: what is still to be written to it, and whether its reading has ended."""

    def __init__(self, sock):
        self.sock = sock
        self.other = None
        self.waiting = bytearray()
        self.ended = False
        self.shut = False


def listen(port):
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(256)
    return server


def reach(path):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(path)
    return sock


def greet(path):
    """Come and go, and wait until the proxy has noticed."""
    sock = reach(path)
    sock.settimeout(60)
    sock.shutdown(socket.SHUT_WR)
    sock.recv(1)
    sock.close()


class Forwarder(object):
    """Passes bytes between the clients of one container and the proxy, in one thread."""

    def __init__(self, server, path):
        self.server = server
        self.path = path
        self.selector = selectors.DefaultSelector()
        server.setblocking(False)
        self.selector.register(server, selectors.EVENT_READ, None)

    def serve(self):
        """Serve until the container ends."""
        while True:
            for key, events in self.selector.select():
                if key.data is None:
                    self.accept()
                else:
                    self.move(key.data, events)

    def accept(self):
        """Take a client, and open its connection to the proxy."""
        try:
            client = self.server.accept()[0]
        except OSError:
            return
        try:
            proxy = reach(self.path)
        except OSError:
            client.close()
            return
        one, two = Side(client), Side(proxy)
        one.other, two.other = two, one
        for side in (one, two):
            side.sock.setblocking(False)
            self.selector.register(side.sock, selectors.EVENT_READ, side)

    def move(self, side, events):
        """Do what one end is ready for."""
        try:
            if events & selectors.EVENT_READ:
                self.read(side)
            if events & selectors.EVENT_WRITE:
                self.write(side)
            self.settle(side)
        except OSError:
            self.close(side)

    def read(self, side):
        """Take what came, for the other end."""
        try:
            data = side.sock.recv(CHUNK)
        except BlockingIOError:
            return
        side.ended = not data
        side.other.waiting += data
        self.write(side.other)

    def write(self, side):
        """Pass on what waits, then the end of it."""
        if side.waiting:
            try:
                del side.waiting[: side.sock.send(side.waiting)]
            except BlockingIOError:
                return
        if side.other.ended and not side.waiting and not side.shut:
            side.shut = True
            side.sock.shutdown(socket.SHUT_WR)

    def settle(self, side):
        """Wait for what the two ends can do next; where both have ended and nothing waits, that was all."""
        if side.shut and side.other.shut:
            self.close(side)
            return
        for one in (side, side.other):
            wanted = selectors.EVENT_WRITE if one.waiting else 0
            if not one.ended and len(one.other.waiting) < CHUNK:
                wanted |= selectors.EVENT_READ
            self.watch(one, wanted)

    def watch(self, side, wanted):
        """Ask to be told of these events of an end, and of no others."""
        known = self.selector.get_map().get(side.sock.fileno())
        if known is None and wanted:
            self.selector.register(side.sock, wanted, side)
        elif known is not None and not wanted:
            self.selector.unregister(side.sock)
        elif known is not None and known.events != wanted:
            self.selector.modify(side.sock, wanted, side)

    def close(self, side):
        """End both connections."""
        for one in (side, side.other):
            if one.sock.fileno() >= 0:
                self.watch(one, 0)
                one.sock.close()


def main():
    path, port = sys.argv[1], int(sys.argv[2])
    try:
        greet(path)
        server = listen(port)
    except OSError as error:
        sys.stderr.write("the egress proxy cannot be reached: {}\n".format(error))
        sys.exit(1)
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    Forwarder(server, path).serve()


if __name__ == "__main__":
    main()
