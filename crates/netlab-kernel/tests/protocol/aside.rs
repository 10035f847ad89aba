//! Requests beside the cells.

use serde_json::{Value, json};

use crate::analyst::wait_until_ready;
use crate::client::Client;

pub(crate) fn ask(client: &mut Client, kind: &str, content: Value) -> Value {
    let id = client.ask(&format!("{kind}_request"), content);
    client.busy(&id);
    client.idle(&id);
    client.reply(&id, &format!("{kind}_reply"))
}

#[test]
fn completion_and_inspection_know_the_variables() {
    let mut client = Client::start();
    client.runs("let long_name = 5;");
    wait_until_ready(&mut client);
    let content = json!({ "code": "/* ж */ long_", "cursor_pos": 13 });
    let reply = ask(&mut client, "complete", content);
    assert_eq!(reply["matches"], json!(["long_name"]));
    assert_eq!(reply["cursor_start"], 8);
    assert_eq!(reply["cursor_end"], 13);
    let content =
        json!({ "code": "String::new", "cursor_pos": 9, "detail_level": 0 });
    let reply = ask(&mut client, "inspect", content);
    assert_eq!(reply["found"], true);
    let content =
        json!({ "code": "no_such_thing", "cursor_pos": 3, "detail_level": 0 });
    assert_eq!(ask(&mut client, "inspect", content)["found"], false);
}

#[test]
fn while_a_cell_runs_the_answers_come_at_once() {
    let mut client = Client::start();
    let code =
        "let mut s = String::new(); std::io::stdin().read_line(&mut s)?;";
    let id = client.send_execute(code, json!({ "allow_stdin": true }));
    client.begins(&id, code);
    client.question(&id);
    for (kind, content) in [
        ("complete", json!({ "code": "s", "cursor_pos": 1 })),
        ("inspect", json!({ "code": "s", "cursor_pos": 1 })),
        ("kernel_info", json!({})),
    ] {
        let reply = ask(&mut client, kind, content);
        assert_eq!(reply["status"], "ok");
        // The state that clients show is again that of the cell.
        client.busy(&id);
    }
    client.answer("x");
    client.succeeds(&id);
}

#[test]
fn completeness_comes_from_the_parser() {
    let mut client = Client::start_without_waiting();
    for (code, status) in [
        ("1 + 1", "complete"),
        ("fn f() {", "incomplete"),
        ("fn 1", "invalid"),
    ] {
        let reply = ask(&mut client, "is_complete", json!({ "code": code }));
        assert_eq!(reply["status"], status, "{code}");
    }
}

#[test]
fn comm_is_closed_at_once() {
    let mut client = Client::start_without_waiting();
    let content = json!({ "comm_id": "c", "target_name": "t", "data": {} });
    let id = client.ask("comm_open", content);
    client.busy(&id);
    let closed = client.next_of(&id, "comm_close");
    assert_eq!(closed["comm_id"], "c");
    client.idle(&id);
}

#[test]
fn debugger_is_refused() {
    let mut client = Client::start_without_waiting();
    let id = client.command("debug_request", json!({ "type": "request" }));
    client.busy(&id);
    client.idle(&id);
    let reply = client.control_reply(&id, "debug_reply");
    assert_eq!(reply["status"], "error");
}
