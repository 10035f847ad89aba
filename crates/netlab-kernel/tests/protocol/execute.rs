//! A cell that succeeds: the order of its messages, what counts and what not.

use serde_json::json;

use crate::client::Client;

#[test]
fn cells_of_every_kind() {
    let mut client = Client::start();
    let id = client.send_execute("1 + 1", json!({}));
    assert_eq!(client.begins(&id, "1 + 1"), 1);
    let result = client.next_of(&id, "execute_result");
    assert_eq!(result["execution_count"], 1);
    assert_eq!(result["data"]["text/plain"], "2");
    let reply = client.succeeds(&id);
    assert_eq!(reply["execution_count"], 1);
    assert_eq!(reply["payload"], json!([]));
    assert_eq!(reply["user_expressions"], json!({}));

    client.runs("let x = 40;");
    client.gives("x + 2", "42");

    // Silent: neither input nor output, and it does not count.
    let silent = json!({ "silent": true });
    let id = client.send_execute("println!(\"a\"); x", silent);
    client.busy(&id);
    client.idle(&id);
    let reply = client.reply(&id, "execute_reply");
    assert_eq!(
        (&reply["status"], &reply["execution_count"]),
        (&json!("ok"), &json!(3))
    );

    // Not stored: shown, but it does not count.
    let id = client.send_execute("x", json!({ "store_history": false }));
    assert_eq!(client.begins(&id, "x"), 3);
    client.next_of(&id, "execute_result");
    client.succeeds(&id);

    let asked = json!({ "user_expressions": { "a": "x" } });
    let id = client.send_execute("();", asked);
    assert_eq!(client.begins(&id, "();"), 4);
    let reply = client.succeeds(&id);
    assert_eq!(reply["user_expressions"]["a"]["status"], "error");

    let id = client.ask(
        "history_request",
        json!({ "hist_access_type": "tail", "n": 2, "output": false, "raw": true }),
    );
    client.busy(&id);
    client.idle(&id);
    let history = client.reply(&id, "history_reply");
    assert_eq!(history["history"], json!([[0, 3, "x + 2"], [0, 4, "();"]]));
}

#[test]
fn empty_cell_counts_nothing() {
    let mut client = Client::start();
    let id = client.send_execute(" \n", json!({}));
    assert_eq!(client.begins(&id, " \n"), 0);
    client.succeeds(&id);
    let id = client.send_execute("1", json!({}));
    assert_eq!(client.begins(&id, "1"), 1);
    client.next_of(&id, "execute_result");
    client.succeeds(&id);
}

#[test]
fn help_is_a_page_and_not_a_result() {
    let mut client = Client::start();
    let id = client.execute(":help");
    let reply = client.succeeds(&id);
    let page = &reply["payload"][0];
    assert_eq!(page["source"], "page");
    let text = page["data"]["text/plain"].as_str().unwrap();
    assert!(text.contains(":vars"), "{text}");
    assert!(text.contains(":output"), "{text}");
}
