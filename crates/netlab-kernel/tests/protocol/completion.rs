//! What completion offers first, and what help shows of an example.

use serde_json::{Value, json};

use crate::analyst::wait_until_ready;
use crate::aside::ask;
use crate::client::Client;

/// What the code can go on with, the first three as they come, by name.
fn offered(client: &mut Client, code: &str) -> Vec<String> {
    let at = code.chars().count();
    let content = json!({ "code": code, "cursor_pos": at });
    let reply = ask(client, "complete", content);
    let types = &reply["metadata"]["_jupyter_types_experimental"];
    let matches = reply["matches"].as_array().unwrap();
    let types = types.as_array().unwrap();
    assert_eq!(types.len(), matches.len(), "{reply}");
    // Both lists are in the same order; what is inserted has no arguments.
    for (shown, inserted) in matches.iter().zip(types) {
        let inserted = inserted["text"].as_str().unwrap();
        let rest = shown.as_str().unwrap().strip_prefix(inserted);
        let is_whole = |it: &str| it.is_empty() || it.starts_with('(');
        assert!(rest.is_some_and(is_whole), "{reply}");
    }
    let name = |it: &Value| {
        let name = it.as_str().unwrap().split('(').next();
        name.unwrap().to_owned()
    };
    matches.iter().take(3).map(name).collect()
}

#[test]
fn name_that_is_used_more_comes_first() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    let of_stream = "std::net::TcpStream::conn";
    let both = ["connect", "connect_timeout"];
    assert_eq!(offered(&mut client, of_stream), both);
    let of_listener = "use std::net::TcpListener;\nTcpListener::b";
    assert_eq!(offered(&mut client, of_listener)[0], "bind");
    for typed in ["asser", "assert"] {
        assert_eq!(offered(&mut client, typed)[0], "assert!");
    }
    client.runs(
        "use std::collections::VecDeque;\n\
         let mut queue = VecDeque::from([1, 2]);",
    );
    assert_eq!(
        offered(&mut client, "queue.po")[..2],
        ["pop_back", "pop_front"]
    );
    client.runs("queue.pop_front();");
    assert_eq!(
        offered(&mut client, "queue.po")[..2],
        ["pop_front", "pop_back"]
    );
}

#[test]
fn help_hides_what_rustdoc_hides() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    let code = "std::net::TcpStream::set_nonblocking";
    let content =
        json!({ "code": code, "cursor_pos": code.len(), "detail_level": 0 });
    let reply = ask(&mut client, "inspect", content);
    for form in ["text/plain", "text/html"] {
        let text = reply["data"][form].as_str().unwrap();
        // Of its example, what is read and what is only compiled.
        assert!(text.contains("wait_for_fd();"), "{text}");
        assert!(!text.contains("fn wait_for_fd()"), "{text}");
    }
}
