//! Questions of a cell to the user.

use serde_json::json;

use crate::client::Client;

const READ: &str =
    "let mut s = String::new(); std::io::stdin().read_line(&mut s)?; s";

#[test]
fn line_is_asked_for_and_comes() {
    let mut client = Client::start();
    let id = client.send_execute(READ, json!({ "allow_stdin": true }));
    client.begins(&id, READ);
    assert_eq!(client.question(&id)["password"], false);
    client.answer("привет");
    let result = client.next_of(&id, "execute_result");
    assert_eq!(result["data"]["text/plain"], "\"привет\\n\"");
    client.succeeds(&id);
}

#[test]
fn without_a_user_it_is_the_end_of_the_file() {
    let mut client = Client::start();
    client.gives(READ, "\"\"");
}

#[test]
fn interrupt_takes_the_question_back() {
    let mut client = Client::start();
    client.runs("let x = 42;");
    let id = client.send_execute(READ, json!({ "allow_stdin": true }));
    client.begins(&id, READ);
    client.question(&id);
    let stop = client.interrupt();
    client.busy(&stop);
    client.idle(&stop);
    client.busy(&id);
    assert_eq!(client.fails(&id)["ename"], "Interrupted");
    client.control_reply(&stop, "interrupt_reply");
    // An answer that comes too late is for nobody.
    client.answer("late");
    client.gives("x", "42");
}
