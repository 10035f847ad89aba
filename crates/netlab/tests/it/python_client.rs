//! The client of the lecture is written in Python, and so is this one.

use std::process::Command;

use netlab::server::Command as Order;
use netlab::trace::EventKind;

use crate::scenario::{MODELS, WATCHDOG, output, start};

const SCRIPT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/lecture_client.py");

#[test]
fn python_client_of_the_lecture_is_served_by_every_server() {
    let python = Command::new("python3").arg("--version").output();
    assert!(
        python.is_ok(),
        "this test needs python3 (apt-get install python3): {python:?}"
    );

    for (model, serve) in MODELS {
        let server = start(serve);
        let mut client = Command::new("python3");
        client.args([SCRIPT, "127.0.0.1", &server.addr().port().to_string()]);
        client.env("PYTHONIOENCODING", "utf-8");
        let stdout = output(client);
        let expected = [
            "answer: ping",
            "second recv: timeout",
            "numbers: True",
            "word: привет",
            "before quit: b'hello\\r\\n'",
            "after quit: b''",
            "after stop: b''",
        ];
        assert_eq!(stdout.lines().collect::<Vec<_>>(), expected, "{model}");

        assert!(
            server.join_timeout(WATCHDOG).expect("join"),
            "{model}: stop stops the server"
        );
        let kinds: Vec<_> = server
            .log()
            .events()
            .iter()
            .map(|event| event.kind.clone())
            .collect();
        assert!(kinds.contains(&EventKind::Command(Order::Quit)), "{server}");
        assert!(kinds.contains(&EventKind::Command(Order::Stop)), "{server}");
    }
}
