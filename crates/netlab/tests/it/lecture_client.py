"""The client of the lecture, against a server written in Rust.

Usage: lecture_client.py HOST PORT. Prints one line per thing that it saw.
Every socket has a timeout, so the script ends whatever the server does.
"""

import socket
import sys

ADDRESS = (sys.argv[1], int(sys.argv[2]))
CONNECT_TIMEOUT, READ_TIMEOUT = 3, 2


def connect():
    connection = socket.create_connection(ADDRESS, CONNECT_TIMEOUT)
    connection.settimeout(READ_TIMEOUT)
    return connection


def receive(connection, count):
    """Reads until `count` bytes are there: one recv may return fewer."""
    data = b""
    while len(data) < count:
        part = connection.recv(1024)
        if not part:
            break
        data += part
    return data


# Connect, send without a newline, wait for the answer.
with connect() as sock:
    sock.sendall("ping".encode("utf8"))
    print("answer:", receive(sock, 4).decode("utf8"))

    # Nothing more will come; the second recv runs into its timeout.
    sock.settimeout(0.1)
    try:
        print("unexpected:", sock.recv(1024))
    except socket.timeout:
        print("second recv: timeout")

# The forty numbers, as bytes this time and not as that many zeros.
with connect() as sock:
    numbers = bytes(range(1, 41))
    for number in numbers:
        sock.sendall(bytes([number]))
    print("numbers:", receive(sock, 40) == numbers)

# Characters that take two bytes each, cut in the middle.
with connect() as sock:
    word = "привет".encode("utf8")
    sock.sendall(word[:3])
    first = receive(sock, 3)
    sock.sendall(word[3:])
    print("word:", (first + receive(sock, 9)).decode("utf8"))

# telnet ends lines with \r\n.
with connect() as sock:
    sock.sendall(b"hello\r\nquit\r\n")
    print("before quit:", receive(sock, 7))
    print("after quit:", sock.recv(1024))

with connect() as sock:
    sock.sendall(b"stop\r\n")
    print("after stop:", sock.recv(1024))
