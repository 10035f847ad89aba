//! Cells that wait for other cells.

use serde_json::json;

use crate::client::Client;

/// Expects that a cell is not executed.
pub(crate) fn aborted(client: &mut Client, id: &str) {
    client.busy(id);
    client.idle(id);
    let reply = client.reply(id, "execute_reply");
    assert_eq!(reply["status"], "aborted");
}

#[test]
fn cells_behind_an_error_are_aborted() {
    let mut client = Client::start();
    let first = client.send_execute("let x: u8 = \"a\";", json!({}));
    let others =
        [0; 3].map(|_| client.send_execute("println!(\"no\");", json!({})));
    client.begins(&first, "let x: u8 = \"a\";");
    client.fails(&first);
    for id in &others {
        aborted(&mut client, id);
    }
    client.gives("1 + 1", "2");
}

#[test]
fn cell_that_must_not_stop_others_does_not() {
    let mut client = Client::start();
    let go_on = json!({ "stop_on_error": false });
    let first = client.send_execute("x", go_on);
    let second = client.send_execute("1 + 1", json!({}));
    client.begins(&first, "x");
    client.fails(&first);
    client.begins(&second, "1 + 1");
    client.next_of(&second, "execute_result");
    client.succeeds(&second);
}
