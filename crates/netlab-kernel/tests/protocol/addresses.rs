//! Who has an address that a cell can't bind.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::client::Client;
use crate::places::{lines, shown};

/// Binds a listener; its address is `addr`.
fn bind(client: &mut Client) {
    client.runs(
        "use std::net::{TcpListener, UdpSocket};\n\
         let listener = TcpListener::bind(\"127.0.0.1:0\")?;\n\
         let addr = listener.local_addr()?; let port = addr.port();",
    );
}

/// The number that a cell gives.
fn number(client: &mut Client, code: &str) -> u16 {
    let id = client.execute(code);
    let result = client.next_of(&id, "execute_result");
    client.succeeds(&id);
    result["data"]["text/plain"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn variable_that_has_the_port_is_named() {
    let mut client = Client::start();
    bind(&mut client);
    let port = number(&mut client, "port");
    let expected = format!(
        "Порт {port} держит переменная `listener` из ячейки [1]: выполните \
         `drop(listener);` и повторите."
    );
    for code in [
        "TcpListener::bind(addr)?;",
        "let other = TcpListener::bind(addr).unwrap();",
        "std::thread::spawn(move || TcpListener::bind(addr)).join().unwrap()?;",
        "fn open(port: u16) -> std::io::Result<TcpListener> { TcpListener::bind((\"127.0.0.1\", port)) }\nopen(port)?;",
    ] {
        assert_eq!(shown(&mut client, code).last(), Some(&expected), "{code}");
    }
    client.runs("drop(listener);");
    client.runs("let again = TcpListener::bind(addr)?;");
}

#[test]
fn port_of_a_panic_in_a_thread_is_told_with_its_remark() {
    let mut client = Client::start();
    bind(&mut client);
    let id = client.execute(
        "let _ = std::thread::spawn(move || { \
         TcpListener::bind(addr).unwrap(); }).join();",
    );
    let said = client.next_of(&id, "stream");
    client.succeeds(&id);
    let said = said["text"].as_str().unwrap();
    let expected = "держит переменная `listener` из ячейки [1]";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn cell_that_binds_once_more_has_freed_the_port_by_its_error() {
    let mut client = Client::start();
    bind(&mut client);
    let again = "let listener = TcpListener::bind(addr)?;";
    let shown = shown(&mut client, again);
    let said = shown.last().unwrap();
    let expected = "держала прежняя переменная `listener` (ячейка [1]), теперь \
                    её сокет закрыт: выполните ячейку ещё раз.";
    assert!(said.ends_with(expected), "{said}");
    // It is true.
    client.runs(again);
}

#[test]
fn port_of_an_earlier_line_of_the_cell_is_told_as_its_own() {
    let mut client = Client::start();
    bind(&mut client);
    let twice = "let one = TcpListener::bind(\"127.0.0.1:0\")?;\n\
                 let two = TcpListener::bind(one.local_addr()?)?;";
    // Executed again, it fails again.
    for _ in 0..2 {
        let said = shown(&mut client, twice);
        let said = said.last().unwrap();
        assert!(said.contains("заняла сама эта ячейка"), "{said}");
        assert!(!said.contains("ещё раз"), "{said}");
    }
}

#[test]
fn socket_that_was_moved_is_named_by_what_has_it_now() {
    let mut client = Client::start();
    bind(&mut client);
    client.runs("struct Server(TcpListener);\nlet server = Server(listener);");
    let said = shown(&mut client, "TcpListener::bind(addr)?;");
    let expected = "держит переменная `server` из ячейки [2]";
    assert!(said.last().unwrap().contains(expected), "{said:?}");
    client.runs(
        "let thread = std::thread::spawn(move || { let _ = server.0.accept(); });",
    );
    let said = shown(&mut client, "TcpListener::bind(addr)?;");
    let expected = "держит сокет из ячейки [4], который лежит не в переменной";
    assert!(said.last().unwrap().contains(expected), "{said:?}");
}

#[test]
fn datagram_and_unix_sockets_have_their_words() {
    let mut client = Client::start();
    bind(&mut client);
    client.runs("let udp = UdpSocket::bind(\"127.0.0.1:0\")?;");
    let said = shown(&mut client, "UdpSocket::bind(udp.local_addr()?)?;");
    let expected = "держит переменная `udp` из ячейки [2]";
    assert!(said.last().unwrap().contains(expected), "{said:?}");
    client.runs(
        "use std::os::unix::net::UnixListener;\n\
         let path = std::env::temp_dir().join(format!(\"netlab-{}\", std::process::id()));\n\
         let unix = UnixListener::bind(&path)?;",
    );
    let said = shown(&mut client, "UnixListener::bind(&path)?;");
    let expected = "держит переменная `unix` из ячейки [4]";
    assert!(said.last().unwrap().contains(expected), "{said:?}");
    client.runs("drop(unix);");
    let said = shown(&mut client, "UnixListener::bind(&path)?;");
    let expected = "уже закрыт: удалите файл, `std::fs::remove_file(";
    assert!(said.last().unwrap().contains(expected), "{said:?}");
    client.runs("std::fs::remove_file(&path)?;");
}

#[test]
fn other_notebook_is_named_by_its_file() {
    let mut other = Client::start_with(|kernel| {
        kernel.env("JPY_SESSION_NAME", "/home/ж я/02 сеть.ipynb");
    });
    bind(&mut other);
    let port = number(&mut other, "port");
    let home = Arc::clone(&other.home);
    let mut client = Client::start_in(&home);
    let code =
        format!("std::net::TcpListener::bind((\"127.0.0.1\", {port}))?;");
    let said = shown(&mut client, &code);
    let expected =
        format!("Порт {port} держит другой блокнот, 02 сеть.ipynb: ");
    assert!(said.last().unwrap().starts_with(&expected), "{said:?}");
}

#[test]
fn other_process_is_named_by_its_command() {
    let mut python = Command::new("python3")
        .args([
            "-c",
            "import socket, sys\n\
            s = socket.create_server(('127.0.0.1', 0))\n\
            print(s.getsockname()[1], flush=True)\n\
            sys.stdin.read()",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    let output = python.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut port).unwrap();
    let port = port.trim();
    let mut client = Client::start();
    let code = format!("std::net::TcpListener::bind(\"127.0.0.1:{port}\")?;");
    let id = client.execute(&code);
    let said = lines(&client.fails(&id));
    let pid = python.id();
    let _ = python.kill();
    let _ = python.wait();
    let expected = format!("Порт {port} держит процесс {pid} (");
    let said = said.last().unwrap();
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.contains("python3 -c import socket"), "{said}");
}

#[test]
fn address_that_was_not_the_error_is_not_spoken_of() {
    let mut client = Client::start();
    bind(&mut client);
    let shown = shown(
        &mut client,
        "TcpListener::bind(addr).unwrap_err();\n\"x\".parse::<u8>()?;",
    );
    assert_eq!(shown.len(), 3, "{shown:?}");
}
