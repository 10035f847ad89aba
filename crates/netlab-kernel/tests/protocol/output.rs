//! What cells print and show.

use serde_json::json;

use crate::client::Client;

#[test]
fn streams_come_in_their_order_and_before_idle() {
    let mut client = Client::start();
    let id =
        client.execute("println!(\"a\"); eprintln!(\"b\"); print!(\"c\");");
    client.prints(&id, "stdout", "a\n");
    client.prints(&id, "stderr", "b\n");
    client.prints(&id, "stdout", "c");
    client.succeeds(&id);
}

#[test]
fn progress_without_a_newline_is_seen_while_the_cell_runs() {
    let mut client = Client::start();
    let code = "use std::io::Write; print!(\"1\"); std::io::stdout().flush()?; \
                let mut s = String::new(); std::io::stdin().read_line(&mut s)?;";
    let id = client.send_execute(code, json!({ "allow_stdin": true }));
    client.begins(&id, code);
    client.prints(&id, "stdout", "1");
    client.question(&id);
    client.answer("");
    client.succeeds(&id);
}

#[test]
fn markers_and_bytes_that_are_no_text_do_no_harm() {
    let mut client = Client::start();
    let id = client.execute(
        "use std::io::Write; std::io::stdout().write_all(b\"\\xff\\n\")?; \
         println!(\"EVCXR_EXECUTION_COMPLETE\"); println!(\"EVCXR_END_CONTENT\");",
    );
    let text = "\u{fffd}\nEVCXR_EXECUTION_COMPLETE\nEVCXR_END_CONTENT\n";
    client.prints(&id, "stdout", text);
    client.succeeds(&id);
    client.gives("1 + 1", "2");
}

#[test]
fn threads_print_to_the_cell_that_started_them() {
    let mut client = Client::start();
    let code = "let (go, wait) = std::sync::mpsc::channel::<()>(); \
                std::thread::spawn(move || { wait.recv().unwrap(); println!(\"late\"); });";
    let first = client.execute(code);
    client.succeeds(&first);
    client.outlived(&first);
    let second = client.execute("go.send(())?;");
    let mut late = false;
    loop {
        let message = client.publication();
        match message.kind.as_str() {
            "stream" => {
                assert_eq!(message.parent, first);
                assert_eq!(message.content["text"], "late\n");
                late = true;
            }
            _ => {
                assert_eq!(message.kind, "status");
                assert_eq!(message.parent, second);
                break;
            }
        }
    }
    client.reply(&second, "execute_reply");
    if !late {
        client.prints(&first, "stdout", "late\n");
    }
}

/// A thread that prints when it is told to, and says so.
const PRINTER: &str = "
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (done, seen) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || for () in wait {
        println!(\"here\");
        done.send(()).unwrap();
    });";

#[test]
fn threads_print_to_the_current_cell_if_told_so() {
    let mut client = Client::start();
    let says = |client: &mut Client, code: &str, text: &str| {
        let id = client.execute(code);
        let said = client.next_of(&id, "execute_result");
        let said = said["data"]["text/plain"].as_str().unwrap();
        assert!(said.contains(text), "{said}");
        client.succeeds(&id);
    };
    client.runs(PRINTER);
    says(&mut client, ":output", "own");
    // With other code below it.
    let code = ":output current\ngo.send(())?; seen.recv()?;";
    let id = client.execute(code);
    client.prints(&id, "stdout", "here\n");
    client.next_of(&id, "execute_result");
    client.succeeds(&id);
    // Another process is told it too.
    let id = client.execute("std::process::abort()");
    client.fails(&id);
    says(&mut client, ":output", "current");
    client.runs(PRINTER);
    let id = client.execute("go.send(())?; seen.recv()?;");
    client.prints(&id, "stdout", "here\n");
    client.succeeds(&id);
    says(&mut client, ":output own", "own");
    let id = client.execute(":output there");
    let refused = client.fails(&id)["evalue"].to_string();
    assert!(refused.contains(":output current"), "{refused}");
}

#[test]
fn rich_blocks_are_bundles_and_the_last_is_the_result() {
    let mut client = Client::start();
    let block = |mime: &str, content: &str| {
        format!(
            "println!(\"EVCXR_BEGIN_CONTENT {mime}\\n{content}\\nEVCXR_END_CONTENT\");"
        )
    };
    let id = client.execute(
        &[
            block("text/html", "<b>1</b>"),
            block("text/plain", "1"),
            block("text/html", "<b>2</b>"),
            "println!(\"between\");".to_owned(),
            block(
                "application/x-netlab+json",
                "{{\\\"display_id\\\": \\\"a\\\"}}",
            ),
            block("text/plain", "shown"),
            block(
                "application/x-netlab+json",
                "{{\\\"display_id\\\": \\\"a\\\", \\\"update\\\": true}}",
            ),
            block("text/plain", "changed"),
            block(
                "application/x-netlab+json",
                "{{\\\"clear_output\\\": true}}",
            ),
            block("text/plain", "last"),
        ]
        .concat(),
    );
    let shown = client.next_of(&id, "display_data");
    assert_eq!(
        shown["data"],
        json!({ "text/html": "<b>1</b>", "text/plain": "1" })
    );
    let shown = client.next_of(&id, "display_data");
    assert_eq!(shown["data"], json!({ "text/html": "<b>2</b>" }));
    client.prints(&id, "stdout", "between\n");
    let shown = client.next_of(&id, "display_data");
    assert_eq!(shown["transient"]["display_id"], "a");
    let changed = client.next_of(&id, "update_display_data");
    assert_eq!(changed["data"], json!({ "text/plain": "changed" }));
    assert_eq!(changed["transient"]["display_id"], "a");
    assert_eq!(
        client.next_of(&id, "clear_output"),
        json!({ "wait": false })
    );
    let result = client.next_of(&id, "execute_result");
    assert_eq!(result["data"], json!({ "text/plain": "last" }));
    client.succeeds(&id);
}

#[test]
fn endless_output_is_cut_and_the_cell_goes_on() {
    let mut client = Client::start();
    let id = client.execute(
        "use std::io::Write; let line = [b'x'; 1 << 20]; \
         for _ in 0..20 { std::io::stdout().write_all(&line)?; } eprintln!(\"done\");",
    );
    let (mut shown, mut said) = (0, String::new());
    loop {
        let message = client.publication();
        if message.kind == "status" {
            break;
        }
        let text = message.content["text"].as_str().unwrap().to_owned();
        match message.content["name"].as_str() {
            Some("stdout") => shown += text.len(),
            _ => said += &text,
        }
    }
    assert_eq!(shown, 16 << 20);
    assert!(said.contains("Показаны первые 16 МиБ"), "{said}");
    assert!(said.contains("done"), "{said}");
    assert!(said.contains("Не показано: 4.0 МиБ"), "{said}");
    client.reply(&id, "execute_reply");
}
