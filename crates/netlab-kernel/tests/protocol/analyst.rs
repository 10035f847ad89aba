//! Completion and inspection beside the cells, by a process of their own.

use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procfs::process::Process;
use serde_json::json;

use crate::aside::ask;
use crate::client::{Client, WATCHDOG};
use crate::interrupt::{LONG_COMPILATION, interrupt};
use crate::lifetime::{family, nothing_is_left, wait_for_the_end_of};

/// What the code can go on with, in the order of the alphabet.
pub(crate) fn completed(client: &mut Client, code: &str) -> Vec<String> {
    let at = code.chars().count();
    let content = json!({ "code": code, "cursor_pos": at });
    let reply = ask(client, "complete", content);
    let mut matches: Vec<String> =
        serde_json::from_value(reply["matches"].clone()).unwrap();
    matches.sort_unstable();
    matches
}

/// Waits until the libraries have been read: on a busy machine that may take
/// longer than a question waits.
pub(crate) fn wait_until_ready(client: &mut Client) {
    let started = Instant::now();
    while completed(client, "std::net::TcpListene") != ["TcpListener"] {
        assert!(started.elapsed() < WATCHDOG, "no completion");
    }
}

/// Whether there is documentation for the last word of the code.
fn is_documented(client: &mut Client, code: &str) -> bool {
    let at = code.chars().count();
    let content = json!({ "code": code, "cursor_pos": at, "detail_level": 0 });
    ask(client, "inspect", content)["found"].as_bool().unwrap()
}

/// The analysts of a kernel.
fn analysts(client: &Client) -> Vec<u32> {
    let is_analyst = |pid: &u32| {
        let process = Process::new(pid.cast_signed());
        process
            .and_then(|process| process.cmdline())
            .is_ok_and(|words| words.get(1).is_some_and(|it| it == "analyst"))
    };
    family(client.home.path())
        .into_iter()
        .filter(is_analyst)
        .collect()
}

fn the_analyst(client: &Client) -> u32 {
    let [analyst] = analysts(client)[..] else {
        panic!("there is not one analyst");
    };
    analyst
}

#[test]
fn earlier_cells_and_the_standard_library_are_known() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    client.runs(
        "use std::collections::BTreeMap;\n/// Counts.\n\
         fn count_words(text: &str) -> BTreeMap<&str, usize> {\n\
             text.split(' ').map(|word| (word, 1)).collect()\n}\n\
         struct Server { port: u16 }\n\
         impl Server { fn stop_now(self) {} }",
    );
    client.runs(
        "let counted = count_words(\"a b\"); let s = Server { port: 1 };",
    );
    assert_eq!(completed(&mut client, "count_w"), ["count_words(text)"]);
    assert_eq!(
        completed(&mut client, "counted.last_k"),
        ["last_key_value()"]
    );
    assert_eq!(completed(&mut client, "s.stop"), ["stop_now()"]);
    assert_eq!(
        completed(&mut client, "std::net::TcpListene"),
        ["TcpListener"]
    );
    assert_eq!(
        completed(&mut client, "let v = vec![1]; v.is_emp"),
        ["is_empty()"]
    );
    assert!(is_documented(&mut client, "count_words"));
    assert!(is_documented(&mut client, "std::fs::read_to_string"));

    // Moved, and cleared.
    client.runs("drop(counted);");
    assert_eq!(completed(&mut client, "counte"), [""; 0]);
    assert_eq!(completed(&mut client, "s.po"), ["port"]);
    client.runs(":clear");
    assert_eq!(completed(&mut client, "count_w"), [""; 0]);
    assert_eq!(completed(&mut client, "s.po"), [""; 0]);
}

#[test]
fn answers_come_while_a_cell_waits_for_a_client() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    client.runs(
        "use std::net::TcpListener;\n\
         let listener = TcpListener::bind(\"127.0.0.1:0\")?;\n\
         let address = listener.local_addr()?;",
    );
    let code = "println!(\"accepts\"); listener.accept()?;";
    let id = client.execute(code);
    client.prints(&id, "stdout", "accepts\n");
    assert_eq!(completed(&mut client, "listener.local_a"), ["local_addr()"]);
    // The state that clients show is again that of the cell.
    client.busy(&id);
    assert!(is_documented(&mut client, "TcpListener"));
    client.busy(&id);
    interrupt(&mut client, &id);
    assert_eq!(client.fails(&id)["ename"], "Interrupted");
    assert_eq!(completed(&mut client, "listener.local_a"), ["local_addr()"]);
}

#[test]
fn cell_that_runs_has_no_client_wait_for_a_new_analyst() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    let code = "println!(\"sleeps\"); \
                std::thread::sleep(std::time::Duration::MAX);";
    let id = client.execute(code);
    client.prints(&id, "stdout", "sleeps\n");
    for analyst in analysts(&client) {
        kill(Pid::from_raw(analyst.cast_signed()), Signal::SIGKILL).unwrap();
    }
    assert_eq!(completed(&mut client, "std::net::TcpListene"), [""; 0]);
    client.busy(&id);
    interrupt(&mut client, &id);
    assert_eq!(client.fails(&id)["ename"], "Interrupted");
    wait_until_ready(&mut client);
}

#[test]
fn lost_variables_are_lost_for_completion_and_items_stay() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    client.runs("fn stays() {} let gone_soon = 1;");
    assert_eq!(completed(&mut client, "gone_"), ["gone_soon"]);
    let id = client.execute("std::process::exit(3)");
    client.fails(&id);
    assert_eq!(completed(&mut client, "gone_"), [""; 0]);
    assert_eq!(completed(&mut client, "stay"), ["stays()"]);
}

#[test]
fn cell_that_failed_gives_its_items_and_not_its_variables() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    for cell in [
        "fn first() {} let first_variable = 1; panic!(\"on purpose\");",
        "fn second() {} let second_variable = 1; Err(\"on purpose\")?;",
        "fn third() {} let third_variable: u8 = \"\";",
    ] {
        let id = client.execute(cell);
        while client.publication().kind != "error" {}
        client.idle(&id);
        client.reply(&id, "execute_reply");
    }
    for (code, expected) in [
        ("firs", vec!["first()"]),
        ("secon", vec!["second()"]),
        ("third", vec![]),
    ] {
        assert_eq!(completed(&mut client, code), expected);
    }
}

#[test]
fn nothing_that_a_cell_does_is_done_twice() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    let home = client.home.clone();
    let done = home.path().join("done");
    let done = done.display();
    let id = client.execute(&format!(
        "!echo by the line >> {done}\nuse std::io::Write;\n\
         writeln!(std::fs::File::options().append(true).open(\"{done}\")?, \
         \"by the code\")?;\nfn after() {{}}"
    ));
    client.next_of(&id, "execute_result");
    client.succeeds(&id);
    // Nor when it is only thought about.
    let code = format!("!echo twice >> {done}\n:restart\n:quit\nafte");
    assert_eq!(completed(&mut client, &code), ["after()"]);
    let lines = std::fs::read_to_string(home.path().join("done")).unwrap();
    assert_eq!(lines, "by the line\nby the code\n");
    assert_eq!(completed(&mut client, ":ve"), [":version"]);
}

#[test]
fn killed_analyst_is_replaced_by_one_that_knows_the_same() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    client.runs("fn known() {} let known_value = 1;");
    assert_eq!(completed(&mut client, "known_"), ["known_value"]);
    let first = the_analyst(&client);
    kill(Pid::from_raw(first.cast_signed()), Signal::SIGKILL).unwrap();
    wait_for_the_end_of(first);
    wait_until_ready(&mut client);
    assert_eq!(completed(&mut client, "known_"), ["known_value"]);
    assert_eq!(completed(&mut client, "known"), ["known()", "known_value"]);
    assert_ne!(the_analyst(&client), first);
}

#[test]
fn cells_wait_for_no_analyst_and_clients_not_for_ever() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    client.runs("let known_value = 1;");
    assert_eq!(completed(&mut client, "known_"), ["known_value"]);
    let analyst = Pid::from_raw(the_analyst(&client).cast_signed());
    kill(analyst, Signal::SIGSTOP).unwrap();
    let content = json!({ "code": "known_", "cursor_pos": 6 });
    let question = client.ask("complete_request", content);
    client.runs("fn other() {}");
    client.busy(&question);
    client.idle(&question);
    let reply = client.reply(&question, "complete_reply");
    assert_eq!(reply["matches"], json!([]));
    kill(analyst, Signal::SIGCONT).unwrap();
    assert_eq!(completed(&mut client, "othe"), ["other()"]);
}

#[test]
fn interrupted_compilation_leaves_the_analyst_alone() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    client.runs("let known_value = 1;");
    assert_eq!(completed(&mut client, "known_"), ["known_value"]);
    let analyst = the_analyst(&client);
    let id = client.execute(LONG_COMPILATION);
    interrupt(&mut client, &id);
    assert_eq!(client.fails(&id)["ename"], "Interrupted");
    assert_eq!(completed(&mut client, "known_"), ["known_value"]);
    assert_eq!(the_analyst(&client), analyst);
}

#[test]
fn analyst_ends_with_the_kernel() {
    let mut client = Client::start();
    wait_until_ready(&mut client);
    let analyst = the_analyst(&client);
    let stop = client.command("shutdown_request", json!({ "restart": false }));
    client.control_reply(&stop, "shutdown_reply");
    client.kernel.wait().unwrap();
    client.forget();
    wait_for_the_end_of(analyst);
    nothing_is_left(client.home.path());
}

#[test]
fn analyst_ends_with_a_killed_kernel_whatever_it_does() {
    let mut client = Client::start();
    // It is about to read the libraries.
    client.ask(
        "complete_request",
        json!({ "code": "std::thread::spaw", "cursor_pos": 17 }),
    );
    while analysts(&client).is_empty() {
        std::thread::yield_now();
    }
    client.kernel.kill().unwrap();
    client.kernel.wait().unwrap();
    client.forget();
    family(client.home.path())
        .into_iter()
        .for_each(wait_for_the_end_of);
}

#[test]
fn without_an_analyst_the_answers_are_empty() {
    let mut client = Client::start_with(|kernel| {
        kernel.env("NETLAB_ANALYST", "0");
    });
    client.runs("let known_value = 1;");
    assert_eq!(completed(&mut client, "known_"), [""; 0]);
    assert!(!is_documented(&mut client, "std::fs::read_to_string"));
    assert_eq!(analysts(&client), [0; 0]);
}
